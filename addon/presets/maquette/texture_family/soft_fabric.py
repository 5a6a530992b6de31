# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloth, matt and calm."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "fabric"
values.variety = 0.5
values.scale = -0.5
values.depth = 0.6
values.roughness = 0.1
values.contrast = 0.8
values.saturation = 1.0
