# SPDX-License-Identifier: GPL-3.0-or-later
"""Earth with fine structure."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "ground"
values.variety = 0.8
values.scale = -0.5
values.depth = 1.5
values.contrast = 1.0
values.saturation = 1.1
