# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor with windows on a part of its outline alone: one dwelling of many, between others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .plan_ground import INWARD_M, Ground


def with_facade(ground: Ground, facade: np.ndarray) -> Ground:
    """The floor with `facade` (W, 2, 2) metres in the scene, the inside on the left, for the sides that rooms may have
    windows in."""
    if not len(facade):
        # none anywhere: a side out of reach is measured as none
        return replace(ground, sides=np.array([[[-1e3, -1e3], [1e-3 - 1e3, -1e3]]]))
    way = facade[:, 1] - facade[:, 0]
    way = way / np.maximum(np.hypot(*way.T), 1e-12)[:, None]
    inward = INWARD_M * np.stack([-way[:, 1], way[:, 0]], 1)
    return replace(ground, sides=ground.to_axes(facade + inward[:, None]))
