# SPDX-License-Identifier: GPL-3.0-or-later
"""A narrow house of a row, bricks and a gable."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_building
values.shape = "outline"
values.width_m = 7.0
values.depth_m = 11.0
values.storeys = 3
values.storey_height_m = 3.0
values.ground_height_m = 3.4
values.style = "house"
values.roof = "gable"
values.roof_pitch_deg = 45.0
values.eaves_m = 0.2
values.balconies = 0.0
values.programme = "living 26, kitchen 10, 2 bedroom 12, bath 5, hall 7; hall-living, hall-bedroom, hall-bath"
