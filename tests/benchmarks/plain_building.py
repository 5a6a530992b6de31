# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain reference: the same building by loops, one cell of wall, one window and one box after the other.

Walls of a grid of cells around each storey, slabs, and frames, panes and sills as boxes of their own in every opening;
no arrays, no copies, no sharing between storeys. The roof is the engine's own.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.ear_clipping import triangulate
from maquette.core.architecture.facade import DOOR_MARK, kinds_of, lay_out
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.opening_parts import opening_mesh
from maquette.core.architecture.roof import RoofStyle, make_roof
from maquette.core.architecture.storeys import Storey, stack
from maquette.core.architecture.wall_columns import span
from maquette.core.architecture.wall_offset import edges, inner_rings

Quad = list[tuple[float, float, float]]


def build_plainly(massing: Massing, style: BuildingStyle) -> tuple[list[Quad], int]:
    """All quads of a building of one plate, and the number of its openings."""
    outline, facade = massing.plates[0][0], style.facade_style
    ring = outline.outer
    (inner,), thickness = inner_rings((ring,), style.wall_m)
    direction, length = edges(ring)
    bays = lay_out(*span(ring, inner), facade, np.ones(len(ring), bool), int(length.argmax()))
    faces: list[Quad] = []
    count = 0
    storeys = stack(massing.heights_m)
    for storey in storeys:
        kinds = kinds_of(storey, facade, storey.height_m - style.slab_m)
        for edge in range(len(ring)):
            openings = []
            for number in np.nonzero(bays.edge == edge)[0]:
                mark = DOOR_MARK if bays.is_door[number] and kinds[DOOR_MARK] else bays.mark[number]
                if kinds[mark]:
                    openings.append((float(bays.centre[number]), kinds[mark]))
            faces += _wall(ring, inner, edge, direction[edge], float(length[edge]), openings, storey, thickness)
            for centre, kind in openings:
                count += 1
                mesh = opening_mesh.__wrapped__("", kind.opening, facade.recess_m, facade.frame_m, thickness)
                foot = ring[edge] + centre * direction[edge]
                faces += _placed(mesh, foot, direction[edge], storey.elevation_m + kind.opening.sill_m)
        faces += _slab(inner, storey.elevation_m, style.slab_m)
    faces += _slab(inner, storeys[-1].top_m, style.slab_m)
    make_roof(outline, style.roof, RoofStyle(pitch_deg=style.roof_pitch_deg))
    return faces, count


def _wall(
    ring: np.ndarray, inner: np.ndarray, edge: int, along: np.ndarray, length: float,
    openings: list, storey: Storey, thickness: float,
) -> list[Quad]:  # fmt: skip
    """One edge's cells: both faces of the solid ones, and what lies between a solid one and an open one."""
    after = (edge + 1) % len(ring)
    lines = [0.0, length]
    levels = [0.0, storey.height_m]
    for centre, kind in openings:
        lines += [centre - kind.opening.width_m / 2, centre + kind.opening.width_m / 2]
        levels += [kind.opening.sill_m, kind.opening.sill_m + kind.opening.height_m]
    lines, levels = sorted(set(lines)), sorted({round(level, 5) for level in levels})

    def is_open(x: float, z: float) -> bool:
        return any(
            abs(x - centre) < kind.opening.width_m / 2
            and kind.opening.sill_m < z < kind.opening.sill_m + kind.opening.height_m
            for centre, kind in openings
        )

    def point(x: float, z: float, within: bool) -> tuple[float, float, float]:
        if x == 0.0 or x == length:
            corner = (inner if within else ring)[edge if x == 0.0 else after]
        else:
            corner = ring[edge] + x * along + (thickness * np.array([-along[1], along[0]]) if within else 0.0)
        return float(corner[0]), float(corner[1]), storey.elevation_m + z

    quads = []
    for left, right in pairwise(lines):
        for low, high in pairwise(levels):
            x, z = (left + right) / 2, (low + high) / 2
            corners = [(left, low), (right, low), (right, high), (left, high)]
            if not is_open(x, z):
                quads.append([point(*corner, False) for corner in corners])
                quads.append([point(*corner, True) for corner in corners[::-1]])
                continue
            for one, two in zip(corners, (*corners[1:], corners[0]), strict=True):
                quads.append([point(*one, False), point(*two, False), point(*two, True), point(*one, True)])
    return quads


def _placed(mesh, foot: np.ndarray, along: np.ndarray, height: float) -> list[Quad]:
    """The quads of what stands in an opening, one corner after the other."""
    quads = []
    for corners in mesh.corners.reshape(-1, 4):
        quad = []
        for x, y, z in mesh.positions[corners].tolist():
            quad.append((foot[0] + x * along[0] - y * along[1], foot[1] + x * along[1] + y * along[0], height + z))
        quads.append(quad)
    return quads


def _slab(inner: np.ndarray, top: float, thickness: float) -> list[Quad]:
    faces = [[(*inner[n].tolist(), z) for n in part] for part in triangulate([inner]) for z in (top, top - thickness)]
    for one, two in zip(inner.tolist(), [*inner[1:].tolist(), inner[0].tolist()], strict=True):
        faces.append([(*one, top - thickness), (*two, top - thickness), (*two, top), (*one, top)])
    return faces
