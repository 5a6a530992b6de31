# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a difference of codes small enough that skin does not fold over: part of the way back, until it does not.

Shape letters: N tries, T triangles, D numbers of a code.
"""

from __future__ import annotations

import torch

from .plausibility import plausible
from .rig_space import RigSpace

# the share of triangles that may be turned over, and the parts of a difference that are tried, the whole first
LEAST = 5e-4
TRIED = (1.0, 0.8, 0.65, 0.5, 0.35, 0.25, 0.15)


def unfolded(space: RigSpace, difference: torch.Tensor) -> torch.Tensor:
    """(D,) the largest tried part of a difference that turns hardly a triangle over; all of it is bounded first."""
    tries = torch.tensor(TRIED)[:, None] * plausible(difference[None], space.bones)
    folded = folded_shares(space, tries)
    good = torch.nonzero(folded <= LEAST).flatten()
    return tries[good[0] if len(good) else -1]


def folded_shares(space: RigSpace, differences: torch.Tensor) -> torch.Tensor:
    """(N,) which share of the triangles each difference (N, D) turns by more than a right angle."""
    triangles = torch.from_numpy(space.surface.triangles)
    before = _normals(torch.from_numpy(space.surface.positions)[None], triangles)
    after = _normals(space.decode_many(differences).positions, triangles)
    seen = before.norm(dim=2) > 1e-9 * space.extent.height**2
    turned = ((before * after).sum(2) < 0) & seen
    shares: torch.Tensor = turned.sum(1) / seen.sum().clamp_min(1)
    return shares


def _normals(positions: torch.Tensor, triangles: torch.Tensor) -> torch.Tensor:
    """(N, T, 3) of positions (N, V, 3), as long as twice the triangle's area."""
    a, b, c = (positions[:, triangles[:, corner]] for corner in range(3))
    return torch.cross(b - a, c - a, dim=2)
