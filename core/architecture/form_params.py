# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of `form`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..params import Params, param


def relative(description: str) -> Any:
    """More or less than the district's own: 0 leaves it."""
    return param(0.0, description, minimum=-1.0, maximum=1.0, steers=0.5)


@dataclass(frozen=True)
class FormParams(Params):
    """Buildings in a district's character, on a plot or on the parcels of a block."""

    options: int = param(6, "How many different proposals are offered", minimum=1, maximum=12, steers=0.0)
    relative_height: float = relative("Higher or lower than the district builds; 1 doubles the height")
    relative_size: float = relative("Larger or smaller footprints than the district's; 1 doubles the area")
    storey_height_m: float = param(3.3, "About from floor to floor", minimum=2.2, maximum=10.0, unit="m", steers=0.0)
    height_limit_m: float = param(33.0, "Nothing stands higher", minimum=2.2, maximum=600.0, unit="m", steers=0.0)
    setback_m: float = param(
        0.0, "Nothing stands nearer to a parcel's boundary", minimum=0.0, maximum=100.0, unit="m", steers=0.0
    )
    model: str = param("shipped", "Which learned space of forms")
