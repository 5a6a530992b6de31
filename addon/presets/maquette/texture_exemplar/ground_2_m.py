# SPDX-License-Identifier: GPL-3.0-or-later
"""Soil, gravel, leaves: small pieces, two metres wide."""

import bpy

values = bpy.context.scene.maquette.texture_exemplar
values.size = 2048
values.size_m = 2.0
values.variety = 0.7
values.relief = 0.03
