# SPDX-License-Identifier: GPL-3.0-or-later
"""A building or a row of options from a bundle's folder straight into the open scene: for scripts, without the panel's
queue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import BundleError
from ...core.request import Request
from .building import MadeBuilding, add_building
from .building_request import site_text
from .building_staging import BuildingStaging
from .bundle_building import read_building
from .option_row import add_row
from .targets import Target
from .units import metres_per_unit


def add_from_bundle(
    folder: Path, title: str = "", origin: Sequence[float] = (0.0, 0.0, 0.0), site: str = ""
) -> tuple[Any, Any]:
    """(root, row) of the folder's building, one of them None: the collection of a row where it holds several options,
    else the root of the building, its site's origin at `origin` (Blender units). BundleError where there is none.

    `site` is the site file's text, which the building remembers, where the path in the Request leads nowhere.
    """
    bundled = read_building(folder)
    asset, scene = bundled.asset, bpy.context.scene
    if asset.provenance is None:
        raise BundleError(f"'{folder}' does not say what it was made from. Choose a folder that Maquette made.")
    assert scene is not None
    request = Request.from_plain(asset.provenance.request, f"The Request in '{folder}'")
    per_metre = 1.0 / metres_per_unit(scene)
    made = MadeBuilding(title or asset.name, request, bundled, per_metre, site or site_text(request))
    made.check()
    staging, into = BuildingStaging(made), Target(scene.name, scene.session_uid)
    while staging.step(()):
        pass
    several = len(asset.options) > 1
    shown = (
        add_row(made, into, staging.meshes(), origin) if several else add_building(made, into, staging.meshes(), origin)
    )
    staging.discard()
    return (None, shown) if several else (shown, None)
