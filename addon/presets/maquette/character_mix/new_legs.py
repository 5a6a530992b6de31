# SPDX-License-Identifier: GPL-3.0-or-later
"""The legs and feet of the second below the first."""

import bpy

values = bpy.context.scene.maquette_characters.character_mix
values.head_of = 1
values.body_of = 1
values.legs_of = 2
values.feet_of = 2
values.variety = 0.0
