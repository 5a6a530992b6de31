# SPDX-License-Identifier: GPL-3.0-or-later
"""Hardly cut, a narrow strip evened out."""

import bpy

values = bpy.context.scene.maquette.texture_tileable
values.trim = 0.1
values.band = 0.05
values.resample = "off"
