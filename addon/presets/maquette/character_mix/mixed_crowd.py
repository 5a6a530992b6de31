# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts and proportions by chance."""

import bpy

values = bpy.context.scene.maquette_characters.character_mix
values.head_of = 0
values.body_of = 0
values.legs_of = 0
values.feet_of = 0
values.variety = 0.7
