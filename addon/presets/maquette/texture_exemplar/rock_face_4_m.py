# SPDX-License-Identifier: GPL-3.0-or-later
"""Cliffs with deep relief."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 4096
values.size_m = 4.0
values.variety = 0.5
values.relief = 0.08
