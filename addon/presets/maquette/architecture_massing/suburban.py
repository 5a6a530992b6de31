# SPDX-License-Identifier: GPL-3.0-or-later
"""Low and loose: half the plot's area in floors."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_massing
values.floor_area_ratio = 0.6
values.gross_floor_area_m2 = 0.0
values.height_limit_m = 10.0
values.setback_m = 5.0
values.coverage = 0.35
values.storey_height_m = 3.0
