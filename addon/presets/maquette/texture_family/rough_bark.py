# SPDX-License-Identifier: GPL-3.0-or-later
"""Deep furrows."""

import bpy

values = bpy.context.scene.maquette.texture_family
values.category = "bark"
values.variety = 0.6
values.scale = 0.0
values.depth = 2.0
values.contrast = 1.1
values.saturation = 1.0
