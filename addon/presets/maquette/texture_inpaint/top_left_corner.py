# SPDX-License-Identifier: GPL-3.0-or-later
"""A label in the upper left corner."""

import bpy

values = bpy.context.scene.maquette.texture_inpaint
values.x = 0.0
values.y = 0.0
values.width = 0.3
values.height = 0.2
values.grow = 0.01
