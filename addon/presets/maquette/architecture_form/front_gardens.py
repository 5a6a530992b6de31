# SPDX-License-Identifier: GPL-3.0-or-later
"""Three metres free on all sides."""

import bpy

values = bpy.context.scene.maquette_buildings.architecture_form
values.options = 6
values.relative_height = 0.0
values.relative_size = 0.0
values.setback_m = 3.0
