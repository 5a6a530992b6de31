# SPDX-License-Identifier: GPL-3.0-or-later
"""Heavy, with large hands and long arms."""

import bpy

values = bpy.context.scene.maquette_characters.character_variation
values.height = 0.5
values.weight = 0.6
values.muscle = 0.9
values.age = 0.0
values.head = -0.3
values.arms = 0.3
values.legs = 0.0
values.hands = 0.6
values.torso = 0.0
values.stylisation = 0.0
values.variety = 0.3
