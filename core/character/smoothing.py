# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin weights made smooth over the body, so that neighbouring bones' changes flow into each other.

Vertices at one place move as one, whatever mesh they belong to or however UV seams split them; parts that lie close to
each other and move alike (a head on a neck, a boot on a leg) are smoothed together, so that they keep touching.
Shape letters: V vertices, N places, E pairs, B bones, K kept bones.
"""

from __future__ import annotations

import numpy as np
import torch

from .surface import Surface

KEPT = 6
# how far bones' changes reach into each other, and how near parts lie that touch, as shares of the body height
_REACH = 0.03
_TOUCH = 0.012
_LEAST_STEPS, _MOST_STEPS = 4, 48
# parts whose weights differ more than this (0 alike, 2 strangers) may lie close by chance, as a hand on a thigh
_ALIKE = 1.0


def smooth_weights(surface: Surface, weights: np.ndarray, height: float) -> tuple[np.ndarray, np.ndarray]:
    """(bones (V, K) int64, weights (V, K) float32 that sum to 1) of `weights` (V, B) made smooth, the largest K.

    Diffusion with the umbrella operator along edges, as many steps as reach `_REACH` of the height.
    """
    place, count = weld(surface.positions, 1e-5 * height)
    shares = np.bincount(place, minlength=count)[:, None]
    places = np.stack([np.bincount(place, surface.positions[:, a], count) for a in range(3)], axis=1) / shares
    weights = _gathered(weights, place, count) / shares
    edges = edges_of(place[surface.triangles])
    near = _touching(places, edges, weights, _TOUCH * height)
    lengths = np.linalg.norm(places[edges[:, 0]] - places[edges[:, 1]], axis=1)
    edge = max(float(np.median(lengths)) if len(lengths) else height, 1e-6 * height)
    steps = int(np.clip((2 * _REACH * height / edge) ** 2, _LEAST_STEPS, _MOST_STEPS))
    smooth = _diffused(weights, np.concatenate([edges, near]), steps)[place]
    kept = min(KEPT, smooth.shape[1])
    bones = np.argsort(-smooth, axis=1, kind="stable")[:, :kept]
    largest = np.take_along_axis(smooth, bones, axis=1)
    return bones, (largest / largest.sum(axis=1, keepdims=True)).astype(np.float32)


def weld(positions: np.ndarray, tolerance: float) -> tuple[np.ndarray, int]:
    """(place (V,) int64, N): vertices within about `tolerance` of each other share a place."""
    cells = np.round((positions - positions.min(axis=0)) / max(tolerance, 1e-12)).astype(np.int64)
    keys = (cells[:, 0] << 42) ^ (cells[:, 1] << 21) ^ cells[:, 2]
    _, place = np.unique(keys, return_inverse=True)
    return place.ravel(), int(place.max()) + 1


def edges_of(triangles: np.ndarray) -> np.ndarray:
    """(E, 2) int64: each pair of places that a triangle joins, once."""
    pairs = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    keys = np.unique((pairs[:, 0] << 32) | pairs[:, 1])
    return np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)


def components(edges: np.ndarray, count: int) -> np.ndarray:
    """(N,) int64: the lowest place of the connected part that each place belongs to."""
    label = np.arange(count)
    while True:
        before = label.copy()
        least = np.minimum(label[edges[:, 0]], label[edges[:, 1]])
        np.minimum.at(label, edges[:, 0], least)
        np.minimum.at(label, edges[:, 1], least)
        # jump to the label's own label: parts join in few rounds
        label = label[label]
        if np.array_equal(label, before):
            return before


def _touching(places: np.ndarray, edges: np.ndarray, weights: np.ndarray, near: float) -> np.ndarray:
    """(E, 2): pairs of places of different parts that lie in one cell of a grid and move alike."""
    part = components(edges, len(places))
    found = []
    for shift in (0.0, 0.5):
        cells = np.floor(places / near + shift).astype(np.int64)
        cells -= cells.min(axis=0)
        cell = (cells[:, 0] << 42) ^ (cells[:, 1] << 21) ^ cells[:, 2]
        order = np.lexsort((part, cell))
        # one place of each part in each cell stands for the others, and is tied to the next part's and the last's
        first = np.ones(len(order), bool)
        first[1:] = (cell[order][1:] != cell[order][:-1]) | (part[order][1:] != part[order][:-1])
        stand = order[np.flatnonzero(first)]
        group = np.cumsum(first) - 1
        same = np.flatnonzero(cell[stand][1:] == cell[stand][:-1])
        for a, b in ((same, same + 1), (same + 1, same)):
            partner = np.full(len(stand), -1)
            partner[a] = stand[b]
            tied = partner[group]
            found.append(np.stack([order, tied], axis=1)[tied >= 0])
    pairs = np.concatenate(found)
    apart = np.abs(weights[pairs[:, 0]] - weights[pairs[:, 1]]).sum(axis=1)
    alike: np.ndarray = pairs[apart < _ALIKE]
    return alike


def _diffused(weights: np.ndarray, edges: np.ndarray, steps: int) -> np.ndarray:
    count = len(weights)
    both = np.concatenate([edges, edges[:, ::-1]])
    keys = np.unique(both[:, 0] * count + both[:, 1])
    rows, columns = keys // count, keys % count
    degree = np.bincount(rows, minlength=count)
    first = torch.from_numpy(np.cumsum(degree) - degree)
    neighbours, alone = torch.from_numpy(columns), torch.from_numpy(degree == 0)[:, None]
    smooth = torch.from_numpy(weights).float()
    for _ in range(steps):
        average = torch.nn.functional.embedding_bag(neighbours, smooth, first, mode="mean")
        smooth = torch.where(alone, smooth, 0.5 * smooth + 0.5 * average)
    return smooth.numpy()


def _gathered(values: np.ndarray, place: np.ndarray, count: int) -> np.ndarray:
    return np.stack([np.bincount(place, values[:, c], count) for c in range(values.shape[1])], axis=1)
