# SPDX-License-Identifier: GPL-3.0-or-later
"""Tall, broad shoulders, long legs."""

import bpy

values = bpy.context.scene.maquette_characters.character_variation
values.height = 0.3
values.weight = 0.0
values.muscle = 0.7
values.age = 0.0
values.head = -0.1
values.arms = 0.0
values.legs = 0.2
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.0
values.variety = 0.3
