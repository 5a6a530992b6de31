# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a difference of codes within what skin survives: no bone grows beyond measure, no ring of skin by much more
than the next one. Shape letters: N codes, D numbers, B bones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from .bones import Bones
from .shape_code import RINGS, CodeParts

# natural logarithms
MOST_LENGTH, MOST_RADIUS = 1.1, 1.1
# between neighbouring rings along a limb, between neighbouring sectors of a ring, and around against along a bone
MOST_RING_STEP, MOST_SECTOR_STEP, MOST_SQUEEZE = 0.2, 0.25, 1.0
_ROUNDS = 24


def plausible(differences: torch.Tensor, bones: Bones) -> torch.Tensor:
    """The differences (N, D), bounded: small ones pass as they are."""
    bounded = differences.clone()
    parts = CodeParts.of(bounded)
    parts.lengths.clamp_(-MOST_LENGTH, MOST_LENGTH)
    parts.offsets.clamp_(-MOST_LENGTH, MOST_LENGTH)
    along = parts.lengths[..., None, None]
    radii = parts.radii.clamp(-MOST_RADIUS, MOST_RADIUS)
    radii = torch.minimum(torch.maximum(radii, along - MOST_SQUEEZE), along + MOST_SQUEEZE)
    parts.radii.copy_(_eased(radii, bones))
    return bounded


def _eased(radii: torch.Tensor, bones: Bones) -> torch.Tensor:
    """Log scales (N, B, RINGS, SECTORS) with no step larger than allowed, by moving both sides of each halfway."""
    flat = radii.flatten(1, 2).clone()
    pairs = torch.tensor(list(_neighbours(bones)))
    low, high = pairs.T
    count = torch.bincount(pairs.flatten(), minlength=flat.shape[1]).clamp_min(1)[:, None]
    for _ in range(_ROUNDS):
        step = flat[:, high] - flat[:, low]
        over = step - step.clamp(-MOST_RING_STEP, MOST_RING_STEP)
        around = flat.roll(-1, -1) - flat
        beyond = around - around.clamp(-MOST_SECTOR_STEP, MOST_SECTOR_STEP)
        if not over.any() and not beyond.any():
            break
        move = torch.zeros_like(flat).index_add_(1, low, over).index_add_(1, high, -over)
        flat = flat + 0.5 * move / count + 0.25 * (beyond - beyond.roll(1, -1))
    return flat.reshape(radii.shape)


def _neighbours(bones: Bones) -> Iterator[tuple[int, int]]:
    """Rings next to each other: along a bone, and from a bone to the one that goes on in about the same direction."""
    for bone, end in enumerate(bones.ends):
        for ring in range(RINGS - 1):
            yield bone * RINGS + ring, bone * RINGS + ring + 1
        straight = end >= 0 and float(np.dot(bones.directions[bone], bones.directions[end])) > 0.5
        # a head may be as much larger than its neck as it likes
        if straight and bones.names[end].lower() != "head":
            yield bone * RINGS + RINGS - 1, int(end) * RINGS
