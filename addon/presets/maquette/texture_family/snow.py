# SPDX-License-Identifier: GPL-3.0-or-later
"""White, matt, soft."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "snow"
values.variety = 0.5
values.scale = 0.0
values.depth = 0.8
values.contrast = 0.8
values.saturation = 0.6
