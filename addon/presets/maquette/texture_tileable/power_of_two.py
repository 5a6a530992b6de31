# SPDX-License-Identifier: GPL-3.0-or-later
"""The nearest powers of two, as game engines like it."""

import bpy

values = bpy.context.scene.maquette.texture_tileable
values.trim = 0.4
values.band = 0.15
values.resample = "power_of_two"
