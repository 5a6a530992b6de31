# SPDX-License-Identifier: GPL-3.0-or-later
"""Three times as wide, without tiling."""

import bpy

values = bpy.context.scene.maquette.texture_extend
values.left = 1.0
values.right = 1.0
values.up = 0.0
values.down = 0.0
values.tile = False
