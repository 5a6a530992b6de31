# SPDX-License-Identifier: GPL-3.0-or-later
"""Four equal rooms around a kitchen."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_plan
values.programme = "kitchen 18, 4 bedroom 13, 2 bath 4.5, hall 12; hall-kitchen, hall-bedroom, hall-bath"
values.width_m = 12.0
values.depth_m = 9.0
