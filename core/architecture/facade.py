# SPDX-License-Identifier: GPL-3.0-or-later
"""The facade grammar: bays along each wall, a rhythm of openings, and an opening for base, middle and top."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from ..codec import show
from ..errors import InputError
from .storeys import Storey, Tier

RHYTHM_MARKS = "wn."
# a bay with the door, in place of its mark
DOOR_MARK = len(RHYTHM_MARKS)
# a bay with a balcony above the ground, a window there
BALCONY_MARK = DOOR_MARK + 1
# of masonry between an opening and whatever is beside it, at least
PIER_M = 0.3
# between an opening's head and the ceiling
LINTEL_M = 0.1
_LOWEST_OPENING_M = 0.4


@dataclass(frozen=True)
class Opening:
    """An opening in metres; `sill_m` above the floor. `panes` across the frame; 0 for a door's leaf."""

    width_m: float
    height_m: float
    sill_m: float
    panes: int = 2


@dataclass(frozen=True)
class FacadeStyle:
    """What a facade looks like, in metres.

    `rhythm` is repeated over the bays: `w` a window, `n` a narrow one (`narrow` of the width), `.` a blank bay;
    `symmetric` counts it from both ends towards the middle. Frames stand `recess_m` behind the wall's face. `band_m` is
    how far the bands above base and top stand out, 0 for none.
    """

    bay_m: float = 2.8
    corner_m: float = 0.5
    rhythm: str = "w"
    symmetric: bool = True
    narrow: float = 0.5
    base: Opening = field(default_factory=lambda: Opening(1.5, 1.8, 0.8))
    middle: Opening = field(default_factory=lambda: Opening(1.4, 1.7, 0.8))
    top: Opening = field(default_factory=lambda: Opening(1.4, 1.5, 0.8))
    door: Opening = field(default_factory=lambda: Opening(1.1, 2.3, 0.0, panes=0))
    recess_m: float = 0.12
    frame_m: float = 0.06
    band_m: float = 0.1

    def __post_init__(self) -> None:
        """Raise InputError for a measure that no facade can have."""
        _within("bay_m", self.bay_m, 0.8, 20)
        _within("corner_m", self.corner_m, 0, 10)
        _within("narrow", self.narrow, 0.2, 1)
        _within("recess_m", self.recess_m, 0, 1)
        _within("frame_m", self.frame_m, 0.02, 0.3)
        _within("band_m", self.band_m, 0, 1)
        for name in ("base", "middle", "top", "door"):
            opening = getattr(self, name)
            for part, least, most in (("width_m", 0.3, 12), ("height_m", 0.3, 12), ("sill_m", 0, 10), ("panes", 0, 20)):
                _within(f"{name}.{part}", getattr(opening, part), least, most)
        if not 1 <= len(self.rhythm) <= 64 or set(self.rhythm) - set(RHYTHM_MARKS):
            raise InputError(
                f"The facade's rhythm is {show(self.rhythm)}. Write 1 to 64 marks: 'w' window, 'n' narrow, '.' blank."
            )


def _within(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InputError(f"The facade's {name} is {show(value)}. Give a number from {least:g} to {most:g}.")


STYLES = {
    "plain": FacadeStyle(),
    "house": FacadeStyle(
        bay_m=2.9,
        corner_m=0.7,
        base=Opening(1.3, 1.4, 0.8),
        middle=Opening(1.3, 1.4, 0.8),
        top=Opening(1.1, 1.2, 0.9),
        door=Opening(1.0, 2.1, 0.0, panes=0),
        band_m=0.0,
    ),
    "classical": FacadeStyle(
        bay_m=2.3,
        corner_m=0.8,
        base=Opening(1.3, 2.3, 0.8),
        middle=Opening(1.15, 2.2, 0.4),
        top=Opening(1.15, 1.6, 0.8),
        door=Opening(1.4, 2.6, 0.0, panes=0),
        recess_m=0.18,
        band_m=0.25,
    ),
    "rhythmic": FacadeStyle(
        bay_m=2.1,
        rhythm="wnw",
        narrow=0.45,
        base=Opening(1.5, 2.0, 0.7),
        middle=Opening(1.5, 1.9, 0.7),
        top=Opening(1.5, 1.9, 0.7),
        band_m=0.1,
    ),
    "shopfront": FacadeStyle(
        bay_m=3.1,
        base=Opening(2.6, 2.6, 0.3, panes=2),
        middle=Opening(1.5, 1.9, 0.6),
        top=Opening(1.5, 1.6, 0.8),
        door=Opening(1.2, 2.5, 0.0, 0),
        band_m=0.15,
    ),
    "office": FacadeStyle(
        bay_m=2.7,
        corner_m=0.3,
        base=Opening(2.35, 2.7, 0.2, panes=2),
        middle=Opening(2.35, 2.2, 0.6),
        top=Opening(2.35, 2.2, 0.6),
        recess_m=0.15,
        frame_m=0.05,
        band_m=0.0,
    ),
}


@dataclass(frozen=True)
class Bays:
    """The bays of one ring: `edge` (B,) int64 its edge, `centre` (B,) float64 metres along the edge, `mark` (B,) int64
    index into RHYTHM_MARKS, `is_door` (B,) bool on the ground. In order around the ring."""

    edge: np.ndarray
    centre: np.ndarray
    mark: np.ndarray
    is_door: np.ndarray


@dataclass(frozen=True)
class OpeningKind:
    """One kind of opening in a building: `name` says which, `opening` its measures as they fit the storey."""

    name: str
    opening: Opening


def lay_out(first: np.ndarray, last: np.ndarray, style: FacadeStyle, open_edges: np.ndarray, front: int) -> Bays:
    """The bays of a ring whose edges may have openings between `first` and `last` (N,) float64 metres.

    The span is what both faces of the wall offer. `open_edges` (N,) bool leaves party walls blind; the edge `front`
    (-1 for none) has an odd number of bays, the middle one with the door. Bays are the same on every storey, so that
    openings stand above each other.
    """
    span = last - first
    widest = np.full(len(span), max(style.base.width_m, style.middle.width_m, style.top.width_m))
    if front >= 0:
        widest[front] = max(widest[front], style.door.width_m)
    # short walls give up some of their corners for their one opening
    corner = np.clip((span - widest) / 2, min(PIER_M / 2, style.corner_m), style.corner_m)
    first, span = first + corner, span - 2 * corner
    count = np.minimum(np.rint(span / style.bay_m), np.floor((span + PIER_M) / (widest + PIER_M)))
    # one opening wherever there is room for one
    count = np.where(open_edges & (span >= widest - 1e-9), np.maximum(count, 1), 0).astype(np.int64)
    if front >= 0 and count[front] and count[front] % 2 == 0:
        count[front] -= 1
    edge = np.repeat(np.arange(len(span)), count)
    rank = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    of_edge = count[edge]
    centre = first[edge] + (rank + 0.5) * span[edge] / np.maximum(of_edge, 1)
    place = np.minimum(rank, of_edge - 1 - rank) if style.symmetric else rank
    marks = np.array([RHYTHM_MARKS.index(mark) for mark in style.rhythm])
    is_door = (edge == front) & (rank == of_edge // 2)
    return Bays(edge, centre, marks[place % len(marks)], is_door)


def kinds_of(storey: Storey, style: FacadeStyle, ceiling_m: float) -> tuple[OpeningKind | None, ...]:
    """The storey's openings by mark (RHYTHM_MARKS, then DOOR_MARK and BALCONY_MARK); None where there is none.

    Openings end LINTEL_M below the ceiling, `ceiling_m` metres above the floor; what is left of less than
    _LOWEST_OPENING_M is left out.
    """
    tier = storey.tier.value
    window = _fitted(getattr(style, tier), ceiling_m)
    door = _fitted(style.door, ceiling_m) if storey.tier is Tier.BASE else None
    narrow = replace(window, width_m=window.width_m * style.narrow, panes=1) if window else None
    return (
        OpeningKind(f"window {tier}", window) if window else None,
        OpeningKind(f"narrow window {tier}", narrow) if narrow else None,
        None,
        OpeningKind("door", door) if door else None,
        _balcony_door(window, tier, storey.index > 0),
    )


def _balcony_door(window: Opening | None, tier: str, above_ground: bool) -> OpeningKind | None:
    """The window taken down to the floor, on the ground as it is."""
    if window is None or not above_ground:
        return OpeningKind(f"window {tier}", window) if window else None
    tall = replace(window, height_m=window.height_m + window.sill_m, sill_m=0.0)
    return OpeningKind(f"balcony door {tier}", tall)


def _fitted(opening: Opening, ceiling_m: float) -> Opening | None:
    height = min(opening.height_m, ceiling_m - LINTEL_M - opening.sill_m)
    return replace(opening, height_m=height) if height >= _LOWEST_OPENING_M else None
