# SPDX-License-Identifier: GPL-3.0-or-later
"""Woven threads, nearly flat."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 1024
values.size_m = 0.5
values.variety = 0.5
values.relief = 0.004
