# SPDX-License-Identifier: GPL-3.0-or-later
"""A quarter more on every side, without tiling."""

import bpy

values = bpy.context.scene.maquette.texture_extend
values.left = 0.25
values.right = 0.25
values.up = 0.25
values.down = 0.25
values.tile = False
