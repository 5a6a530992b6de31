# SPDX-License-Identifier: GPL-3.0-or-later
"""Head, body and legs of three characters."""

import bpy

values = bpy.context.scene.maquette_characters.character_mix
values.head_of = 1
values.body_of = 2
values.legs_of = 3
values.feet_of = 3
values.variety = 0.0
