# SPDX-License-Identifier: GPL-3.0-or-later
"""Old, a little shorter."""

import bpy

values = bpy.context.scene.maquette_characters.character_base
values.height = -0.3
values.weight = 0.0
values.muscle = -0.4
values.age = 0.9
values.head = 0.0
values.arms = 0.0
values.legs = 0.0
values.hands = 0.0
values.torso = 0.0
values.stylisation = 0.0
values.build = -0.3
values.variety = 0.3
values.suit = "fabric"
