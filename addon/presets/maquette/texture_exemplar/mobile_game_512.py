# SPDX-License-Identifier: GPL-3.0-or-later
"""A small tile for phones."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 512
values.size_m = 1.0
values.variety = 0.6
values.relief = 0.02
