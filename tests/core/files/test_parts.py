# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import numpy as np
from synthetic_building import synthetic_building, synthetic_options

from maquette.core.files.belonging import Belonging
from maquette.core.files.parts import floors_of, parts_of


def test_every_mesh_and_every_copy_is_a_part_once() -> None:
    asset = synthetic_building()
    parts = parts_of(asset)
    copies = sum(len(one.transforms) for one in asset.instances)
    assert len(parts) == len({part.name for part in parts}) == len(asset.meshes) - len(asset.instances) + copies
    by_name = {part.name: part for part in parts}
    assert by_name["storey 1 walls"].storey == "storey 1" and len(by_name["storey 1 walls"].elements) == 10
    assert by_name["storey 0 band"].storey == "storey 0" and by_name["roof"].storey == ""


def test_the_nth_element_is_the_nth_copy() -> None:
    asset = synthetic_building()
    (windows,) = (one for one in asset.instances if one.mesh == "window")
    ids = [element.id for element in asset.elements if element.mesh == "window"]
    found = {part.name: part.transform for part in parts_of(asset)}
    for id_, transform in zip(ids, windows.transforms, strict=True):
        np.testing.assert_array_equal(found[id_], transform)


def test_copies_without_elements_are_told_apart_by_their_height() -> None:
    asset = synthetic_building()
    bare = replace(asset, elements=tuple(e for e in asset.elements if e.mesh != "window"))
    storeys = [part.storey for part in parts_of(bare) if part.mesh == "window"]
    assert storeys.count("storey 0") == 9 and storeys.count("storey 1") == 10
    assert floors_of(bare) == {"storey 0": 0.0, "storey 1": 3.2}


def test_parts_of_an_option_are_its_meshes() -> None:
    assert [part.name for part in parts_of(synthetic_options(), ("slabs mass",))] == ["slabs mass"]


def test_elements_belong_to_their_building_and_storey() -> None:
    asset = synthetic_options()
    belonging = Belonging(asset)
    assert list(belonging.buildings) == ["option 1", "option 2", "slabs"]
    floors = [(floor.building, floor.name, floor.elevation_m) for floor in belonging.floors]
    assert floors[:4] == [("option 1", f"storey {n}", 3.0 * n) for n in range(3)] + [("option 2", "storey 0", 0.0)]
    for element in asset.elements[1:]:
        assert belonging.building_of(element) == element.parent
    building = synthetic_building()
    assert {Belonging(building).building_of(element) for element in building.elements} == {"building"}
