# SPDX-License-Identifier: GPL-3.0-or-later
"""One room to live and sleep in."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_plan
values.programme = "living 26, bath 4.5, hall 4; hall-living, hall-bath"
values.width_m = 7.4
values.depth_m = 5.8
