# SPDX-License-Identifier: GPL-3.0-or-later
"""The method `plan`: its report, its spaces, and walls that are closed solids."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from maquette.core.architecture.plan import generate
from maquette.core.architecture.plan_params import PlanParams
from maquette.core.asset import Asset, Mesh
from maquette.core.context import Context
from maquette.core.errors import InputError
from maquette.core.request import Reference, Request


def _made(warned: list[str], site: Path | None = None, **params: object) -> Asset:
    references = (Reference("site", str(site), "0" * 64),) if site else ()
    request = Request("architecture", "plan", params=PlanParams(**params), references=references, seed=4)
    return generate(request, Context(torch.device("cpu"), None, lambda fraction, text: None, warned.append))


def _open_edges(mesh: Mesh) -> int:
    """How many edges have another number of faces on one side than on the other."""
    follow = np.arange(len(mesh.corners)) + 1
    follow[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    edges = np.stack([mesh.corners, mesh.corners[follow]], 1)
    there, back = (np.unique(ways, axis=0, return_counts=True) for ways in (edges, edges[:, ::-1]))
    return int(len(there[0]) != len(back[0]) or (there[0] != back[0]).any() or (there[1] != back[1]).any())


def test_a_plan_has_closed_walls_and_a_space_for_every_room() -> None:
    warned: list[str] = []
    asset = _made(warned)
    assert {mesh.name for mesh in asset.meshes} == {"floor", "walls", "sills", "lintels"}
    assert all(_open_edges(mesh) == 0 for mesh in asset.meshes)
    spaces = [element for element in asset.elements if element.ifc_class == "IfcSpace"]
    assert len(spaces) == asset.report["num_rooms"] == 6
    assert sum(space.quantities["gross_floor_area_m2"] for space in spaces) == pytest.approx(
        asset.report["floor_area_m2"], abs=0.05
    )
    assert (asset.report["valid"] == 1.0) == (not warned)


def test_the_site_files_outline_and_rooms_are_kept(tmp_path: Path) -> None:
    site = tmp_path / "site.json"
    outline = {"outer": [[0, 0], [11, 0], [11, 5], [7, 5], [7, 9], [0, 9]]}
    kitchen = {"name": "kitchen", "use": "kitchen", "outer": [[8, 0.3], [10.7, 0.3], [10.7, 4], [8, 4]]}
    site.write_text(json.dumps({"maquette_site": 1, "outline": outline, "pinned_rooms": [kitchen]}))
    asset = _made([], site)
    space = next(element for element in asset.elements if element.id == "storey 0 space kitchen")
    assert space.quantities["gross_floor_area_m2"] == pytest.approx(2.7 * 3.7)


def test_what_is_not_met_is_told_by_name() -> None:
    warned: list[str] = []
    asset = _made(warned, width_m=24.0, depth_m=3.4)
    assert asset.report["valid"] == 0.0
    assert "this one misses" in warned[0]


def test_walls_that_fill_the_outline_are_told() -> None:
    with pytest.raises(InputError, match=r"walls of 1 m leave no floor"):
        _made([], width_m=2.5, depth_m=2.5, wall_m=1.0, programme="storage 1")
