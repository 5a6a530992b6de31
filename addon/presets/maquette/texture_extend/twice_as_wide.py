# SPDX-License-Identifier: GPL-3.0-or-later
"""As much again to the right; the result tiles."""

import bpy

values = bpy.context.scene.maquette.texture_extend
values.left = 0.0
values.right = 1.0
values.up = 0.0
values.down = 0.0
values.tile = True
