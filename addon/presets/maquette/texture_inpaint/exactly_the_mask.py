# SPDX-License-Identifier: GPL-3.0-or-later
"""Only what is marked."""

import bpy

values = bpy.context.scene.maquette.texture_inpaint
values.x = 0.0
values.y = 0.0
values.width = 0.0
values.height = 0.0
values.grow = 0.0
