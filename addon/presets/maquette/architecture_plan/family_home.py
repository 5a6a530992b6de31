# SPDX-License-Identifier: GPL-3.0-or-later
"""Three bedrooms and a toilet for guests."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_plan
values.programme = (
    "living 28, kitchen 12, 3 bedroom 12, bath 6, toilet 2, hall 10; "
    "living-kitchen, hall-living, hall-bedroom, hall-bath, hall-toilet"
)
values.width_m = 12.0
values.depth_m = 9.0
