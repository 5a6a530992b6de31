# SPDX-License-Identifier: GPL-3.0-or-later
"""How alike two sets of characters are by their shapes: points on surfaces, Chamfer distances, and what follows.

MMD, COV and 1-NNA after G. Yang et al., PointFlow: 3D Point Cloud Generation with Continuous Normalizing Flows, 2019;
1-NNA is from D. Lopez-Paz and M. Oquab, Revisiting Classifier Two-Sample Tests, 2017.

Shape letters: N, M characters, P points.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from ...core.asset import Asset
from ...core.errors import InputError
from .triangles import face_normals, whole

NUM_POINTS = 2048


def surface_points(asset: Asset, count: int = NUM_POINTS, seed: int = 0) -> np.ndarray:
    """(P, 3) float32 random points on the faces of an Asset in its rest pose, evenly by area.

    Unit height, the lowest point at z = 0, the middle of the extent at x = y = 0. An Asset without a face that has an
    area is an InputError.
    """
    positions, triangles, _ = whole(asset)
    return points_on(positions, triangles, count, seed)


def points_on(positions: np.ndarray, triangles: np.ndarray, count: int = NUM_POINTS, seed: int = 0) -> np.ndarray:
    """The same for vertices (V, 3) and triangles (T, 3)."""
    random = np.random.default_rng(seed)
    areas = np.linalg.norm(face_normals(positions, triangles), axis=1)
    if not np.isfinite(areas).all() or not areas.sum() > 0:
        raise InputError("The character has no surface: none of its faces has an area. Leave it out.")
    chosen = triangles[random.choice(len(triangles), count, p=areas / areas.sum())]
    root, along = np.sqrt(random.random((count, 1))), random.random((count, 1))
    a, b, c = (positions[chosen[:, corner]] for corner in range(3))
    # evenly over a triangle: R. Osada et al., Shape Distributions, 2002, equation 1
    return normalised((1 - root) * a + root * (1 - along) * b + root * along * c, positions[np.unique(triangles)])


def normalised(points: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The points in the frame in which the vertices have unit height, stand on z = 0 and are centred. float32."""
    low, high = positions.min(0), positions.max(0)
    origin = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    placed: np.ndarray = ((points - origin) / max(float(high[2] - low[2]), 1e-9)).astype(np.float32)
    return placed


def chamfer(first: cKDTree, second: cKDTree) -> float:
    """The Chamfer distance of two point sets (P, 3): mean squared distance to the nearest point, there and back."""
    there, back = second.query(first.data)[0], first.query(second.data)[0]
    return float(np.square(there).mean() + np.square(back).mean())


def chamfer_distances(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> np.ndarray:
    """(N, M) float64 Chamfer distances of every set in `first` from every one in `second`."""
    ours, theirs = ([cKDTree(points) for points in sets] for sets in (first, second))
    return np.array([[chamfer(a, b) for b in theirs] for a in ours]).reshape(len(first), len(second))


def within_distances(sets: Sequence[np.ndarray]) -> np.ndarray:
    """(N, N) Chamfer distances of sets from each other."""
    trees = [cKDTree(points) for points in sets]
    found = np.zeros((len(sets), len(sets)))
    for row in range(len(sets)):
        for column in range(row):
            found[row, column] = found[column, row] = chamfer(trees[row], trees[column])
    return found


def minimum_matching_distance(across: np.ndarray) -> float:
    """MMD: mean over the real ones of the distance to the nearest made one; `across` (N made, M real)."""
    return float(across.min(0).mean())


def coverage(across: np.ndarray) -> float:
    """COV: share of the real ones that are nearest to some made one; `across` (N made, M real)."""
    return len(np.unique(across.argmin(1))) / across.shape[1]


def nearest_neighbour_accuracy(
    made: np.ndarray, real: np.ndarray, across: np.ndarray, families: Sequence[str] = ()
) -> float:
    """1-NNA: how often the nearest other character is of the same set, leaving each one out; 0.5 is no difference.

    made (N, N), real (M, M) and across (N, M) are distances. Of several nearest ones each counts its share. Where
    `families` (N + M,) of the made and the real ones are given, each is left out with its whole family: the nearest of
    a character is else always its own variant.
    """
    distances = np.block([[made, across], [across.T, real]])
    np.fill_diagonal(distances, np.inf)
    if len(families):
        names = np.array(families)
        distances[names[:, None] == names[None]] = np.inf
    label = np.arange(len(distances)) < len(made)
    nearest = distances <= distances.min(1, keepdims=True)
    same = (nearest & (label[:, None] == label[None])).sum(1) / nearest.sum(1)
    return float(same.mean())


def bootstrap_interval(
    values: Sequence[float], seed: int = 0, draws: int = 2000, level: float = 0.95
) -> tuple[float, float]:
    """The interval in which the mean lies with probability `level`, by drawing the values again and again."""
    random = np.random.default_rng(seed)
    given = np.asarray(values, np.float64)
    means = given[random.integers(0, len(given), (draws, len(given)))].mean(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
