# SPDX-License-Identifier: GPL-3.0-or-later
"""Compact: little facade for its volume."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_massing
values.floor_area_ratio = 1.8
values.gross_floor_area_m2 = 0.0
values.height_limit_m = 24.0
values.setback_m = 4.0
values.coverage = 0.6
values.storey_height_m = 3.2
values.compactness_weight = 1.0
