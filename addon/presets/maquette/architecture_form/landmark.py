# SPDX-License-Identifier: GPL-3.0-or-later
"""Twice as high, smaller on the ground."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_form
values.options = 6
values.relative_height = 1.0
values.relative_size = -0.4
values.setback_m = 2.0
values.height_limit_m = 80.0
