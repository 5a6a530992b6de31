# SPDX-License-Identifier: GPL-3.0-or-later
"""A dense quarter of six storeys."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_massing
values.floor_area_ratio = 2.5
values.gross_floor_area_m2 = 0.0
values.height_limit_m = 21.0
values.setback_m = 3.0
values.coverage = 0.6
values.storey_height_m = 3.2
