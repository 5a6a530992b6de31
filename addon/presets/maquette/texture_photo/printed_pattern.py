# SPDX-License-Identifier: GPL-3.0-or-later
"""Wallpaper and prints: colour is no relief."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 0.15
values.detail = 0.3
values.delight = 0.2
values.even_light = 0.5
values.roughness = 0.0
values.invert = False
values.tile = False
