# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of `massing`."""

from __future__ import annotations

from dataclasses import dataclass

from ..params import Params, param
from .massing_brief import MassingBrief


def _weight(default: float, description: str) -> float:
    """How much one aim counts beside the daylit floor area."""
    number: float = param(default, description, minimum=0.0, maximum=10.0, steers=0.1)
    return number


@dataclass(frozen=True)
class MassingParams(Params):
    """What is asked of a massing, the limits that it keeps, and how long is searched."""

    floor_area_ratio: float = param(
        2.5, "Gross floor area as a multiple of the plot's area", minimum=0.05, maximum=40.0, steers=0.0
    )
    gross_floor_area_m2: float = param(
        0.0, "Gross floor area; 0 takes the floor area ratio", minimum=0.0, maximum=1e6, unit="m2", steers=0.0
    )
    height_limit_m: float = param(33.0, "Nothing stands higher", minimum=2.2, maximum=600.0, unit="m", steers=0.0)
    setback_m: float = param(
        6.0, "Nothing stands nearer to the plot's boundary", minimum=0.0, maximum=100.0, unit="m", steers=0.0
    )
    coverage: float = param(
        1.0, "Largest share of the plot that may be built on", minimum=0.01, maximum=1.0, steers=0.0
    )
    storey_height_m: float = param(3.3, "From floor to floor", minimum=2.2, maximum=10.0, unit="m", steers=0.0)
    bar_depth_m: float = param(
        14.0, "Depth of the bars that the search begins with", minimum=7.0, maximum=30.0, unit="m"
    )
    core_width_m: float = param(
        7.0, "Least width of a wing: what a stair and a lift need", minimum=4.0, maximum=20.0, unit="m", steers=0.0
    )
    latitude_deg: float = param(
        52.0, "Latitude of the site, south negative", minimum=-65.0, maximum=65.0, unit="deg", steers=0.0
    )
    north_deg: float = param(
        0.0, "Where north lies, clockwise from the scene's +Y", minimum=-360.0, maximum=360.0, unit="deg", steers=0.0
    )
    sun_hours: float = param(
        3.0, "Hours of sun on 21 March that daylight a facade", minimum=0.5, maximum=10.0, unit="h", steers=0.0
    )
    daylit_depth_m: float = param(
        7.0, "How far in a sunny facade lights a floor", minimum=2.0, maximum=20.0, unit="m", steers=0.0
    )
    options: int = param(6, "How many different designs are offered", minimum=1, maximum=12, steers=0.0)
    evaluations: int = param(40000, "How many designs are tried", minimum=200, maximum=100000, steers=0.0)
    neighbour_sun_weight: float = _weight(
        1.0, "What sun on the neighbours' facades counts beyond that which the best plain rule leaves them"
    )
    ground_sun_weight: float = _weight(0.3, "What sun on the open ground counts beside daylit floors")
    view_weight: float = _weight(0.3, "What a free view from the facades counts beside daylit floors")
    compactness_weight: float = _weight(0.1, "What little surface for the volume counts beside daylit floors")

    def brief(self, plot_area_m2: float) -> MassingBrief:
        """Target and limits on a plot of this size; InputError for what cannot be used."""
        asked = self.gross_floor_area_m2
        brief = MassingBrief(
            floor_area_ratio=asked / plot_area_m2 if asked > 0 else self.floor_area_ratio,
            height_limit_m=self.height_limit_m,
            setback_m=self.setback_m,
            coverage=self.coverage,
            storey_height_m=self.storey_height_m,
            needed_h=self.sun_hours,
            daylit_depth_m=self.daylit_depth_m,
        )
        brief.check()
        return brief
