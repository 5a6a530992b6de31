# SPDX-License-Identifier: GPL-3.0-or-later
"""A large head and hands on short legs."""

import bpy

values = bpy.context.scene.maquette_characters.character_family
values.height = 0.0
values.weight = 0.0
values.muscle = 0.0
values.age = 0.0
values.head = 0.0
values.arms = 0.0
values.legs = 0.0
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.9
values.variety = 0.5
