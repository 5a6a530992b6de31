# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a character's shape code on points of its surface.

Shape letters: B bones, S samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .bones import Bones
from .shape_code import RINGS, SECTORS, CodeParts, ShapeCode, code_length
from .surface import Samples, Surface

# which radius stands for a patch of skin: above the middle, as clothes hide what is below them
_QUANTILE = 0.7
_TIP_QUANTILE = 0.985
_LEAST_RADIUS = 2e-3
_LEAST_LENGTH = 5e-3


@dataclass(frozen=True)
class Extent:
    """How tall a character stands: `top` and `bottom` (n,) int64 are the vertices by which that is told."""

    top: np.ndarray
    bottom: np.ndarray
    ground: float
    height: float


def extent_of(surface: Surface, bones: Bones) -> Extent:
    """Body height from the soles to the top of the head: from the lowest to the highest point where either is missing.

    A cape that trails on the floor is no sole.
    """
    body = np.flatnonzero(surface.body)
    most = surface.weights[body].argmax(axis=1)
    top = bottom = body
    if bones.is_humanoid:
        legs = [bones.index(f"{side}_{part}") for side in ("left", "right") for part in ("lower_leg", "foot")]
        bottom, top = body[np.isin(most, legs)], body[most == bones.index("head")]
    top, bottom = (top if len(top) else body), (bottom if len(bottom) else body)
    ground, highest = float(surface.positions[bottom, 2].min()), float(surface.positions[top, 2].max())
    return Extent(top, bottom, ground, max(highest - ground, 1e-6))


def bone_lengths(samples: Samples, bones: Bones, height: float) -> np.ndarray:
    """(B,) float64 metres: to where the next bone begins; of a tip, to the end of its skin."""
    lengths = np.empty(len(bones.names))
    for bone, end in enumerate(bones.ends):
        if end >= 0:
            lengths[bone] = np.linalg.norm(bones.heads[end] - bones.heads[bone])
            continue
        own = samples.places[samples.bones == bone]
        along = (own - bones.heads[bone]) @ bones.directions[bone]
        lengths[bone] = np.quantile(along, _TIP_QUANTILE) if len(along) > 3 else 0.0
    return np.maximum(lengths, _LEAST_LENGTH * height)


def encode(samples: Samples, bones: Bones, lengths: np.ndarray, height: float) -> ShapeCode:
    """The code of a character with bones of `lengths` (B,) metres that is `height` metres tall."""
    values = torch.zeros(code_length(len(bones.names)))
    parts = CodeParts.of(values)
    parts.height.fill_(float(np.log(height)))
    parts.lengths.copy_(torch.from_numpy(np.log(lengths / height)))
    parts.offsets.copy_(torch.from_numpy(np.log(_offsets(bones, height) / height)))
    parts.offsets[torch.from_numpy(~branches(bones))] = 0.0
    radii = np.maximum(radius_maps(samples, bones, lengths), _LEAST_RADIUS * height)
    parts.radii.copy_(torch.from_numpy(np.log(radii / height)))
    return ShapeCode(bones.space, bones.names, values)


def branches(bones: Bones) -> np.ndarray:
    """(B,) bool: the bones that do not begin where their parent ends, and so have an offset of their own."""
    apart: np.ndarray = (bones.parents >= 0) & (bones.ends[bones.parents] != np.arange(len(bones.names)))
    return apart


def _offsets(bones: Bones, height: float) -> np.ndarray:
    apart = np.linalg.norm(bones.heads - bones.heads[np.maximum(bones.parents, 0)], axis=1)
    least: np.ndarray = np.maximum(apart, _LEAST_LENGTH * height)
    return least


def cylinder(
    places: np.ndarray, of: np.ndarray, bones: Bones, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(along the bone in shares of its length, angle in radians from -pi, distance from its axis in metres), each (S,),
    of `places` (S, 3) seen from the bones numbered `of` (S,)."""
    local = np.einsum("sij,sj->si", bones.frames()[of], places - bones.heads[of])
    return local[:, 1] / lengths[of], np.arctan2(local[:, 2], local[:, 0]), np.hypot(local[:, 0], local[:, 2])


def radius_maps(samples: Samples, bones: Bones, lengths: np.ndarray) -> np.ndarray:
    """(B, RINGS, SECTORS) float64 metres: how far the skin is from each bone's axis; gaps are closed from around."""
    along, angle, radius = cylinder(samples.places, samples.bones, bones, lengths)
    ring = np.clip((along * RINGS).astype(int), 0, RINGS - 1)
    sector = ((angle + np.pi) / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    patch = (samples.bones * RINGS + ring) * SECTORS + sector
    order = np.lexsort((radius, patch))
    count = np.bincount(patch, minlength=len(bones.names) * RINGS * SECTORS)
    first = np.cumsum(count) - count
    maps = np.full(len(count), np.nan)
    full = count > 2
    maps[full] = radius[order][(first + _QUANTILE * (count - 1)).astype(int)[full]]
    return np.stack(
        [
            _without_gaps(one, 0.2 * length)
            for one, length in zip(maps.reshape(-1, RINGS, SECTORS), lengths, strict=True)
        ]
    )


def _without_gaps(radii: np.ndarray, alone: float) -> np.ndarray:
    """A map (RINGS, SECTORS) whose NaNs are closed around each ring, then along the bone; `alone` where all are NaN."""
    radii = radii.copy()
    sectors, rings = np.arange(SECTORS), np.arange(RINGS)
    for ring in radii:
        known = np.isfinite(ring)
        if known.any():
            ring[:] = np.interp(sectors, sectors[known], ring[known], period=SECTORS)
    known = np.isfinite(radii[:, 0])
    if not known.any():
        return np.full_like(radii, alone)
    for sector in sectors:
        radii[:, sector] = np.interp(rings, rings[known], radii[known, sector])
    smooth: np.ndarray = 0.5 * radii + 0.25 * (np.roll(radii, 1, axis=1) + np.roll(radii, -1, axis=1))
    return smooth
