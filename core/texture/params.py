# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of every texture method."""

from __future__ import annotations

from dataclasses import dataclass

from ..params import Params, param
from .maps import MAP_NAMES


@dataclass(frozen=True)
class ExemplarParams(Params):
    """A material synthesised from one picture of a surface."""

    size: int = param(1024, "Width and height of the material", minimum=64, maximum=8192, unit="px")
    size_m: float = param(
        1.0, "Width of the tile in the real world", minimum=0.001, maximum=1000.0, unit="m", label="Real-world size"
    )
    relief: float = param(
        0.02,
        "Depth from the lowest to the highest point, as a share of the tile's width; "
        "a normal map that is given without a height decides it itself",
        minimum=0.0,
        maximum=0.5,
    )
    maps: tuple[str, ...] = param(
        MAP_NAMES, "Maps to make; those without a picture are derived from the albedo", choices=MAP_NAMES
    )

    def __post_init__(self) -> None:
        # the albedo is what all else is derived from: always made
        if isinstance(self.maps, (tuple, list)):
            object.__setattr__(self, "maps", ("albedo", *self.maps))
        super().__post_init__()
