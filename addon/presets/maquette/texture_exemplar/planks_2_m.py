# SPDX-License-Identifier: GPL-3.0-or-later
"""Long boards: large pieces of the picture stay as they are."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 2048
values.size_m = 2.0
values.variety = 0.1
values.relief = 0.01
