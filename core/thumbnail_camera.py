# SPDX-License-Identifier: GPL-3.0-or-later
"""The eye of a thumbnail: where it stands to just see a thing, and where points lie in its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# half the picture over the distance: a long lens
LENS = 0.2


def unit(vectors: np.ndarray) -> np.ndarray:
    """Directions (..., 3) of length 1."""
    length: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return length


@dataclass(frozen=True)
class Camera:
    """`axes` (3, 3) float64 rows right, up, to the eye, which stands `distance` metres from `middle` (3,)."""

    axes: np.ndarray
    middle: np.ndarray
    distance: float

    @classmethod
    def on(cls, points: np.ndarray, to_eye: np.ndarray, margin: float = 1.08) -> Camera:
        """A camera that just sees all points (V, 3), `margin` times as much from side to side."""
        axes = upright(to_eye)
        seen = points.astype(np.float64) @ axes.T
        middle = (seen.min(0) + seen.max(0)) / 2
        distance = max(float(np.ptp(seen, axis=0).max()), 1e-3) / LENS
        for _ in range(4):
            away = np.maximum(1 - (seen[:, 2] - middle[2]) / distance, 0.2)
            flat = (seen[:, :2] - middle[:2]) / away[:, None]
            low, high = flat.min(0), flat.max(0)
            middle[:2] += (low + high) / 2
            distance = max(float((high - low).max()) / 2 * margin / LENS, 1e-3)
        return cls(axes, middle @ axes, distance)

    @property
    def eye(self) -> np.ndarray:
        """(3,) metres."""
        place: np.ndarray = self.middle + self.distance * self.axes[2]
        return place

    def pixels(self, points: np.ndarray, size: int) -> np.ndarray:
        """Points (..., 3) as pixels x to the right, y down, and depth in shares of the distance, float64."""
        seen = (points - self.middle) @ self.axes.T
        depth = 1 - seen[..., 2] / self.distance
        scale = size / 2 / (self.distance * LENS) / np.maximum(depth, 1e-3)
        return np.stack([size / 2 + seen[..., 0] * scale, size / 2 - seen[..., 1] * scale, depth], -1)

    def rays(self, rows: np.ndarray, columns: np.ndarray, size: int) -> np.ndarray:
        """(n, 3) float32: from the eye through the middles of pixels, of length 1 along the view."""
        x, y = (columns + 0.5) / size * 2 - 1, 1 - (rows + 0.5) / size * 2
        flat = LENS * np.stack([x, y], -1)
        rays: np.ndarray = (flat @ self.axes[:2] - self.axes[2]).astype(np.float32)
        return rays


def upright(to_eye: np.ndarray) -> np.ndarray:
    """(3, 3) float64: rows right, up, to the eye, the horizon level."""
    towards = unit(to_eye.astype(np.float64))
    right = unit(np.cross([0.0, 0.0, 1.0], towards))
    return np.stack([right, np.cross(towards, right), towards])
