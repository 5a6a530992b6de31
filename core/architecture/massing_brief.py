# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a massing and what it must keep to, in the designer's numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..codec import show
from ..errors import InputError

# storeys of one cell are the bits of an integer of 64
MOST_STOREYS = 60


@dataclass(frozen=True)
class MassingBrief:
    """Target and limits of a site, and the daylight that counts.

    `coverage` is the largest share of the site that may be built on. A floor is daylit up to `daylit_depth_m` behind a
    facade that has `needed_h` hours of sun on the day (EN 17037:2018 asks 3 h for its medium level).
    """

    floor_area_ratio: float
    height_limit_m: float = 33.0
    setback_m: float = 6.0
    coverage: float = 1.0
    storey_height_m: float = 3.3
    needed_h: float = 3.0
    daylit_depth_m: float = 7.0

    @property
    def most_storeys(self) -> int:
        """Storeys that fit below the height limit."""
        return min(MOST_STOREYS, int(self.height_limit_m / self.storey_height_m + 1e-9))

    def check(self) -> None:
        """Raise InputError for the first number that cannot be used."""
        for value, name, least, most in (
            (self.floor_area_ratio, "floor area ratio", 0.05, 40),
            (self.height_limit_m, "height limit in metres", 2.2, 1000),
            (self.setback_m, "setback in metres", 0, 100),
            (self.coverage, "coverage", 0.01, 1),
            (self.storey_height_m, "storey height in metres", 2.2, 10),
            (self.needed_h, "hours of sun needed", 0.25, 12),
            (self.daylit_depth_m, "daylit depth in metres", 1, 30),
        ):
            if not least <= value <= most:
                raise InputError(f"The {name} is {show(value)}; it must be from {least:g} to {most:g}.")
        if self.most_storeys < 1:
            raise InputError(
                f"The height limit of {self.height_limit_m:g} m is below one storey of {self.storey_height_m:g} m. "
                "Raise the limit or lower the storey."
            )
        if self.height_limit_m / self.storey_height_m >= MOST_STOREYS + 1:
            storeys = int(self.height_limit_m / self.storey_height_m)
            raise InputError(
                f"{storeys} storeys fit below the height limit; {MOST_STOREYS} are the most. Lower the limit or raise "
                "the storey height."
            )


def check_reachable(brief: MassingBrief, site_area_m2: float, buildable_m2: float) -> None:
    """Raise InputError if no design within the limits can have the floor area, with the limit that is in the way."""
    wanted = brief.floor_area_ratio * site_area_m2
    if buildable_m2 <= 0:
        raise InputError(
            f"The setback of {brief.setback_m:g} m leaves nothing of the site to build on. Make it smaller."
        )
    footprint = min(buildable_m2, brief.coverage * site_area_m2)
    most = footprint * brief.most_storeys
    if most >= wanted:
        return
    limit = f"setback of {brief.setback_m:g} m" if footprint == buildable_m2 else f"coverage of {brief.coverage:g}"
    needed_m = math.ceil(wanted / footprint) * brief.storey_height_m
    raise InputError(
        f"A floor area ratio of {brief.floor_area_ratio:g} asks for {wanted:.0f} m2, but the {limit} and the height "
        f"limit of {brief.height_limit_m:g} m allow {most:.0f} m2 ({most / site_area_m2:.2f}), {wanted - most:.0f} m2 "
        f"less. Raise the height limit to {needed_m:.1f} m, loosen the {limit.split(' of')[0]}, or ask for less."
    )
