# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings: massings, forms and plans. Importing this declares the methods; what runs them is imported late."""

from __future__ import annotations

from ..generators import Method
from .building_params import BuildingParams
from .form_params import FormParams
from .massing_params import MassingParams
from .plan_params import PlanParams

METHODS: tuple[Method, ...] = (
    Method(
        generator="architecture",
        name="massing",
        label="Massing",
        description="Different massings for a plot, searched for daylit floors and the neighbours' sun. Indicative",
        params=MassingParams,
        module="architecture.massing_options",
        codes="architecture.massing_codes",
        version=1,
        roles=("site",),
        required=("site",),
        noun="site file",
        export="glb",
    ),
    Method(
        generator="architecture",
        name="plan",
        label="Plan",
        description="A floor plan for a room programme within an outline, drawn rooms and walls kept",
        params=PlanParams,
        module="architecture.plan",
        version=1,
        roles=("site",),
        noun="site file",
        export="glb",
    ),
    Method(
        generator="architecture",
        name="form",
        label="Form",
        description="Buildings in a district's character, for a plot or for every parcel of a block",
        params=FormParams,
        module="architecture.form",
        codes="architecture.form",
        version=1,
        roles=("site",),
        required=("site",),
        noun="site file",
        export="glb",
    ),
    Method(
        generator="architecture",
        name="building",
        label="Building",
        description="A building with walls, openings, slabs, stairs, roof and rooms, from an outline or a site",
        params=BuildingParams,
        module="architecture.building",
        codes="architecture.building_code",
        version=2,
        roles=("site",),
        noun="site file",
        lockable=("storey *",),
        export="glb",
    ),
)
