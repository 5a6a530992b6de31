# SPDX-License-Identifier: GPL-3.0-or-later
"""A massing: the floor plates of each storey, from the ground up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from .outline import Outline


@dataclass(frozen=True)
class Massing:
    """`plates` hold each storey's outlines, `heights_m` each storey's floor-to-floor height. A storey may have several
    plates (towers), each of which stands within the storey below."""

    plates: tuple[tuple[Outline, ...], ...]
    heights_m: tuple[float, ...]

    @property
    def gross_floor_area_m2(self) -> float:
        """Floor area of all storeys to the walls' outer faces."""
        return sum(plate.area for storey in self.plates for plate in storey)

    def tiers(self) -> Iterator[tuple[int, int, tuple[Outline, ...]]]:
        """(first storey, number of storeys, plates) of each run of storeys with the same plates."""
        first = 0
        for _, run in groupby(self.plates, key=_corners):
            same = list(run)
            yield first, len(same), same[0]
            first += len(same)


def _corners(plates: tuple[Outline, ...]) -> tuple[bytes, ...]:
    """What two storeys with the same plates have in common."""
    return tuple(np.ascontiguousarray(ring).tobytes() for plate in plates for ring in (*plate.rings, np.zeros(1)))
