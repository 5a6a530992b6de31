# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps light from a place: what stands between it and the sun, and what rises around it.

Shape letters: n places, S side of a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .thumbnail_camera import upright
from .thumbnail_raster import visible

_SHADOW_PX = 320
_FAR = 1000.0
# rings of places around a pixel that may hide the sky from it, as shares of the picture
_RINGS = (0.015, 0.035, 0.075)
_SPOKES = 6


@dataclass(frozen=True)
class ShadowMap:
    """The depths (S, S) that the sun sees in parallel along `axes`, `reach` metres from the `middle` to its edge."""

    axes: np.ndarray
    middle: np.ndarray
    reach: float
    depth: np.ndarray

    @classmethod
    def of(cls, corners: np.ndarray, to_sun: np.ndarray) -> ShadowMap:
        """The shadows of triangles (T, 3, 3)."""
        axes = upright(to_sun)
        seen = corners.reshape(-1, 3) @ axes.T
        middle = (seen.min(0) + seen.max(0)) / 2
        reach = max(float(np.ptp(seen, axis=0).max()) * 0.52, 1e-3)
        empty = cls(axes, middle @ axes, reach, np.zeros((0, 0)))
        drawn = visible(empty.pixels(corners), (_SHADOW_PX, _SHADOW_PX), shares=False)
        return cls(axes, middle @ axes, reach, drawn.depth)

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) as pixels x, y and depth in reaches from an eye so far off that it sees in parallel."""
        seen = (points - self.middle) @ self.axes.T / self.reach
        half = _SHADOW_PX / 2
        return np.stack([half + half * seen[..., 0], half - half * seen[..., 1], _FAR - seen[..., 2]], -1)

    def lit(self, places: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(n,) float32: the share of each place that the sun reaches, softened over its neighbours."""
        texel = 2 / _SHADOW_PX
        at = self.pixels(places + normals * (1.5 * texel * self.reach))
        x, y = at[:, 0] - 0.5, at[:, 1] - 0.5
        column, row = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
        right, down = x - column, y - row
        total = np.zeros(len(places))
        for dx, across in ((0, 1 - right), (1, right)):
            for dy, along in ((0, 1 - down), (1, down)):
                u, v = np.clip(column + dx, 0, _SHADOW_PX - 1), np.clip(row + dy, 0, _SHADOW_PX - 1)
                total += across * along * (self.depth[v, u] > at[:, 2] - 0.8 * texel)
        return total.astype(np.float32)


def open_sky(place: np.ndarray, normal: np.ndarray, width: float) -> np.ndarray:
    """(S, S) float32: how much of the sky each place (S, S, 3) sees, told by what the picture shows around it: what
    rises above its tangent plane near by hides some (after screen-space ambient occlusion, Mittring 2007).

    `width` is what the picture is wide in metres.
    """
    size = len(place)
    hidden = np.zeros((size, size), np.float32)
    for number, ring in enumerate(_RINGS):
        radius = ring * width
        for spoke in range(_SPOKES):
            angle = 2 * np.pi * (spoke + number / len(_RINGS)) / _SPOKES
            apart = _shifted(place, round(np.cos(angle) * ring * size), round(np.sin(angle) * ring * size))
            apart -= place
            far = np.sqrt(np.einsum("ijk,ijk->ij", apart, apart)) + np.float32(1e-9)
            rise = np.einsum("ijk,ijk->ij", apart, normal) / far
            hidden += np.clip(rise - 0.12, 0, 1) * np.clip(2.5 - far / (1.2 * radius), 0, 1)
    seen: np.ndarray = np.clip(1 - 1.9 / (_SPOKES * len(_RINGS)) * hidden, 0.15, 1)
    return seen.astype(np.float32)


def _shifted(image: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """A copy with what lies `dx` to the right and `dy` below in each pixel; the border goes on outside."""
    size = len(image)
    rows = np.clip(np.arange(size) + dy, 0, size - 1)
    columns = np.clip(np.arange(size) + dx, 0, size - 1)
    shifted: np.ndarray = image[rows[:, None], columns]
    return shifted
