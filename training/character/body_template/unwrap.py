# SPDX-License-Identifier: GPL-3.0-or-later
"""UVs of the template: each chart laid flat by least-squares conformal maps, then packed in the unit square.

Levy et al., "Least Squares Conformal Maps for Automatic Texture Atlas Generation" (2002).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
import scipy.sparse.linalg  # type: ignore[import-untyped]

from .half_mesh import fill_unplaced, neighbour_mean

MARGIN = 0.006
# a face is looked at from nearer
FACE_SCALE = 1.4
# what would fold over when laid flat by angles: cups, and the face, whose features this way get more room
CUPS = ("eye", "eye_pocket", "nostril", "mouth_inside", "face", "head_back")


def unwrapped(positions: np.ndarray, quads: np.ndarray, charts: np.ndarray) -> np.ndarray:
    """(F, 4, 2) float32 in [0, 1]; charts keep their areas' proportions and lie side by side."""
    flat = np.zeros((len(quads), 4, 2))
    names = np.unique(charts)
    pieces = []
    for name in names:
        faces = np.flatnonzero(charts == name)
        vertices, corners = np.unique(quads[faces], return_inverse=True)
        corners = corners.reshape(-1, 4)
        plane = _laid_flat(str(name), positions[vertices], corners)
        plane = _heads_up(plane if name.endswith(CUPS) else _upright(plane), positions[vertices], name.endswith(CUPS))
        area = _area3(positions[vertices], corners) / max(abs(_area2(plane, corners)), 1e-12)
        pieces.append((faces, corners, plane * np.sqrt(area) * (FACE_SCALE if name == "face" else 1)))
    places, side = _packed([np.ptp(plane, axis=0) for _, _, plane in pieces])
    for (faces, corners, plane), place in zip(pieces, places, strict=True):
        flat[faces] = ((plane - plane.min(0) + place) / side)[corners]
    return flat.astype(np.float32)


def _laid_flat(name: str, points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    if name.endswith(CUPS):
        return _in_circle(points, corners)
    start = _seen_flat(points, corners) if "hand" in name else _conformal(points, corners)
    return _rigid(points, corners, start)


def _seen_flat(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(N, 2): seen at right angles to the plane that the points lie nearest to."""
    _, _, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
    plane = points @ axes[:2].T
    return _unmirrored(plane, corners)


def _rigid(points: np.ndarray, corners: np.ndarray, plane: np.ndarray, rounds: int = 40) -> np.ndarray:
    """(N, 2) from `plane`, with each triangle as near to its own size and shape as the others let it.

    Liu et al., "A Local/Global Approach to Mesh Parameterization" (2008), as rigid as possible.
    """
    triangles = _triangles(corners)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    length = np.linalg.norm(b - a, axis=1)
    along = (b - a) / np.maximum(length, 1e-12)[:, None]
    x, y = ((c - a) * along).sum(1), np.linalg.norm(np.cross(along, c - a), axis=1)
    own = np.stack([np.zeros((len(x), 2)), np.stack([length, 0 * x], 1), np.stack([x, y], 1)], 1)
    pairs = ((0, 1), (1, 2), (2, 0))
    rows, columns, values, edges = [], [], [], []
    for start, end in pairs:
        left, right = own[:, start] - own[:, 3 - start - end], own[:, end] - own[:, 3 - start - end]
        cross = np.abs(left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0])
        weight = np.clip((left * right).sum(1) / np.maximum(cross, 1e-12), 0.05, 10)
        i, j = triangles[:, start], triangles[:, end]
        rows += [i, j, i, j]
        columns += [i, j, j, i]
        values += [weight, weight, -weight, -weight]
        edges.append((i, j, weight, own[:, start] - own[:, end]))
    num = len(points)
    stiffness = sparse.coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (num, num))
    solver = scipy.sparse.linalg.splu((stiffness + 1e-9 * sparse.identity(num)).tocsc())
    plane = plane * np.sqrt(_area3(points, corners) / max(_area2(plane, corners), 1e-12))
    for _ in range(rounds):
        turn = sum(
            weight[:, None, None] * (plane[i] - plane[j])[:, :, None] * flat[:, None, :] for i, j, weight, flat in edges
        )
        first, _, second = np.linalg.svd(turn)
        first[:, :, 1] *= np.sign(np.linalg.det(first @ second))[:, None]
        rotation = first @ second
        right_side = np.zeros((num, 2))
        for i, j, weight, flat in edges:
            pull = weight[:, None] * np.einsum("nxy,ny->nx", rotation, flat)
            np.add.at(right_side, i, pull)
            np.add.at(right_side, j, -pull)
        plane = solver.solve(right_side)
    return np.asarray(plane)


def _triangles(corners: np.ndarray) -> np.ndarray:
    # both ways of cutting a quad, so that neither is favoured
    return np.concatenate([corners[:, k] for k in ([0, 1, 2], [0, 2, 3], [0, 1, 3], [1, 2, 3])])


def _conformal(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(N, 2) flat places of a chart's points (N, 3)."""
    triangles = _triangles(corners)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    x_axis = b - a
    length = np.linalg.norm(x_axis, axis=1)
    x_axis = x_axis / np.maximum(length, 1e-12)[:, None]
    x = ((c - a) * x_axis).sum(1)
    y = np.linalg.norm(np.cross(x_axis, c - a), axis=1)
    area = np.maximum(np.sqrt(length * y), 1e-9)
    # each triangle's corners as complex numbers; a conformal map makes their weighted sum vanish
    places = np.stack([np.zeros_like(x) + 0j, length + 0j, x + 1j * y], 1)
    weights = (np.roll(places, -2, 1) - np.roll(places, -1, 1)) / area[:, None]
    rows = np.repeat(np.arange(len(triangles)), 3)
    matrix = sparse.coo_matrix((weights.ravel(), (rows, triangles.ravel())), (len(triangles), len(points))).tocsc()
    first, last = _far_apart(points)
    fixed = np.array([first, last])
    free = np.setdiff1d(np.arange(len(points)), fixed)
    ends = np.array([0, np.linalg.norm(points[last] - points[first])], complex)
    left = matrix[:, free]
    system = (left.conj().T @ left + 1e-14 * sparse.identity(len(free))).tocsc()
    solved = scipy.sparse.linalg.splu(system).solve(np.asarray(-(left.conj().T @ (matrix[:, fixed] @ ends))))
    flat = np.zeros(len(points), complex)
    flat[fixed], flat[free] = ends, solved
    plane = np.stack([flat.real, flat.imag], 1)
    return _unmirrored(plane, corners)


def _in_circle(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(N, 2): the rim on a circle, each vertex inside in the middle of its neighbours.

    Tutte, "How to Draw a Graph" (1963): nothing folds over.
    """
    rim = _rim(corners)
    steps = np.linalg.norm(points[rim] - points[np.roll(rim, -1)], axis=1)
    angle = 2 * np.pi * np.cumsum(steps) / steps.sum()
    plane = np.zeros((len(points), 2))
    plane[rim] = np.stack([np.cos(angle), np.sin(angle)], 1)
    known = np.zeros(len(points), bool)
    known[rim] = True
    plane = fill_unplaced(plane, known, neighbour_mean(len(points), corners))
    return _unmirrored(plane, corners)


def _rim(corners: np.ndarray) -> np.ndarray:
    """The chart's longest edge as vertices in order; other edges are holes in it."""
    edges = {(int(q[k]), int(q[(k + 1) % 4])) for q in corners for k in range(4)}
    after = {a: b for a, b in edges if (b, a) not in edges}
    loops = []
    while after:
        loop = [min(after)]
        while loop[-1] in after:
            loop.append(after.pop(loop[-1]))
        loops.append(loop[:-1])
    return np.array(max(loops, key=len))


def _far_apart(points: np.ndarray) -> tuple[int, int]:
    first = int(np.linalg.norm(points - points.mean(0), axis=1).argmax())
    return first, int(np.linalg.norm(points - points[first], axis=1).argmax())


def _unmirrored(plane: np.ndarray, corners: np.ndarray) -> np.ndarray:
    return plane if _area2(plane, corners) > 0 else np.asarray(plane * [1, -1])


def _area2(plane: np.ndarray, corners: np.ndarray) -> float:
    p = plane[corners]
    after = np.roll(p, -1, 1)
    return float((p[..., 0] * after[..., 1] - p[..., 1] * after[..., 0]).sum() / 2)


def _area3(points: np.ndarray, corners: np.ndarray) -> float:
    p = points[corners]
    return float(np.linalg.norm(np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1]), axis=1).sum() / 2)


def _upright(plane: np.ndarray) -> np.ndarray:
    """Turned so that its bounding box is smallest, standing on its short side."""
    best = plane
    smallest = np.inf
    for angle in np.radians(np.arange(0, 180, 3)):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = plane @ turn
        wide, tall = np.ptp(turned, axis=0)
        if wide * tall < smallest and wide <= tall:
            best, smallest = turned, wide * tall
    return np.asarray(best)


def _heads_up(plane: np.ndarray, points: np.ndarray, freely: bool) -> np.ndarray:
    """Turned so that what is higher on the body is higher in the picture: by half a turn, or `freely`."""
    away = plane - plane.mean(0)
    slope = np.linalg.lstsq(away, points[:, 2] - points[:, 2].mean(), rcond=None)[0]
    if not freely:
        return plane if slope[1] >= 0 else -plane
    x, y = slope / max(float(np.linalg.norm(slope)), 1e-12)
    return np.asarray(plane @ np.array([[y, x], [-x, y]]))


def _packed(sizes: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Lower left corners (N, 2) of boxes on shelves, tallest first, and the side of the square they fill."""
    order = sorted(range(len(sizes)), key=lambda k: -sizes[k][1])
    best: tuple[np.ndarray, float] | None = None
    for width in np.sqrt(sum(float(np.prod(size)) for size in sizes)) * np.linspace(1.0, 1.8, 60):
        gap = MARGIN * width
        places = np.zeros((len(sizes), 2))
        x, y, shelf = gap, gap, 0.0
        for k in order:
            wide, tall = sizes[k]
            if x + wide + gap > width and x > gap:
                x, y, shelf = gap, y + shelf + gap, 0.0
            places[k] = x, y
            x, shelf = x + wide + gap, max(shelf, tall)
        side = max(width, y + shelf + gap, *(places[k][0] + sizes[k][0] + gap for k in order))
        if best is None or side < best[1]:
            best = places, float(side)
    assert best is not None
    return best
