# SPDX-License-Identifier: GPL-3.0-or-later
"""Lower, and more of the plot."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_form
values.options = 6
values.relative_height = -0.5
values.relative_size = 0.5
values.setback_m = 0.0
