# SPDX-License-Identifier: GPL-3.0-or-later
"""Trained, even proportions."""

import bpy

values = bpy.context.scene.maquette_characters.character_base
values.height = 0.0
values.weight = -0.1
values.muscle = 0.7
values.age = 0.0
values.head = 0.0
values.arms = 0.0
values.legs = 0.0
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.0
values.build = 0.8
values.variety = 0.2
values.suit = "fabric"
