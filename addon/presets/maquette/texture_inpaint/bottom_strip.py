# SPDX-License-Identifier: GPL-3.0-or-later
"""The lower edge: captions, borders, feet."""

import bpy

values = bpy.context.scene.maquette.texture_inpaint
values.x = 0.0
values.y = 0.85
values.width = 1.0
values.height = 0.15
values.grow = 0.01
