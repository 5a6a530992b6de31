# SPDX-License-Identifier: GPL-3.0-or-later
"""All maps, made to tile."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 1.0
values.detail = 1.0
values.delight = 0.7
values.even_light = 0.7
values.roughness = 0.0
values.invert = False
values.tile = True
