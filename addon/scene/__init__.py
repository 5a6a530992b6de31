# SPDX-License-Identifier: GPL-3.0-or-later
"""Assets become datablocks. Works without the panel, in any Blender, also in a child without a window."""
