# SPDX-License-Identifier: GPL-3.0-or-later
"""What a building looks like, whatever its outline: facade, roof, thicknesses, stairs and balconies."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..codec import show
from ..errors import InputError
from .facade import STYLES, FacadeStyle, Opening

ROOFS = ("flat", "gable", "hip", "mansard", "shed")
# each measure with the least and the most that it may be
_LIMITS = {
    "roof_pitch_deg": (5.0, 70.0),
    "eaves_m": (0.0, 1.5),
    "parapet_m": (0.1, 3.0),
    "wall_m": (0.05, 2.0),
    "slab_m": (0.05, 1.0),
    "balconies": (0.0, 1.0),
    "balcony_m": (0.6, 3.0),
}


@dataclass(frozen=True)
class BuildingStyle:
    """A building's looks. Metres and degrees.

    `facade` is the name of one of `facade.STYLES`, `changes` what is other than there: (name, value) of fields of
    FacadeStyle. `roof` is the kind on the topmost plates, one of ROOFS, at `roof_pitch_deg`; `eaves_m` how far gable
    and hip roofs stand out. `balconies` is the share of the windows above the ground that
    have one, `balcony_m` deep. `stairs` says whether stairs are placed where no plan places them.
    """

    facade: str = "plain"
    changes: tuple[tuple[str, float | str | bool | Opening], ...] = ()
    roof: str = "flat"
    roof_pitch_deg: float = 35.0
    eaves_m: float = 0.0
    parapet_m: float = 0.9
    wall_m: float = 0.3
    slab_m: float = 0.25
    balconies: float = 0.0
    balcony_m: float = 1.3
    stairs: bool = True

    def __post_init__(self) -> None:
        """Raise InputError for a style that no building can have."""
        if self.facade not in STYLES:
            raise InputError(f"There is no facade {show(self.facade)}. Choose one of {', '.join(STYLES)}.")
        if self.roof not in ROOFS:
            raise InputError(f"There is no roof of kind {show(self.roof)}. Choose one of {', '.join(ROOFS)}.")
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise InputError(f"The building's {name} is {show(value)}. Give a number from {least:g} to {most:g}.")
        unknown = [name for name, _ in self.changes if name not in FacadeStyle.__dataclass_fields__]
        if unknown:
            raise InputError(f"A facade has no {show(unknown[0])}. Its measures are those of FacadeStyle.")

    @property
    def facade_style(self) -> FacadeStyle:
        """The facade with its changes; InputError for a measure that no facade can have."""
        changes: dict[str, object] = dict(self.changes)
        return replace(STYLES[self.facade], **changes) if changes else STYLES[self.facade]  # type: ignore[arg-type]
