# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of `plan`."""

from __future__ import annotations

from dataclasses import dataclass

from ..params import Params, param

FLAT = "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 7; living-kitchen, hall-living, hall-bedroom, hall-bath"


@dataclass(frozen=True)
class PlanParams(Params):
    """A floor plan: rooms within an outline, by their areas and who adjoins whom."""

    programme: str = param(FLAT, "The rooms, their areas in m2, and after ';' which adjoin by a door")
    width_m: float = param(
        10.0, "Width, where the site file has no outline", minimum=2.5, maximum=200.0, unit="m", steers=0.0
    )
    depth_m: float = param(
        8.0, "Depth, where the site file has no outline", minimum=2.5, maximum=200.0, unit="m", steers=0.0
    )
    storey: int = param(
        0, "Which storey's pinned rooms and walls of the site file are kept", minimum=0, maximum=199, steers=0.0
    )
    height_m: float = param(2.7, "Height of the walls", minimum=1.0, maximum=8.0, unit="m", steers=0.0)
    wall_m: float = param(0.3, "Thickness of the outer walls", minimum=0.05, maximum=1.0, unit="m", steers=0.0)
    inner_wall_m: float = param(0.1, "Thickness of the inner walls", minimum=0.05, maximum=0.4, unit="m", steers=0.0)
