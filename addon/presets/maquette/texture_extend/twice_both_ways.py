# SPDX-License-Identifier: GPL-3.0-or-later
"""Twice the width and the height; the result tiles."""

import bpy

values = bpy.context.scene.maquette.texture_extend
values.left = 0.5
values.right = 0.5
values.up = 0.5
values.down = 0.5
values.tile = True
