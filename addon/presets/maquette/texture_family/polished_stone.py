# SPDX-License-Identifier: GPL-3.0-or-later
"""Marble, smooth and shiny."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "marble"
values.variety = 0.5
values.scale = 0.0
values.depth = 0.2
values.roughness = -0.3
values.contrast = 1.0
values.saturation = 1.0
