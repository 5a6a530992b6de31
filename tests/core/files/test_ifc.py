# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_building import COURT, OUTER, WALL_M, synthetic_building, synthetic_options

from maquette.core.asset import Asset, Element
from maquette.core.errors import Cancelled, InputError
from maquette.core.files import export, ifc
from maquette.core.files.ifc_quantities import NAMES

# the package alone reads what was written; where it is not installed that is said
ifcopenshell = pytest.importorskip("ifcopenshell", reason="the package 'ifcopenshell' is not installed")
geom = pytest.importorskip("ifcopenshell.geom")
element_util = pytest.importorskip("ifcopenshell.util.element")
pset_util = pytest.importorskip("ifcopenshell.util.pset")
validation = pytest.importorskip("ifcopenshell.validate")


def silent(fraction: float, text: str) -> None:
    """Nobody watches."""


def text(asset: Asset) -> str:
    return ifc.to_text(asset, silent)


@cache
def model() -> Any:
    return ifcopenshell.file.from_string(text(synthetic_building()))


@cache
def shapes() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """World positions and triangles of every product with a shape, by name."""
    settings = geom.settings()
    settings.set("use-world-coords", True)
    iterator = geom.iterator(settings, model())
    assert iterator.initialize()
    found = {}
    while True:
        shape = iterator.get()
        vertices, faces = shape.geometry.verts, shape.geometry.faces
        found[model().by_id(shape.id).Name] = (np.array(vertices).reshape(-1, 3), np.array(faces).reshape(-1, 3))
        if not iterator.next():
            return found


def volume(name: str) -> float:
    positions, faces = shapes()[name]
    a, b, c = (positions[faces[:, n]] - positions[0] for n in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def base(name: str) -> dict[str, float]:
    """The base quantities of a product."""
    (thing,) = (one for one in model().by_type("IfcProduct") if one.Name == name)
    sets = element_util.get_psets(thing, qtos_only=True)
    assert len(sets) == 1, sets
    return next(iter(sets.values()))


# the checker leaves the file to the collector
leaves_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@leaves_open
@pytest.mark.parametrize(("make", "rules"), [(synthetic_building, True), (synthetic_options, False)])
def test_there_is_not_one_error_of_the_schema(make: Any, rules: bool, tmp_path: Path) -> None:
    export.export(make(), tmp_path, ("ifc",), progress=silent)
    logger = validation.json_logger()
    validation.validate(str(tmp_path / "asset.ifc"), logger, express_rules=rules)
    assert not logger.statements, json.dumps([str(one) for one in logger.statements[:5]], indent=1)


@leaves_open
def test_the_check_finds_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.ifc").write_text(text(synthetic_options()).replace(",.GFA.,", ",.SOMETHING.,"))
    logger = validation.json_logger()
    validation.validate(str(tmp_path / "bad.ifc"), logger)
    assert logger.statements


def test_cut_walls_slabs_and_spaces_hold_what_their_quantities_say() -> None:
    wanted = {
        e.id: e.quantities["net_volume_m3"] for e in synthetic_building().elements if "net_volume_m3" in e.quantities
    }
    assert len(wanted) == 2 * (10 + 1 + 2)
    for name, net in wanted.items():
        assert volume(name) == pytest.approx(net, rel=1e-3), name
        assert base(name)["NetVolume"] == pytest.approx(net, rel=1e-6)


def test_quantities_have_the_names_of_the_schema() -> None:
    template = pset_util.get_template("IFC4")
    for kind, names in NAMES.items():
        known = {one.Name for one in template.get_by_name(f"Qto_{kind}BaseQuantities").HasPropertyTemplates}
        assert {*names.values()} <= known, kind
    wall = base("storey 1 wall 0")
    assert wall["Length"] == 18 and wall["Width"] == pytest.approx(WALL_M) and wall["Height"] == pytest.approx(3.2)
    assert wall["NetSideArea"] == pytest.approx(18 * 3.2 - 2 * 1.4 * 1.6)
    assert base("storey 0 wall 0 opening 1")["Area"] == pytest.approx(1.2 * 2.1)
    assert base("storey 0 wall 0 opening 1 cut")["Volume"] == pytest.approx(1.2 * 2.1 * WALL_M)


def test_windows_stand_in_their_openings_and_share_one_shape() -> None:
    windows, doors = model().by_type("IfcWindow"), model().by_type("IfcDoor")
    assert len(windows) == 19 and len(doors) == 1 == len(model().by_type("IfcDoorType"))
    assert len(model().by_type("IfcWindowType")) == 1
    assert len(model().by_type("IfcWindowType")[0].Types[0].RelatedObjects) == 19
    for filling in (*windows, *doors):
        opening = filling.FillsVoids[0].RelatingOpeningElement
        wall = opening.VoidsElements[0].RelatingBuildingElement
        assert filling.Name.startswith(wall.Name) and filling.OverallWidth in (1.4, 1.2)
        inside = shapes()[filling.Name][0].mean(axis=0)
        low, high = shapes()[wall.Name][0].min(axis=0) - 0.06, shapes()[wall.Name][0].max(axis=0) + 0.06
        assert ((inside > low) & (inside < high)).all()


def test_storeys_hold_their_things() -> None:
    (building,) = model().by_type("IfcBuilding")
    assert building.Name == "Haus Grün"
    storeys = model().by_type("IfcBuildingStorey")
    assert [(storey.Name, storey.Elevation) for storey in storeys] == [("storey 0", 0.0), ("storey 1", 3.2)]
    for storey in storeys:
        inside = {thing.is_a() for thing in storey.ContainsElements[0].RelatedElements}
        assert {"IfcWall", "IfcSlab", "IfcWindow"} <= inside
        rooms = {space.Name for space in storey.IsDecomposedBy[0].RelatedObjects}
        assert rooms == {f"{storey.Name} space kitchen", f"{storey.Name} space Wohnküche 居間 'A'"}
    assert base("storey 0 space kitchen")["NetFloorArea"] == pytest.approx(9.0)
    assert {thing.is_a() for thing in building.ContainsElements[0].RelatedElements} >= {"IfcRoof"}


def test_every_mesh_is_there_and_nothing_stands_twice() -> None:
    names = [thing.Name for thing in model().by_type("IfcProduct")]
    assert {"storey 0 band", "storey 0 tree 1", "storey 0 tree 2", "storey 0 railing 1", "stairs 1"} <= {*names}
    assert "storey 0 walls" not in names and len(names) == len({*names})
    ids = [thing.GlobalId for thing in model().by_type("IfcRoot")]
    assert len(ids) == len({*ids})
    unknown = next(one for one in model().by_type("IfcBuildingElementProxy") if one.Name == "storey 0 fountain")
    assert unknown.ObjectType == "IfcFountain"


def test_copies_stand_where_their_transforms_say() -> None:
    positions = shapes()["storey 0 chair 2"][0]
    np.testing.assert_allclose([positions.min(0), positions.max(0)], [[13.7, 3.8, 0], [14.3, 4.3, 0.8]], atol=1e-5)
    positions = shapes()["storey 0 tree 2"][0]
    np.testing.assert_allclose(positions.max(0), [-4.8, 6.2, 5.0], atol=1e-5)


def test_what_no_element_names_is_told_by_its_name() -> None:
    asset = synthetic_building(1)
    kinds = ("IfcWall", "IfcSlab", "IfcRoof", "IfcWindow", "IfcDoor", "IfcStair", "IfcRailing")
    bare = replace(asset, elements=tuple(e for e in asset.elements if e.ifc_class not in kinds))
    found = ifcopenshell.file.from_string(text(bare))
    assert [len(found.by_type(kind)) for kind in kinds] == [1, 1, 1, 9, 1, 1, 1]
    assert all(thing.Representation for kind in kinds for thing in found.by_type(kind))


def test_slabs_keep_the_courtyard_open() -> None:
    positions, faces = shapes()["storey 1 floor"]
    middle = positions[faces].mean(axis=1)[:, :2]
    inside = (middle > COURT.min(0)).all(1) & (middle < COURT.max(0)).all(1)
    assert not inside.any() and positions[:, 2].max() == pytest.approx(3.2)
    assert np.ptp(positions, axis=0)[0] < np.ptp(OUTER, axis=0)[0]


def test_materials_have_names_and_mean_colours() -> None:
    made = {material.Name for material in model().by_type("IfcMaterial")}
    assert made == {"brick", "concrete", "slate", "wood", "steel", "frame", "glass", "sill", "door"}
    styles = {style.Name: style.Styles[0] for style in model().by_type("IfcSurfaceStyle")}
    brick = synthetic_building().materials[0].maps["albedo"].reshape(-1, 3).mean(0)
    colour = styles["brick"].SurfaceColour
    np.testing.assert_allclose([colour.Red, colour.Green, colour.Blue], brick, atol=1e-4)
    assert styles["glass"].Transparency == pytest.approx(0.7)
    wall = next(one for one in model().by_type("IfcWall"))
    assert element_util.get_material(wall).Name == "brick"
    window = model().by_type("IfcWindow")[0]
    parts = element_util.get_material(window, should_skip_usage=True).MaterialConstituents
    assert {"frame", "glass"} <= {part.Name for part in parts}
    sets = [{part.Name for part in one.MaterialConstituents} for one in model().by_type("IfcMaterialConstituentSet")]
    assert {"wood", "steel"} in sets and {"wood", "slate"} in sets


def test_the_building_says_where_it_comes_from() -> None:
    sets = element_util.get_psets(model().by_type("IfcBuilding")[0])
    assert sets["Maquette_Provenance"]["Request"] == "ab" * 32 and sets["Maquette_Provenance"]["Seed"] == 3
    assert sets["Maquette_Report"]["gross_floor_area_m2"] == 2 * 210.0


def test_options_are_buildings_of_plates() -> None:
    asset = synthetic_options()
    found = ifcopenshell.file.from_string(text(asset))
    assert [one.Name for one in found.by_type("IfcBuilding")] == ["option 1", "option 2", "slabs"]
    assert [len(one.IsDecomposedBy[0].RelatedObjects) for one in found.by_type("IfcBuilding")] == [3, 4, 2]
    assert {one.PredefinedType for one in found.by_type("IfcSpace")} == {"GFA"}
    assert {one.PredefinedType for one in model().by_type("IfcSpace")} == {"INTERNAL"}
    areas = {
        one.Name: element_util.get_psets(one)["Qto_SpaceBaseQuantities"]["GrossFloorArea"]
        for one in found.by_type("IfcSpace")
    }
    for element in asset.elements:
        if element.ifc_class == "IfcSpace":
            assert areas[element.id] == pytest.approx(element.quantities["gross_floor_area_m2"])
    around = {one.Name for one in found.by_type("IfcSite")[0].ContainsElements[0].RelatedElements}
    assert around == {"neighbours", "ground"}
    # without plates an option is the mesh of its mass
    bare = replace(asset, elements=asset.elements[:1])
    proxies = ifcopenshell.file.from_string(text(bare)).by_type("IfcBuildingElementProxy")
    assert {one.Name for one in proxies} == {"option 1 mass", "option 2 mass", "slabs mass", "neighbours"}


def test_holes_of_plates_are_left_out() -> None:
    asset = synthetic_options()
    plate = asset.elements[1]
    hole = Element("option 1 storey 0 plate 1 hole 1", "IfcOpeningElement", plate.id, "storey 0", "", COURT)
    found = ifcopenshell.file.from_string(text(replace(asset, elements=(*asset.elements, hole))))
    (profile,) = found.by_type("IfcArbitraryProfileDefWithVoids")
    assert len(profile.InnerCurves) == 1 and not found.by_type("IfcOpeningElement")


def test_the_same_request_gives_the_same_bytes() -> None:
    first = text(synthetic_building())
    assert first == text(synthetic_building())
    other = replace(synthetic_building(), provenance=None)
    assert first != text(other) and first.isascii()


def test_what_is_no_building_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'x' has no building elements. Export 'ifc' of architecture alone."):
        export.export(Asset("x"), tmp_path, ("ifc",), progress=silent)
    assert not list(tmp_path.iterdir())


def test_progress_may_stop_it() -> None:
    def stop(fraction: float, text: str) -> None:
        if fraction > 0.4:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        ifc.to_text(synthetic_building(), stop)
