# SPDX-License-Identifier: GPL-3.0-or-later
"""Deep storeys; daylight counts above all."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_massing
values.floor_area_ratio = 2.0
values.gross_floor_area_m2 = 0.0
values.height_limit_m = 28.0
values.setback_m = 8.0
values.coverage = 0.45
values.storey_height_m = 3.8
values.bar_depth_m = 16.0
values.neighbour_sun_weight = 0.5
