# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats with balconies under a flat roof."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_building
values.shape = "outline"
values.width_m = 24.0
values.depth_m = 13.0
values.storeys = 6
values.storey_height_m = 3.0
values.ground_height_m = 3.6
values.style = "rhythmic"
values.roof = "flat"
values.balconies = 0.4
values.programme = "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 7; hall-living, hall-bedroom, hall-bath"
