# SPDX-License-Identifier: GPL-3.0-or-later
"""Taken in the sun: light and shadow are taken out."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 0.9
values.detail = 0.9
values.delight = 1.0
values.even_light = 0.8
values.roughness = 0.0
values.invert = False
values.tile = False
