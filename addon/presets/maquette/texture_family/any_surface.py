# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the learned space holds."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "any"
values.variety = 0.6
values.scale = 0.0
values.depth = 1.0
values.contrast = 1.0
values.saturation = 1.0
