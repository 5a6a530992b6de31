# SPDX-License-Identifier: GPL-3.0-or-later
"""A margin around the mask too, where soft shadows lie."""

import bpy

values = bpy.context.scene.maquette.texture_inpaint
values.x = 0.0
values.y = 0.0
values.width = 0.0
values.height = 0.0
values.grow = 0.03
