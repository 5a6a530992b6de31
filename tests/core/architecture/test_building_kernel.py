# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole buildings: every part closed, roofs on all that is uncovered, elements that agree with meshes and report."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from closed_mesh import is_closed, volume
from shapely import Polygon, union_all
from shapely import box as rectangle
from synthetic_outlines import BLOCK, L_SHAPE, RECTANGLE, U_SHAPE, star

from maquette.core.architecture.building_kernel import BuildingParts, build
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.plan_shapes import rings_of
from maquette.core.architecture.site import Neighbour
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.files.parts import parts_of


def box(x0: float, y0: float, x1: float, y1: float) -> Outline:
    return Outline(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float))


PODIUM, TOWER, WING = box(0, 0, 40, 24), box(2, 4, 16, 20), box(24, 0, 40, 20)
# a podium with two towers, the second of which steps back and then ends
STEPPED = Massing(
    ((PODIUM,), (PODIUM,), (TOWER, WING), (TOWER, WING), (TOWER, box(24, 0, 36, 18)), (TOWER,)),
    (4.5, 3.2, 3.2, 3.2, 3.2, 3.0),
)


def block(*rings: np.ndarray, storeys: int = 3) -> Massing:
    return Massing(((Outline(rings[0], tuple(rings[1:])),),) * storeys, (3.6, *[3.1] * (storeys - 1)))


MASSINGS = [STEPPED, block(RECTANGLE), block(L_SHAPE), block(U_SHAPE), block(*BLOCK), block(star(3), storeys=1)]


def assert_whole(parts: BuildingParts) -> None:
    names = [mesh.name for mesh in parts.meshes]
    assert len(set(names)) == len(names)
    for mesh in parts.meshes:
        assert is_closed(mesh), mesh.name
        assert volume(mesh) > 0, mesh.name
    ids = [element.id for element in parts.elements]
    assert len(set(ids)) == len(ids)
    assert {element.mesh for element in parts.elements} <= {"", *names}
    assert {element.parent for element in parts.elements} <= {"", *ids}


@pytest.mark.parametrize("roof", ["flat", "gable", "hip", "mansard", "shed"])
@pytest.mark.parametrize("number", range(len(MASSINGS)))
def test_every_part_is_closed(number: int, roof: str) -> None:
    assert_whole(build(MASSINGS[number], BuildingStyle("classical", roof=roof, eaves_m=0.4)))


def stepped_back(seed: int) -> Massing:
    """Storeys of a star that step back, are cut or fall apart into towers by chance."""
    rng = np.random.default_rng(seed)
    shape, plates = Polygon(star(seed)), []
    for number in range(5):
        low, high = np.reshape(shape.bounds, (2, 2))
        cut = [rectangle(*(corner := rng.uniform(low, high)), *(corner + rng.uniform(5, 14, 2))) for _ in range(2)]
        smaller = shape.buffer(-1.2, join_style="mitre") if rng.random() < 0.4 else shape.intersection(union_all(cut))
        if number and rng.random() < 0.7 and smaller.area > 15:
            shape = smaller
        plates.append(
            tuple(clean_outline(rings[0], rings[1:]) for rings in rings_of(shape) if Polygon(rings[0]).area > 8)
        )
    return Massing(tuple(plates), tuple(rng.uniform(2.6, 4.5, 5)))


@pytest.mark.parametrize("seed", range(10))
def test_any_stack_of_plates_is_closed(seed: int) -> None:
    roof = ("flat", "gable", "hip", "mansard", "shed")[seed % 5]
    assert_whole(build(stepped_back(seed), BuildingStyle(roof=roof, eaves_m=0.4, balconies=0.5)))


def test_quantities_agree_with_the_meshes_and_the_report() -> None:
    for massing in MASSINGS:
        parts = build(massing, BuildingStyle("shopfront"))
        meshes = {mesh.name: mesh for mesh in parts.meshes}
        walls: Counter[str] = Counter()
        for element in parts.elements:
            if element.ifc_class == "IfcWall":
                walls[element.mesh] += element.quantities["net_volume_m3"]
            if element.ifc_class == "IfcSlab":
                assert element.quantities["net_volume_m3"] == pytest.approx(volume(meshes[element.mesh]), rel=1e-4)
        for name, held in walls.items():
            assert held == pytest.approx(volume(meshes[name]), rel=1e-4)
        of = {
            kind: [e.quantities for e in parts.elements if e.ifc_class == kind]
            for kind in ("IfcBuildingStorey", "IfcWindow", "IfcWall", "IfcDoor")
        }
        report = parts.report
        assert sum(one["gross_floor_area_m2"] for one in of["IfcBuildingStorey"]) == pytest.approx(
            report["gross_floor_area_m2"]
        )
        assert sum(one["net_floor_area_m2"] for one in of["IfcBuildingStorey"]) == pytest.approx(
            report["net_floor_area_m2"]
        )
        assert sum(one["area_m2"] for one in of["IfcWindow"]) == pytest.approx(report["glazed_area_m2"])
        assert sum(one["gross_area_m2"] for one in of["IfcWall"]) == pytest.approx(report["facade_area_m2"])
        assert (len(of["IfcWindow"]), len(of["IfcDoor"])) == (report["num_windows"], report["num_doors"])
        assert report["gross_floor_area_m2"] == pytest.approx(massing.gross_floor_area_m2)


def test_each_window_element_is_where_its_copy_stands() -> None:
    parts = build(STEPPED, BuildingStyle("rhythmic", stairs=False))
    elements = {element.id: element for element in parts.elements}
    asset = Asset("tower", meshes=parts.meshes, instances=parts.instances, elements=parts.elements)
    copies = [part for part in parts_of(asset) if part.transform is not None]
    assert len(copies) == parts.report["num_windows"] + parts.report["num_doors"]
    for part in copies:
        (one,) = part.elements
        wall = elements[one.parent]
        along = (wall.polygon[1] - wall.polygon[0]) / wall.quantities["length_m"]
        foot = wall.polygon[0] + one.quantities["offset_m"] * along
        height = wall.quantities["elevation_m"] + one.quantities["sill_m"]
        assert part.transform is not None
        assert part.transform[:3, 3] == pytest.approx([*foot, height], abs=1e-4)


def test_roofs_cover_what_the_storey_above_leaves_open() -> None:
    parts = build(STEPPED, BuildingStyle(roof="hip"))
    covered = {name: 0.0 for name in ("roof", "terrace")}
    for roof in parts.roofs:
        if roof.kind != "parapet":
            covered["terrace" if roof.kind == "terrace" else "roof"] += roof.area_m2
    # the tower, and the wing that ends below its top
    assert covered["roof"] == pytest.approx(TOWER.area + 12 * 18)
    assert covered["terrace"] == pytest.approx(PODIUM.area - TOWER.area - 12 * 18)
    assert parts.report["num_roofs_as_asked"] == parts.report["num_roofs"] == 2


def test_kinds_of_openings_are_shared_over_plates_and_tiers() -> None:
    names = [copies.mesh for copies in build(STEPPED, BuildingStyle("plain", stairs=False)).instances]
    assert sorted(names) == ["door", "window base", "window middle", "window top"]


def test_terraces_have_no_parapet_along_the_walls_that_rise_from_them() -> None:
    parts = build(Massing(((PODIUM,), (TOWER,)), (4.0, 3.0)), BuildingStyle())
    parapet = next(mesh for mesh in parts.meshes if mesh.name == "storey 0 terrace 1 parapet")
    inside = (np.abs(parapet.positions[:, :2] - (9, 12)) < (7.5, 8.5)).all(1)
    assert not inside.any()


def test_floors_have_holes_for_stairs() -> None:
    hole = np.array([(2.0, 2.0), (4.0, 2.0), (4.0, 6.0), (2.0, 6.0)])
    parts = build(block(RECTANGLE), BuildingStyle(stairs=False), floor_holes={1: [hole]})
    assert_whole(parts)
    whole, pierced = (next(f for f in parts.floors if f.name == f"storey {n} floor") for n in (2, 1))
    assert whole.area_m2 - pierced.area_m2 == pytest.approx(8.0)
    (opening,) = [element for element in parts.elements if element.ifc_class == "IfcOpeningElement"]
    assert opening.parent == "storey 1 floor"


def test_stairs_climb_through_every_floor_below_a_roof() -> None:
    for massing in MASSINGS[:5]:
        parts = build(massing)
        assert_whole(parts)
        assert parts.report["num_stairs_without_room"] == 0
        tops = 2 if massing is STEPPED else 1
        stairs = [element for element in parts.elements if element.ifc_class == "IfcStair"]
        storeys = len(massing.heights_m)
        assert len(stairs) == (9 if massing is STEPPED else storeys - 1)
        for stair in stairs:
            assert stair.quantities["riser_m"] <= 0.19 + 1e-9
            assert stair.quantities["going_m"] >= 0.22
        # each floor that a stair goes through has its hole
        holes = {element.storey for element in parts.elements if element.ifc_class == "IfcOpeningElement"}
        assert {f"storey {n}" for n in range(1, storeys)} <= holes or tops == 2


def test_a_large_building_has_a_core_with_a_lift() -> None:
    parts = build(block(np.array([(0.0, 0.0), (30.0, 0.0), (30.0, 14.0), (0.0, 14.0)]), storeys=6))
    assert_whole(parts)
    names = {mesh.name for mesh in parts.meshes}
    assert {"storey 5 core walls", "storey 0 lift walls", "core door", "lift door"} <= names
    walls = [e for e in parts.elements if e.ifc_class == "IfcWall" and e.mesh == "storey 2 core walls"]
    mesh = next(mesh for mesh in parts.meshes if mesh.name == "storey 2 core walls")
    assert sum(wall.quantities["net_volume_m3"] for wall in walls) == pytest.approx(volume(mesh), rel=1e-4)


def test_a_plate_without_room_has_no_stairs_and_says_so() -> None:
    parts = build(block(np.array([(0.0, 0.0), (3.0, 0.0), (3.0, 2.5), (0.0, 2.5)]), storeys=2))
    assert parts.report["num_stairs"] == 0
    assert parts.report["num_stairs_without_room"] == 1


def test_balconies_hang_free_within_the_plot() -> None:
    plot = box(-1.5, -10, 60, 60)
    style = BuildingStyle("plain", balconies=0.5, balcony_m=1.4)
    parts = build(Massing(((PODIUM,), (TOWER, WING), (TOWER, WING)), (4.0, 3.0, 3.0)), style, plot=plot)
    assert_whole(parts)
    copies = next(copies for copies in parts.instances if copies.mesh == "balcony")
    assert len(copies.transforms) == parts.report["num_balconies"] > 0
    # the tower stands back from the podium on all sides, the wing is flush with it on two
    x, y = copies.transforms[:, :2, 3].T
    assert (np.isclose(x, 40) | (np.isclose(y, 0) & (x > 24))).all()
    doors = [e for e in parts.elements if e.mesh.startswith("balcony door")]
    assert len(doors) == len(copies.transforms)
    assert all(door.quantities["sill_m"] == 0 for door in doors)
    near = build(Massing(((PODIUM,), (WING,)), (4.0, 3.0)), style, plot=box(0, 0, 41, 24))
    assert near.report["num_balconies"] == 0


def test_walls_beside_neighbours_are_blind_up_to_their_roofs() -> None:
    neighbour = Neighbour(np.array([(18.0, 0.0), (30.0, 0.0), (30.0, 10.0), (18.0, 10.0)]), 7.0)
    parts = build(block(RECTANGLE, storeys=4), neighbours=[neighbour])
    assert_whole(parts)
    to_neighbour = [e for e in parts.elements if e.ifc_class == "IfcWindow" and " wall 2 " in e.id]
    assert {element.storey for element in to_neighbour} == {"storey 2", "storey 3"}


def test_the_door_is_next_to_the_point_asked_for() -> None:
    parts = build(STEPPED, front_door=np.array([41.0, 10.0]))
    (door,) = [element for element in parts.elements if element.ifc_class == "IfcDoor"]
    assert door.parent == "storey 0 wall 2"


def test_same_input_same_bytes() -> None:
    one, two = (build(STEPPED, BuildingStyle("house", roof="gable", eaves_m=0.3)) for _ in range(2))
    assert one.report == two.report
    for left, right in zip(one.meshes, two.meshes, strict=True):
        assert left.positions.tobytes() == right.positions.tobytes()


@pytest.mark.parametrize(
    "changes", [{"facade": "gothic"}, {"roof": "dome"}, {"wall_m": 0.0}, {"changes": (("horns", 2.0),)}]
)
def test_unknown_styles_are_told(changes: dict) -> None:
    with pytest.raises(InputError):
        BuildingStyle(**changes)


def test_a_massing_without_plates_is_told() -> None:
    with pytest.raises(InputError, match="at least one plate"):
        build(Massing(((PODIUM,), ()), (3.0, 3.0)))
