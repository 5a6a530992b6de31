# SPDX-License-Identifier: GPL-3.0-or-later
"""Bricks and stones stay whole."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 2048
values.size_m = 3.0
values.variety = 0.2
values.relief = 0.015
