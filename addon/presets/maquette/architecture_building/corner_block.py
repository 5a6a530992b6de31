# SPDX-License-Identifier: GPL-3.0-or-later
"""Shops below, flats above, a mansard on top."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_building
values.shape = "outline"
values.storeys = 5
values.storey_height_m = 3.3
values.ground_height_m = 4.5
values.style = "shopfront"
values.roof = "mansard"
values.roof_pitch_deg = 60.0
values.balconies = 0.15
