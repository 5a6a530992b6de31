# SPDX-License-Identifier: GPL-3.0-or-later
"""The middle of the picture."""

import bpy

values = bpy.context.scene.maquette.texture_inpaint
values.x = 0.375
values.y = 0.375
values.width = 0.25
values.height = 0.25
values.grow = 0.01
