# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's units and metres."""

from __future__ import annotations

from typing import Any


def metres_per_unit(scene: Any) -> float:
    """How long one Blender unit of this scene is; 1 where the scene has no unit system."""
    settings = scene.unit_settings
    return 1.0 if settings.system == "NONE" else float(settings.scale_length)
