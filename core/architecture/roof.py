# SPDX-License-Identifier: GPL-3.0-or-later
"""Roofs over any outline: flat with a parapet, gable, hip, mansard and shed.

Each is one closed solid that stands on the outline at height 0. A roof that the outline does not allow becomes the
next plainer one (gable -> hip -> flat) and says so; there is always a roof.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from ..asset import Mesh
from ..codec import show
from ..errors import InputError
from .ear_clipping import triangulate
from .outline import Outline, is_inside
from .roof_gable import with_gables
from .roof_solid import ROOF, WALL, Solid, base
from .straight_skeleton import Face, Skeleton, area, solve_or_none
from .wall_offset import largest_distance, moved_inwards, touches

KINDS = ("flat", "gable", "hip", "mansard", "shed")


@dataclass(frozen=True)
class RoofStyle:
    """Measures of roofs. Metres and degrees.

    `pitch_deg` of gable and hip roofs and of a mansard's upper part; `thickness_m` of the eaves and of a flat roof;
    where a roof would rise more than `tallest_m` above its eaves it is made shallower.
    """

    pitch_deg: float = 35.0
    shed_pitch_deg: float = 8.0
    mansard_pitch_deg: float = 70.0
    mansard_height_m: float = 2.4
    parapet_height_m: float = 0.9
    parapet_thickness_m: float = 0.3
    thickness_m: float = 0.25
    tallest_m: float = 12.0

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            limit = 85.0 if item.name.endswith("_deg") else 50.0
            if not 0.01 <= value <= limit:
                raise InputError(f"A roof's {item.name} must lie between 0.01 and {limit:g}; given was {show(value)}.")


@dataclass(frozen=True)
class Roof:
    """`mesh` stands on the outline at height 0, its slots as `roof_solid.SLOTS`. `kind` was made, `asked` was asked
    for; `gables` are the outline's edges with an upright end, whose walls go on up to the ridge."""

    mesh: Mesh
    kind: str
    asked: str
    gables: frozenset[int] = frozenset()


def make_roof(outline: Outline, kind: str, style: RoofStyle | None = None) -> Roof:
    """The roof of `kind`, one of KINDS, or the next plainer one that this outline allows. Raises InputError for
    another kind; `outline` is one from `clean_outline`."""
    if kind not in KINDS:
        raise InputError(f"There is no roof of kind {show(kind)}. Choose one of {', '.join(KINDS)}.")
    style = style or RoofStyle()
    makers: dict[str, Callable[[Outline, RoofStyle], Roof | None]] = {
        "gable": lambda o, s: _sloped_or_none(o, s, kind, True) or _sloped_or_none(o, s, kind, False),
        "hip": lambda o, s: _sloped_or_none(o, s, kind, False),
        "mansard": _mansard_or_none,
        "shed": _shed,
        "flat": lambda o, s: _flat(o, s, kind),
    }
    return makers[kind](outline, style) or _flat(outline, style, kind)


def _sloped_or_none(outline: Outline, style: RoofStyle, asked: str, gabled: bool) -> Roof | None:
    skeleton = solve_or_none(outline.rings)
    gables: frozenset[int] = frozenset()
    if skeleton is not None and gabled:
        skeleton, gables = with_gables(skeleton, outline.rings)
    if skeleton is None or (gabled and not gables):
        return None
    distances = skeleton.nodes[:, 2]
    slope = min(math.tan(math.radians(style.pitch_deg)), style.tallest_m / float(distances.max()))
    mesh = _raised(outline, style, skeleton, distances * slope, gables)
    return Roof(mesh, "gable" if gabled else "hip", asked, gables)


def _mansard_or_none(outline: Outline, style: RoofStyle) -> Roof | None:
    """Steep up to a level, then shallow; the level comes down where the outline is narrow."""
    steep, shallow = (math.tan(math.radians(pitch)) for pitch in (style.mansard_pitch_deg, style.pitch_deg))
    level = style.mansard_height_m / steep
    skeleton = solve_or_none(outline.rings, (level,))
    if skeleton is not None and skeleton.nodes[:, 2].max() < level / 0.7:
        level = 0.5 * float(skeleton.nodes[:, 2].max())
        skeleton = solve_or_none(outline.rings, (level,))
    if skeleton is None or all(face.band == 0 for face in skeleton.faces):
        return None
    distances = skeleton.nodes[:, 2]
    above = np.maximum(distances - level, 0)
    left = max(style.tallest_m - steep * level, 0.1)
    shallow = min(shallow, steep, left / max(float(above.max()), 1e-9))
    heights = np.minimum(distances, level) * steep + above * shallow
    return Roof(_raised(outline, style, skeleton, heights, frozenset()), "mansard", "mansard")


def _raised(
    outline: Outline, style: RoofStyle, skeleton: Skeleton, heights: np.ndarray, gables: frozenset[int]
) -> Mesh:
    """The faces of `skeleton` at `heights` (K,) above the eaves."""
    solid = Solid()
    first = base(solid, outline.rings, style.thickness_m)
    feet = sum(map(len, outline.rings))
    solid.add_points(skeleton.nodes[feet:, :2], style.thickness_m + heights[feet:])
    for face in skeleton.faces:
        solid.add([face.nodes], WALL if face.edge in gables else ROOF, first)
    return solid.mesh("roof")


def _shed(outline: Outline, style: RoofStyle) -> Roof:
    """One plane that rises from the outline's longest side."""
    ways = np.roll(outline.outer, -1, 0) - outline.outer
    longest = int(np.hypot(*ways.T).argmax())
    inward = np.array([-ways[longest, 1], ways[longest, 0]]) / np.hypot(*ways[longest])
    distances = np.concatenate(outline.rings) @ inward
    distances -= distances.min()
    slope = min(math.tan(math.radians(style.shed_pitch_deg)), style.tallest_m / float(distances.max()))
    solid = Solid()
    first = base(solid, outline.rings, style.thickness_m + slope * distances)
    solid.add(triangulate(outline.rings), ROOF, first)
    return Roof(solid.mesh("roof"), "shed", "shed")


def _flat(outline: Outline, style: RoofStyle, asked: str) -> Roof:
    """A deck behind a parapet; where the parapet leaves no deck, a plain slab."""
    skeleton = _inset_or_none(outline, style.parapet_thickness_m)
    solid = Solid()
    if skeleton is None or not skeleton.rings:
        first = base(solid, outline.rings, style.thickness_m)
        solid.add(triangulate(outline.rings), ROOF, first)
        return Roof(solid.mesh("roof"), "flat", asked)
    deck, crown = style.thickness_m, style.thickness_m + style.parapet_height_m
    first = base(solid, outline.rings, crown)
    feet = sum(map(len, outline.rings))
    solid.add_points(skeleton.nodes[feet:, :2], crown)
    solid.add([face.nodes for face in skeleton.faces], ROOF, first)
    low = solid.add_points(skeleton.nodes[:, :2], deck)
    for loop in skeleton.rings:
        for start, end in zip(loop, (*loop[1:], loop[0]), strict=True):
            solid.add([(first + start, first + end, low + end, low + start)], WALL)
    for loops in _islands(skeleton):
        order = [low + node for loop in loops for node in loop]
        plan = [skeleton.nodes[list(loop), :2] for loop in loops]
        solid.add([[order[n] for n in part] for part in triangulate(plan).tolist()], ROOF)
    return Roof(solid.mesh("roof"), "flat", asked)


def _inset_or_none(outline: Outline, distance: float) -> Skeleton | None:
    """The strip along the inside of an outline: where every corner stays one, each edge has a quad, without a run of
    the wavefront."""
    moved = [moved_inwards(ring, distance) for ring in outline.rings]
    short = any(largest_distance(ring) < distance for ring in outline.rings)
    if short or touches(moved, outline.rings):
        return solve_or_none(outline.rings, (distance,), stop=True)
    count = sum(map(len, moved))
    nodes = np.concatenate([*outline.rings, *moved])
    faces, loops, first = [], [], 0
    for ring in moved:
        size = len(ring)
        for n in range(size):
            start, end = first + n, first + (n + 1) % size
            faces.append(Face(start, 0, (start, end, count + end, count + start)))
        loops.append(tuple(range(count + first, count + first + size)))
        first += size
    heights = np.repeat([0.0, distance], count)
    return Skeleton(np.column_stack([nodes, heights]), tuple(faces), tuple(loops))


def _islands(skeleton: Skeleton) -> list[list[tuple[int, ...]]]:
    """The rings where the skeleton stopped, each outer one with its holes."""
    plan = skeleton.nodes[:, :2]
    outer = [[loop] for loop in skeleton.rings if area(plan[list(loop)]) > 0]
    for loop in skeleton.rings:
        if area(plan[list(loop)]) <= 0:
            around = [island for island in outer if is_inside(plan[list(island[0])], plan[loop[0]])]
            if around:
                min(around, key=lambda island: area(plan[list(island[0])])).append(loop)
    return outer
