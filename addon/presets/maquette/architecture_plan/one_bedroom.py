# SPDX-License-Identifier: GPL-3.0-or-later
"""For one or two."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_plan
values.programme = (
    "living 22, kitchen 8, bedroom 13, bath 5, hall 6; living-kitchen, hall-living, hall-bedroom, hall-bath"
)
values.width_m = 9.6
values.depth_m = 6.8
