# SPDX-License-Identifier: GPL-3.0-or-later
"""Large and heavy-boned."""

import bpy

values = bpy.context.scene.maquette_characters.character_base
values.height = 0.2
values.weight = 0.8
values.muscle = 0.0
values.age = 0.0
values.head = 0.0
values.arms = 0.0
values.legs = 0.0
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.0
values.build = -0.5
values.variety = 0.3
values.suit = "plain"
