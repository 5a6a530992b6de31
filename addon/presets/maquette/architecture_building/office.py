# SPDX-License-Identifier: GPL-3.0-or-later
"""Open floors behind an even facade."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_building
values.shape = "outline"
values.width_m = 36.0
values.depth_m = 18.0
values.storeys = 8
values.storey_height_m = 3.6
values.ground_height_m = 4.5
values.style = "office"
values.roof = "flat"
values.balconies = 0.0
values.interiors = False
