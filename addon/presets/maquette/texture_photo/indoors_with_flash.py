# SPDX-License-Identifier: GPL-3.0-or-later
"""Brighter in the middle, shiny: evened out and roughened."""

import bpy

values = bpy.context.scene.maquette.texture_photo
values.strength = 1.0
values.detail = 1.0
values.delight = 0.8
values.even_light = 1.0
values.roughness = 0.1
values.invert = False
values.tile = False
