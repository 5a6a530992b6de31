# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of the template: the neck's columns go on over it, with loops let in for eyes, mouth and ears.

Rows of the half grid count from the jaw (0) to the crown's ring (19); columns as in the torso. A block of cells is
taken out where loops go in: the block's outline is the outermost loop.
"""

from __future__ import annotations

import numpy as np

from .body import COLUMNS, HEAD_CHARTS, HEAD_SEAM
from .face import Face
from .guide import Guide, unit
from .half_mesh import FREE, HARD, SOFT, HalfMesh, Ring, fill_unplaced, neighbour_mean

ROWS = 19
MOUTH = (0, 4, 3, 7)
EYE = (3, 7, 11, 15)
EAR = (9, 11, 9, 14)
NOSE_ROW = 8
CROWN_DEG = 48.0
EYEBALL = "left_eyeball_inside"
IRIS_DEG = (24, 42, 65, 95, 130)
# elevation of the jaw's ring seen from the head's middle, by angle from the front
JAW_DEG = ((0, 45, 90, 135, 180), (-58, -56, -45, -34, -28))


def build_head(mesh: HalfMesh, guide: Guide, face: Face, neck: Ring) -> None:
    """The head above the neck's half ring."""
    start = len(mesh.points)
    grid = [_grid_row(mesh, row) for row in range(ROWS + 1)]
    mesh.band(neck, grid[0], HEAD_CHARTS, closed=False)
    for row in range(ROWS):
        mesh.band(grid[row], grid[row + 1], [_chart(row, c) for c in range(COLUMNS)], closed=False)
    _pin_midline(mesh, face, grid)
    _eye(mesh, face, grid)
    _mouth(mesh, face, grid)
    _ear(mesh, face, grid)
    _nostril(mesh, grid)
    _spread(mesh, guide, face, grid, start)
    _crown(mesh, grid[ROWS])


def _grid_row(mesh: HalfMesh, row: int) -> Ring:
    gone = [c for block in (MOUTH, EYE, EAR) for c in _inner_columns(block, row)]
    return [-1 if c in gone else mesh.add(None, "head", midline=c in (0, COLUMNS)) for c in range(COLUMNS + 1)]


def _inner_columns(block: tuple[int, int, int, int], row: int) -> list[int]:
    first, last, low, high = block
    if not low < row < high:
        return []
    # the mouth's block goes across the midline
    return list(range(first + (first > 0), last))


def _chart(row: int, column: int) -> str:
    for first, last, low, high in (MOUTH, EYE, EAR):
        if first <= column < last and low <= row < high:
            return ""
    return HEAD_CHARTS[column]


def _outline(grid: list[Ring], block: tuple[int, int, int, int]) -> Ring:
    """A block's outline from its lower inner corner: along the bottom, up, back along the top, and down (unless on the
    midline)."""
    first, last, low, high = block
    ring = [grid[low][c] for c in range(first, last)] + [grid[r][last] for r in range(low, high)]
    ring += [grid[high][c] for c in range(last, first, -1)]
    if first == 0:
        return [*ring, grid[high][0]]
    return ring + [grid[r][first] for r in range(high, low, -1)]


def _pin(mesh: HalfMesh, vertex: int, point: np.ndarray, hold: int = HARD) -> None:
    if vertex >= 0 and np.isfinite(point).all():
        mesh.points[vertex] = np.array(point, float)
        if mesh.midline[vertex]:
            mesh.points[vertex][0] = 0
        mesh.pinned[vertex] = hold


def _pin_midline(mesh: HalfMesh, face: Face, grid: list[Ring]) -> None:
    rows = {2: "chin", 3: "fold", 8: "base", 9: "septum", 10: "tip", 13: "nasion", 15: "brow"}
    for row, name in rows.items():
        _pin(mesh, grid[row][0], face.profile[name], SOFT if row < 3 else HARD)
    for (row, column), point in face.nose.items():
        _pin(mesh, grid[NOSE_ROW + row][column], point)


def _eye(mesh: HalfMesh, face: Face, grid: list[Ring]) -> None:
    """Loops from the block's outline to the lid's rim, the rim's thickness, and a pocket behind the eyeball."""
    outer = _outline(grid, EYE)
    ring = mesh.ring([None] * len(outer), "head")
    mesh.band(outer, ring, "face")
    for loop in face.lids[::-1]:
        inner = mesh.ring(list(loop), "head", pinned=HARD)
        mesh.band(ring, inner, "face")
        ring = inner
    rim = face.lids[0]
    flat = unit((rim - face.eye) * [1, 0, 1])
    # the rim's thickness ends inside the eyeball, so that no gap shows
    pocket = [rim + np.array([0, 0.004, 0]), face.eye + face.eye_radius * (1.02 * flat + [0, 0.3, 0])]
    for points in pocket:
        inner = mesh.ring(list(points), "head_inside", pinned=HARD)
        mesh.band(ring, inner, "~eye_pocket")
        ring = inner
    mesh.cap(ring, 4, "head_inside", "~eye_pocket")
    _eyeball(mesh, face)


def _eyeball(mesh: HalfMesh, face: Face) -> None:
    """A ball of its own: iris and pupil a grid in front, rings, a grid behind."""
    turn = 2 * np.pi * (np.arange(16) - 2) / 16
    ring: Ring = []
    for angle in np.radians(IRIS_DEG):
        out = np.stack([np.sin(angle) * np.cos(turn), 0 * turn - np.cos(angle), np.sin(angle) * np.sin(turn)], 1)
        inner = mesh.ring(list(face.eye + face.eye_radius * out), EYEBALL, pinned=HARD)
        if ring:
            mesh.band(ring, inner, "~eye")
        else:
            _eye_cap(mesh, face, inner, "~iris", -1.0)
        ring = inner
    _eye_cap(mesh, face, ring, "~eye", 1.0)


def _eye_cap(mesh: HalfMesh, face: Face, ring: Ring, chart: str, way: float) -> None:
    """Close the ball by a grid of 4 by 4; in the iris the four middle quads are the pupil."""
    rows = mesh.cap(ring, 4, EYEBALL, chart)
    rim = np.array([mesh.points[v] for v in ring]) - face.eye
    reach = np.hypot(rim[0, 0], rim[0, 2])
    for r, row in enumerate(rows[1:-1], 1):
        for c, vertex in enumerate(row[1:-1], 1):
            round_off = 0.85 if 2 in (c, r) else 0.62
            x, z = (c - 2) / 2 * reach * round_off, (r - 2) / 2 * reach * round_off
            depth = np.sqrt(face.eye_radius**2 - x**2 - z**2)
            corner = rows[0][0], rows[0][-1], rows[-1][0]
            across, up = (
                mesh.points[corner[1]] - mesh.points[corner[0]],
                mesh.points[corner[2]] - mesh.points[corner[0]],
            )
            place = face.eye + x * unit(across) + z * unit(up)
            _pin(mesh, vertex, place + np.array([0, way * depth, 0]))
    if chart == "~iris":
        middle = rows[2][2]
        for k, quad in enumerate(mesh.quads):
            if middle in quad:
                mesh.charts[k] = "~pupil"


def _mouth(mesh: HalfMesh, face: Face, grid: list[Ring]) -> None:
    """Half loops from the block's outline over the lips to the seam, and a bag behind it."""
    outer = _outline(grid, MOUTH)
    ends = (0, len(outer) - 1)
    ring = [mesh.add(None, "head", midline=k in ends) for k in range(len(outer))]
    mesh.band(outer, ring, "face", closed=False)
    for loop in face.lips[::-1]:
        inner = [mesh.add(p, "head", pinned=HARD, midline=k in ends) for k, p in enumerate(loop)]
        # where the lips touch is out of sight
        mesh.band(ring, inner, "mouth_inside" if loop is face.lips[0] else "face", closed=False)
        ring = inner
    seam = face.lips[0]
    lift = np.linspace(-1, 1, len(seam))
    lift = np.sign(lift) * np.sqrt(np.abs(lift))
    for deep, tall, narrow in ((0.007, 0.004, 0.96), (0.022, 0.009, 0.85)):
        points = seam * [narrow, 1, 1] + np.stack([0 * lift, 0 * lift + deep, lift * tall], 1)
        points[len(seam) // 2, 2] = seam[len(seam) // 2, 2]
        inner = [mesh.add(p, "head_inside", pinned=HARD, midline=k in ends) for k, p in enumerate(points)]
        mesh.band(ring, inner, "mouth_inside", closed=False)
        ring = inner
    mesh.cap(ring, 4, "head_inside", "mouth_inside", midline=True)


def _ear(mesh: HalfMesh, face: Face, grid: list[Ring]) -> None:
    """The ear's loops out of its block, over the rim and into the shell."""
    ring = _outline(grid, EAR)
    for vertex, point in zip(ring, face.ear[0], strict=True):
        _pin(mesh, vertex, point)
    charts = ["~ear_back", "~ear_back", "~ear", "~ear"]
    for loop, chart in zip(face.ear[1:], charts, strict=True):
        inner = mesh.ring(list(loop), "left_ear", pinned=HARD)
        mesh.band(ring, inner, chart)
        ring = inner
    rows = mesh.cap(ring, 2, "left_ear", "~ear")
    for row, point in zip(rows[1:-1], face.ear_floor, strict=True):
        _pin(mesh, row[1], point)


def _nostril(mesh: HalfMesh, grid: list[Ring]) -> None:
    """A small pocket in the cell under the nose's wing."""
    low, high = grid[NOSE_ROW], grid[NOSE_ROW + 1]
    cell = [low[1], low[2], high[2], high[1]]
    place = next(k for k, quad in enumerate(mesh.quads) if set(quad) == set(cell))
    del mesh.quads[place], mesh.charts[place]
    rim = [mesh.follow([(cell[k], 0.71), (cell[(k + 2) % 4], 0.29)], np.zeros(3)) for k in range(4)]
    deep = [mesh.follow([(cell[k], 0.66), (cell[(k + 2) % 4], 0.34)], np.array([0, 0.005, 0.0025])) for k in range(4)]
    mesh.band(cell, rim, "~nostril")
    mesh.band(rim, deep, "~nostril")
    mesh.quad(deep, "~nostril")


def _crown(mesh: HalfMesh, ring: Ring) -> None:
    """Close the top by a grid of 10 by 8."""
    before = len(mesh.charts)
    rows = mesh.cap(ring, 5, "head", "face", midline=True)
    back = {vertex for row in rows[HEAD_SEAM - 5 :] for vertex in row}
    for k in range(before, len(mesh.charts)):
        if back.issuperset(mesh.quads[k]):
            mesh.charts[k] = "head_back"


def _spread(mesh: HalfMesh, guide: Guide, face: Face, grid: list[Ring], start: int) -> None:
    """Place the grid's free vertices: harmonic in the angles seen from the head's middle, then out to the surface."""
    for column in range(COLUMNS + 1):
        angle = np.pi * column / COLUMNS
        jaw = float(np.radians(np.interp(np.degrees(angle), *JAW_DEG)))
        for row, elevation in ((0, jaw), (ROWS, float(np.radians(CROWN_DEG)))):
            _pin(mesh, grid[row][column], face.middle + _ray(angle, elevation), SOFT)
    for row, name in ((2, "chin"), (3, "fold")):
        level = float(_elevation(face.profile[name][None] - face.middle)[0])
        for column in range(1, 4):
            _pin(mesh, grid[row][column], face.middle + _ray(np.pi * column / COLUMNS * 0.8, level), SOFT)
    part = slice(start, len(mesh.points))
    quads = np.array([q for q in mesh.quads if min(q) >= start]) - start
    points, on_line = np.array(mesh.points[part]), np.array(mesh.midline[part])
    relative = points - face.middle
    polar = np.stack([np.arctan2(relative[:, 0], -relative[:, 1]), _elevation(relative)], 1)
    known = np.isfinite(points).all(1)
    line = np.full(len(points), np.nan)
    for ring in grid:
        line[[ring[0] - start]], line[[ring[COLUMNS] - start]] = 0, np.pi
    line[on_line & np.isnan(line)] = 0
    polar[on_line, 0] = line[on_line]
    polar[~known, 1] = 0
    polar[~known & ~on_line, 0] = 0
    mean = neighbour_mean(len(points), quads)
    angles = fill_unplaced(polar[:, :1], known | on_line, mean)[:, 0]
    levels = fill_unplaced(polar[:, 1:], known, mean)[:, 0]
    regions = np.array(mesh.regions[part])
    cast = (~known | (np.array(mesh.pinned[part]) == SOFT)) & (regions == "head")
    rays = np.array([_ray(a, e) for a, e in zip(angles[cast], levels[cast], strict=True)])
    hits = guide.target.cast(np.tile(face.middle, (len(rays), 1)), rays, guide.region("head"), last=True)
    for vertex, point in zip(np.flatnonzero(cast) + start, hits.points, strict=True):
        _pin(mesh, vertex, point, FREE)


def _ray(angle: float, elevation: float) -> np.ndarray:
    level = np.cos(elevation)
    return np.array([np.sin(angle) * level, -np.cos(angle) * level, np.sin(elevation)])


def _elevation(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.arctan2(vectors[:, 2], np.hypot(vectors[:, 0], vectors[:, 1])))
