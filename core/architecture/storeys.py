# SPDX-License-Identifier: GPL-3.0-or-later
"""Storeys: how a building is stacked, and which part each storey has in the facade's rhythm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ..codec import show
from ..errors import InputError

MAX_STOREYS = 200
LOWEST_M, HIGHEST_M = 2.0, 20.0


class Tier(Enum):
    """The classical three parts of a facade."""

    BASE = "base"
    MIDDLE = "middle"
    TOP = "top"


@dataclass(frozen=True)
class Storey:
    """One storey: its floor stands at `elevation_m`, the next one `height_m` above it. `index` is 0 on the ground."""

    name: str
    index: int
    elevation_m: float
    height_m: float
    tier: Tier

    @property
    def top_m(self) -> float:
        """Height of the floor above, or of the roof."""
        return self.elevation_m + self.height_m


def stack(heights: Sequence[float], elevation_m: float = 0.0) -> tuple[Storey, ...]:
    """Storeys of the floor-to-floor `heights` in metres, from the ground up; the first floor at `elevation_m`.

    The ground storey is the base, the last of three or more the top. Raises InputError for no storey, more than
    MAX_STOREYS, or a height outside LOWEST_M to HIGHEST_M.
    """
    if not 1 <= len(heights) <= MAX_STOREYS:
        raise InputError(f"A building has 1 to {MAX_STOREYS} storeys; {len(heights)} were given. Change their number.")
    for index, height in enumerate(heights):
        if not (math.isfinite(height) and LOWEST_M <= height <= HIGHEST_M):
            raise InputError(
                f"Storey {index} would be {show(float(height))} m high. "
                f"Give {LOWEST_M:g} to {HIGHEST_M:g} m from floor to floor."
            )
    storeys, floor = [], float(elevation_m)
    for index, height in enumerate(heights):
        storeys.append(Storey(f"storey {index}", index, floor, float(height), _tier(index, len(heights))))
        floor += float(height)
    return tuple(storeys)


def _tier(index: int, count: int) -> Tier:
    if index == 0:
        return Tier.BASE
    return Tier.TOP if count >= 3 and index == count - 1 else Tier.MIDDLE
