# SPDX-License-Identifier: GPL-3.0-or-later
"""Grey, matt, a little more contrast."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "concrete"
values.variety = 0.6
values.scale = 0.0
values.depth = 1.2
values.contrast = 1.2
values.saturation = 0.8
