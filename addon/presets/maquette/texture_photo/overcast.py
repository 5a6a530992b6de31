# SPDX-License-Identifier: GPL-3.0-or-later
"""Taken under a grey sky: little light to take out."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 1.0
values.detail = 1.0
values.delight = 0.3
values.even_light = 0.3
values.roughness = 0.0
values.invert = False
values.tile = False
