# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings: massings, forms and plans. Importing this declares the methods; what runs them is imported late."""

from __future__ import annotations

from ..generators import Method
from .building_params import BuildingParams

METHODS: tuple[Method, ...] = (
    Method(
        generator="architecture",
        name="building",
        label="Building",
        description="A building with walls, openings, slabs, stairs, roof and rooms, from an outline or a site",
        params=BuildingParams,
        module="architecture.building",
        version=1,
        roles=("site",),
        noun="site file",
        export="glb",
    ),
)
