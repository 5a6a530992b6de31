# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of a whole building: for each plate the storeys that it goes through, as one shell.

The parts of a facade (base, middle, top) are counted over the whole building; a plate that changes starts a new shell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import shapely

from ..codec import show
from ..errors import InputError
from .balconies import with_balconies
from .building_style import BuildingStyle
from .facade import Bays, FacadeStyle, kinds_of, lay_out
from .massing import Massing
from .outline import Outline, is_inside
from .plan_shapes import polygon_of
from .site import Neighbour
from .storeys import Storey, Tier, stack
from .wall_columns import span
from .wall_offset import edges, inner_rings
from .wall_solid import Columns
from .walls import Wall, wall_of

# a wall this near to a neighbour that is higher than its floor is a party wall
PARTY_M = 0.4
# an entrance belongs to a bay whose middle is this near
NEXT_TO_M = 2.5


@dataclass(frozen=True, eq=False)
class PlateShell:
    """A plate's walls on the storeys that it goes through.

    `plate` counts the plates of a storey from 0. `inner` are the walls' inner faces corner by corner as in
    `outline.rings`, `wall_m` the thickness that they got; `first_wall` the number of the walls of the storey's plates
    before. `walls` has for each of `storeys` a wall a ring. `is_open` (N,) bool a ring, False for party walls.
    """

    plate: int
    outline: Outline
    inner: tuple[np.ndarray, ...]
    wall_m: float
    storeys: tuple[Storey, ...]
    walls: tuple[tuple[Wall, ...], ...]
    first_wall: int
    is_open: tuple[np.ndarray, ...]

    @property
    def words(self) -> str:
        """What tells the parts of this plate from those of the storey's others."""
        return f"plate {self.plate + 1}" if self.plate else ""

    @property
    def stacked(self) -> list[tuple[Storey, list[Wall]]]:
        """Each storey with its walls."""
        return [(storey, list(walls)) for storey, walls in zip(self.storeys, self.walls, strict=True)]


def shells_of(
    massing: Massing,
    style: BuildingStyle,
    front_door: np.ndarray | None = None,
    neighbours: Sequence[Neighbour] = (),
    plot: Outline | None = None,
    entrances: Sequence[np.ndarray] = (),
) -> tuple[tuple[Storey, ...], list[PlateShell]]:
    """The building's storeys, and a shell for each run of storeys with the same plate, from the ground up.

    The door stands in the edge next to `front_door` (2,), on the longest open edge without one; `entrances` (2,) are
    places of the outer facade whose bays have the doors in its stead. Raises InputError for a
    massing or an outline that no building can have.
    """
    storeys = stack(massing.heights_m)
    land = polygon_of(plot.rings) if plot is not None else None
    if len(massing.plates) != len(storeys) or not all(massing.plates):
        raise InputError(
            f"The massing has {show(len(massing.plates))} storeys of plates and {show(len(storeys))} heights. "
            "Give each storey a height and at least one plate."
        )
    facade, faces = style.facade_style, _Faces(style.wall_m)
    shells = []
    for first, count, plates in massing.tiers():
        here = storeys[first : first + count]
        fronts = _fronts(plates, front_door)
        solid = _solid(massing, first, neighbours) if style.balconies and first + count > 1 else None
        start = 0
        for number, outline in enumerate(plates):
            front = fronts[number] if first == 0 else -1
            for run, is_open in _runs(here, outline, neighbours):
                doors = entrances if first == 0 else ()
                shell = _shell(outline, run, facade, style, faces, is_open, front, solid, land, doors)
                shells.append(replace(shell, plate=number, first_wall=start))
            start += sum(map(len, outline.rings))
    return storeys, shells


class _Faces:
    """The inner faces of walls by outline, each found once."""

    def __init__(self, wall_m: float) -> None:
        self._wall_m = wall_m
        self._made: dict[int, tuple[tuple[np.ndarray, ...], float]] = {}

    def of(self, outline: Outline) -> tuple[tuple[np.ndarray, ...], float]:
        """The inner rings, and the thickness that the walls got."""
        if id(outline) not in self._made:
            self._made[id(outline)] = inner_rings(outline.rings, self._wall_m)
        return self._made[id(outline)]


def _shell(
    outline: Outline,
    storeys: tuple[Storey, ...],
    facade: FacadeStyle,
    style: BuildingStyle,
    faces: _Faces,
    is_open: tuple[np.ndarray, ...],
    front: int | None,
    solid: shapely.Geometry | None,
    land: shapely.Geometry | None,
    entrances: Sequence[np.ndarray],
) -> PlateShell:
    """The shell of one plate; `front` None leaves the door to the longest open edge, -1 means no door. Balconies keep
    out of what is `solid` and within the `land`; None for a shell without any."""
    inner, thickness = faces.of(outline)
    if front is None or (front >= 0 and not is_open[0][front]):
        length = np.where(is_open[0], edges(outline.outer)[1], -1.0)
        front = int(length.argmax()) if is_open[0].any() else -1
    bays = [
        lay_out(*span(ring, face), facade, mask, front if number == 0 else -1)
        for number, (ring, face, mask) in enumerate(zip(outline.rings, inner, is_open, strict=True))
    ]
    bays[0] = with_doors(bays[0], outline.outer, entrances)
    if solid is not None:
        pairs = zip(bays, outline.rings, is_open, strict=True)
        bays = [with_balconies(one, ring, mask, facade, style, solid, land) for one, ring, mask in pairs]
    made: dict[tuple[Tier, float], tuple[Wall, ...]] = {}
    known: list[dict[bytes, Columns]] = [{} for _ in bays]
    for storey in storeys:
        key = (storey.tier, storey.height_m)
        if key not in made:
            kinds = kinds_of(storey, facade, storey.height_m - style.slab_m)
            made[key] = tuple(
                wall_of(ring, face, thickness, one, storey, kinds, there)
                for ring, face, one, there in zip(outline.rings, inner, bays, known, strict=True)
            )
    walls = tuple(made[storey.tier, storey.height_m] for storey in storeys)
    return PlateShell(0, outline, inner, thickness, storeys, walls, 0, is_open)


def with_doors(bays: Bays, ring: np.ndarray, entrances: Sequence[np.ndarray]) -> Bays:
    """The bays with doors in those next to the entrances, and in no other; the same where none is on this ring."""
    if not len(entrances) or not len(bays.edge):
        return bays
    places = ring[bays.edge] + bays.centre[:, None] * edges(ring)[0][bays.edge]
    is_door = np.zeros(len(bays.edge), bool)
    for point in entrances:
        away = np.hypot(*(places - point).T)
        if away.min() < NEXT_TO_M:
            is_door[int(away.argmin())] = True
    return replace(bays, is_door=is_door) if is_door.any() else bays


def _solid(massing: Massing, first: int, neighbours: Sequence[Neighbour]) -> shapely.Geometry:
    """What balconies on the plates of storey `first` keep out of."""
    plates = [*massing.plates[first], *(massing.plates[first - 1] if first else ())]
    shapes = [polygon_of(plate.rings) for plate in plates]
    return shapely.unary_union([*shapes, *(shapely.Polygon(one.ring).buffer(0.5) for one in neighbours)])


def _fronts(plates: Sequence[Outline], front_door: np.ndarray | None) -> list[int | None]:
    """Each plate's edge with the door: the one next to `front_door` on the plate that it is nearest to."""
    if front_door is None:
        return [None] * len(plates)
    point = np.asarray(front_door, np.float64)
    away = [_distances(plate.outer, point) for plate in plates]
    nearest = int(np.argmin([one.min() for one in away]))
    return [int(one.argmin()) if number == nearest else None for number, one in enumerate(away)]


def _distances(ring: np.ndarray, point: np.ndarray) -> np.ndarray:
    """(N,) metres from a point to each edge of a ring."""
    direction, length = edges(ring)
    along = np.clip(((point - ring) * direction).sum(1), 0, length)
    return np.asarray(np.hypot(*(ring + along[:, None] * direction - point).T))


def _runs(
    storeys: tuple[Storey, ...], outline: Outline, neighbours: Sequence[Neighbour]
) -> list[tuple[tuple[Storey, ...], tuple[np.ndarray, ...]]]:
    """The storeys in runs between the same neighbours, with what of the walls is open there."""
    if not neighbours:
        return [(storeys, tuple(np.ones(len(ring), bool) for ring in outline.rings))]
    height = [_neighbour_heights(ring, neighbours) for ring in outline.rings]
    masks = [tuple(one < storey.elevation_m + 0.5 * storey.height_m for one in height) for storey in storeys]
    runs = []
    for _, group in groupby(zip(storeys, masks, strict=True), key=lambda pair: b"".join(m.tobytes() for m in pair[1])):
        pairs = list(group)
        runs.append((tuple(storey for storey, _ in pairs), pairs[0][1]))
    return runs


def _neighbour_heights(ring: np.ndarray, neighbours: Sequence[Neighbour]) -> np.ndarray:
    """(N,) metres: the highest neighbour that stands PARTY_M in front of the middle of each edge, 0 without one."""
    direction, _ = edges(ring)
    middle = (ring + np.roll(ring, -1, 0)) / 2 + PARTY_M * np.stack([direction[:, 1], -direction[:, 0]], 1)
    height = np.zeros(len(ring))
    for neighbour in neighbours:
        low, high = neighbour.ring.min(0), neighbour.ring.max(0)
        for at in np.nonzero(((middle >= low) & (middle <= high)).all(1))[0]:
            if is_inside(neighbour.ring, middle[at]):
                height[at] = max(height[at], neighbour.height_m)
    return height
