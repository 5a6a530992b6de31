# SPDX-License-Identifier: GPL-3.0-or-later
"""Old and thin."""

import bpy

values = bpy.context.scene.maquette_characters.character_transfer
values.height = -0.2
values.weight = -0.2
values.muscle = -0.3
values.age = 0.9
values.head = 0.0
values.arms = 0.0
values.legs = 0.0
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.0
values.strength = 0.7
