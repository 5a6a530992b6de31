# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of `building`."""

from __future__ import annotations

from dataclasses import dataclass

from ..params import param
from .building_style import ROOFS
from .facade import STYLES
from .form_params import relative
from .massing_params import MassingParams

SHAPES = ("outline", "massing", "form")
MAX_LEVELS = 3
HOUSE = "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 7; hall-living, hall-bedroom, hall-bath"


@dataclass(frozen=True)
class BuildingParams(MassingParams):
    """A building you can walk through: its shape, storeys, looks, rooms. What it shares with `massing` decides a shape
    that is searched for."""

    shape: str = param(
        "outline",
        "Where the shape comes from: the site file's outline (else its plot, else width and depth), a massing searched "
        "on the plot, or a learned form",
        choices=SHAPES,
        steers=0.0,
    )
    relative_height: float = relative("Of a form: higher or lower than the district builds; 1 doubles the height")
    relative_size: float = relative("Of a form: larger or smaller footprints than the district's; 1 doubles the area")
    width_m: float = param(
        12.0, "Width, where the site file has no outline", minimum=2.5, maximum=500.0, unit="m", steers=0.0
    )
    depth_m: float = param(
        9.0, "Depth, where the site file has no outline", minimum=2.5, maximum=500.0, unit="m", steers=0.0
    )
    storeys: int = param(
        2, "Storeys over an outline; a massing or form brings its own", minimum=1, maximum=100, steers=0.03
    )
    ground_height_m: float = param(
        0.0, "Height of the ground storey; 0 takes that of the others", minimum=0.0, maximum=20.0, unit="m", steers=0.0
    )
    style: str = param("plain", "The facade's grammar of bays and openings", choices=tuple(STYLES))
    roof: str = param(
        "flat", "The roof; where an outline does not allow it, the next plainer one", choices=ROOFS, label="Roof"
    )
    roof_pitch_deg: float = param(35.0, "How steep the roof is", minimum=5.0, maximum=70.0, unit="deg", steers=0.4)
    eaves_m: float = param(
        0.3, "How far a gable or hip roof stands out", minimum=0.0, maximum=1.5, unit="m", steers=0.3
    )
    wall_m: float = param(0.3, "Thickness of the outer walls", minimum=0.05, maximum=2.0, unit="m", steers=0.0)
    balconies: float = param(0.0, "Share of the windows above the ground that have a balcony", minimum=0.0, maximum=1.0)
    interiors: bool = param(True, "Whether rooms, inner walls, doors and fixtures are made")
    programme: str = param(HOUSE, "The rooms of a dwelling, their areas in m2, and which adjoin by a door")
    materials: bool = param(
        False, "Whether walls, roof and floors get materials drawn by the texture generator; plain colours if not"
    )
    levels: int = param(
        0, "How many coarser versions of the meshes are made", minimum=0, maximum=MAX_LEVELS, steers=0.0
    )
