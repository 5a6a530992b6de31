# SPDX-License-Identifier: GPL-3.0-or-later
"""As many pixels as the picture."""

import bpy

values = bpy.context.scene.maquette.texture_tileable
values.trim = 0.4
values.band = 0.15
values.resample = "picture"
