# SPDX-License-Identifier: GPL-3.0-or-later
"""A tall, slender figure."""

import bpy

values = bpy.context.scene.maquette_characters.character_variation
values.height = 0.4
values.weight = -0.5
values.muscle = 0.0
values.age = 0.0
values.head = 0.0
values.arms = 0.0
values.legs = 0.4
values.hands = 0.0
values.torso = 0.0
values.stylisation = -0.6
values.variety = 0.3
