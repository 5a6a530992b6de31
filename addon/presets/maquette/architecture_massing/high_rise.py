# SPDX-License-Identifier: GPL-3.0-or-later
"""High and slender, ground left open."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_massing
values.floor_area_ratio = 6.0
values.gross_floor_area_m2 = 0.0
values.height_limit_m = 100.0
values.setback_m = 6.0
values.coverage = 0.4
values.storey_height_m = 3.3
values.ground_sun_weight = 0.6
values.view_weight = 0.6
