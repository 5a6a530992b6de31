# SPDX-License-Identifier: GPL-3.0-or-later
"""A free-standing house under a hipped roof."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_building
values.shape = "outline"
values.width_m = 14.0
values.depth_m = 10.0
values.storeys = 2
values.storey_height_m = 3.0
values.ground_height_m = 0.0
values.style = "house"
values.roof = "hip"
values.roof_pitch_deg = 30.0
values.eaves_m = 0.6
values.balconies = 0.1
values.programme = (
    "living 36, kitchen 14, 3 bedroom 14, 2 bath 6, hall 10; hall-living, hall-bedroom, hall-bath, living-kitchen"
)
