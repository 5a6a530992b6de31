# SPDX-License-Identifier: GPL-3.0-or-later
"""Stones and cracks with strong, sharp relief."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 2.0
values.detail = 1.3
values.delight = 0.7
values.even_light = 0.5
values.roughness = 0.0
values.invert = False
values.tile = False
