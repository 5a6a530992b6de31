# SPDX-License-Identifier: GPL-3.0-or-later
"""For a small family."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_plan
values.programme = (
    "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 7; living-kitchen, hall-living, hall-bedroom, hall-bath"
)
values.width_m = 10.0
values.depth_m = 8.0
