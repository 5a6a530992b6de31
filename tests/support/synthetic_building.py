# SPDX-License-Identifier: GPL-3.0-or-later
"""A building of exact measures around a courtyard, with everything that an export has to keep, and a row of options."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from maquette.core.architecture.facade import Opening
from maquette.core.architecture.opening_parts import opening_mesh
from maquette.core.architecture.slabs import slabs
from maquette.core.architecture.wall_offset import inner_rings
from maquette.core.asset import Asset, Element, Instances, Material, Mesh, Option, Provenance

WALL_M, SLAB_M, STOREY_M = 0.3, 0.25, 3.2
OUTER = np.array([[0.0, 0.0], [18.0, 0.0], [20.0, 9.0], [11.0, 9.0], [11.0, 14.0], [0.0, 14.0]])
COURT = np.array([[4.0, 5.0], [4.0, 9.0], [8.0, 9.0], [8.0, 5.0]])
WINDOW = Opening(1.4, 1.6, 0.9)
DOOR = Opening(1.2, 2.1, 0.0, 0)


def synthetic_building(storeys: int = 2) -> Asset:
    """Two windows in every long edge, a door, slabs around the courtyard, a roof, spaces, a stair, a railing, chairs
    (one of them mirrored), a bath without a mesh of its own, a tree that no element names, a thing of unknown class."""
    rings = (OUTER, COURT)
    inner, _ = inner_rings(rings, WALL_M)
    elements = [_site(), _element("building", "IfcBuilding", "site", height_m=storeys * STOREY_M)]
    meshes: list[Mesh] = []
    windows, doors = [], []
    for n in range(storeys):
        name, low = f"storey {n}", n * STOREY_M
        elements.append(_element(name, "IfcBuildingStorey", "building", name, elevation_m=low, height_m=STOREY_M))
        meshes.append(replace(slabs(rings, STOREY_M, [(f"{name} walls", low + STOREY_M)])[0], materials=("brick",) * 3))
        for r, (ring, face) in enumerate(zip(rings, inner, strict=True)):
            for i in range(len(ring)):
                wall, openings = _wall(n, r, i, ring, face)
                elements += [wall, *openings]
                for opening in openings:
                    (doors if opening.ifc_class == "IfcDoor" else windows).append(_standing(wall, opening))
        floor = slabs(inner, SLAB_M, [(f"{name} floor", low)])[0]
        meshes.append(replace(floor, materials=("concrete",) * 3))
        net = _area(inner[0]) - abs(_area(inner[1]))
        figures = {"thickness_m": SLAB_M, "net_area_m2": net, "net_volume_m3": net * SLAB_M, "elevation_m": low}
        elements.append(_element(f"{name} floor", "IfcSlab", name, name, f"{name} floor", inner[0], **figures))
        elements.append(_space(n, "kitchen", 0.5, 3.5))
        elements.append(_space(n, "Wohnküche 居間 'A'", 3.6, 8.0))
    top = storeys * STOREY_M
    meshes += [
        _box("roof", ("slate",), (0, 18), (0, 14), (top, top + 1.0)),
        _box("stairs 1", ("concrete",), (12.0, 13.0), (4.0, 7.0), (0.0, 3.2)),
        _box("storey 0 railing 1", ("steel",), (12.0, 13.0), (3.9, 4.0), (3.2, 4.2)),
        _box("storey 0 band", ("brick",), (-0.1, 0.0), (0.0, 14.0), (3.0, 3.2)),
        _box("chair", ("wood", "steel"), (-0.2, 0.2), (-0.2, 0.3), (0.0, 0.8)),
        _box("tree", ("wood", "slate"), (-0.2, 0.2), (-0.2, 0.2), (0.0, 5.0)),
        opening_mesh("window", WINDOW, 0.1, 0.07, WALL_M),
        opening_mesh("door", DOOR, 0.1, 0.07, WALL_M),
    ]
    elements += [
        _element("roof", "IfcRoof", "building", mesh="roof", gross_area_m2=252.0),
        _element("stairs 1", "IfcStair", "storey 0", "storey 0", "stairs 1", num_risers=18.0),
        _element("storey 0 railing 1", "IfcRailing", "storey 0", "storey 0", "storey 0 railing 1", length_m=1.0),
        _element("storey 0 bath 1", "IfcSanitaryTerminal", "storey 0", "storey 0"),
        _element("storey 0 fountain", "IfcFountain", "storey 0", "storey 0"),
        *(_element(f"storey 0 chair {n}", "IfcFurniture", "storey 0", "storey 0", "chair") for n in (1, 2)),
    ]
    mirrored = placed(14.0, 4.0, 0.0)
    mirrored[0, 0] = -1.5
    instances = (
        Instances("window", np.array(windows, np.float32)),
        Instances("door", np.array(doors, np.float32)),
        Instances("chair", np.array([placed(13.0, 2.0, 0.0, 0.7), mirrored], np.float32)),
        Instances("tree", np.array([placed(-5.0, y, 0.0) for y in (0.0, 6.0)], np.float32)),
    )
    return Asset(
        "Haus Grün",
        materials=_materials(),
        meshes=tuple(meshes),
        instances=instances,
        elements=tuple(elements),
        report={"gross_floor_area_m2": storeys * (_area(OUTER) - abs(_area(COURT))), "num_windows": len(windows)},
        provenance=Provenance("0", "ab" * 32, 1, "", "cpu", {"generator": "architecture", "method": "x", "seed": 3}),
    )


def synthetic_options() -> Asset:
    """Two options of plates and a rule of thumb, with sun maps, on one plot between neighbours."""
    elements: list[Element] = [_site()]
    meshes, options = [], []
    for name, count in (("option 1", 3), ("option 2", 4), ("slabs", 2)):
        for n in range(count):
            ring = OUTER * (1.0 if n < 2 else 0.6)
            figures = {"gross_floor_area_m2": _area(ring), "elevation_m": 3.0 * n, "height_m": 3.0}
            storey = f"storey {n}"
            elements.append(_element(f"{name} {storey} plate 1", "IfcSpace", name, storey, polygon=ring, **figures))
        mass = _box(f"{name} mass", (), (0, 18), (0, 14), (0.0, 3.0 * count))
        colours = np.tile(np.float32([0.9, 0.4, 0.1, 1.0]), (len(mass.corners), 1))
        meshes.append(replace(mass, colors={"sun": colours}))
        options.append(Option(name, (f"{name} mass",), {"far": 0.5 * count}, (0.5,) if name != "slabs" else ()))
    meshes += [
        _box("neighbours", (), (40, 50), (0, 10), (0, 9)),
        _box("ground", (), (-30, 60), (-30, 40), (-0.1, 0.0)),
    ]
    return Asset("row", meshes=tuple(meshes), elements=tuple(elements), options=tuple(options), report={"far": 2.0})


def placed(x: float, y: float, z: float, turn: float = 0.0) -> np.ndarray:
    """A transform (4, 4): a turn about z, then a move."""
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    matrix[:3, 3] = x, y, z
    return matrix


def _wall(n: int, ring_number: int, i: int, ring: np.ndarray, face: np.ndarray) -> tuple[Element, list[Element]]:
    after = (i + 1) % len(ring)
    plan = np.array([ring[i], ring[after], face[after], face[i]])
    where = "" if ring_number == 0 else f"courtyard {ring_number} "
    name, storey = f"storey {n} {where}wall {i}", f"storey {n}"
    length = float(np.linalg.norm(plan[1] - plan[0]))
    openings = []
    for k, place in enumerate((0.3, 0.7) if length > 6 else ()):
        is_door = n + ring_number + i + k == 0
        one = DOOR if is_door else WINDOW
        figures = {"width_m": one.width_m, "height_m": one.height_m, "sill_m": one.sill_m, "offset_m": place * length}
        kind, mesh = ("IfcDoor", "door") if is_door else ("IfcWindow", "window")
        id_ = f"{name} opening {k + 1}"
        openings.append(_element(id_, kind, name, storey, mesh, area_m2=one.width_m * one.height_m, **figures))
    cut = sum(one.quantities["area_m2"] for one in openings)
    gross = _area(plan) * STOREY_M
    figures = {
        **{"length_m": length, "height_m": STOREY_M, "thickness_m": WALL_M, "elevation_m": n * STOREY_M},
        **{"gross_area_m2": length * STOREY_M, "net_area_m2": length * STOREY_M - cut},
        **{"gross_volume_m3": gross, "net_volume_m3": gross - cut * WALL_M},
    }
    return _element(name, "IfcWall", storey, storey, f"{storey} walls", plan, **figures), openings


def _standing(wall: Element, opening: Element) -> np.ndarray:
    along = (wall.polygon[1] - wall.polygon[0]) / wall.quantities["length_m"]
    x, y = wall.polygon[0] + along * opening.quantities["offset_m"]
    height = wall.quantities["elevation_m"] + opening.quantities["sill_m"]
    return placed(x, y, height, float(np.arctan2(along[1], along[0])))


def _space(n: int, room: str, low: float, high: float) -> Element:
    ring = np.array([[0.5, low], [3.5, low], [3.5, high], [0.5, high]])
    area, height = _area(ring), STOREY_M - SLAB_M
    figures = {"net_area_m2": area, "net_volume_m3": area * height, "height_m": height, "elevation_m": n * STOREY_M}
    return _element(f"storey {n} space {room}", "IfcSpace", f"storey {n}", f"storey {n}", polygon=ring, **figures)


def _site() -> Element:
    ring = np.array([[-10.0, -10.0], [30.0, -10.0], [30.0, 25.0], [-10.0, 25.0]])
    return _element("site", "IfcSite", "", polygon=ring, area_m2=1400.0)


def _materials() -> tuple[Material, ...]:
    def plain(name: str, *colour: float, opacity: float = 1.0) -> Material:
        maps = {"albedo": np.array(colour, np.float32).reshape(1, 1, 3)}
        if opacity < 1:
            maps["opacity"] = np.full((1, 1, 1), opacity, np.float32)
        return Material(name, maps, (1.0, 1.0), 0.0)

    noise = np.random.default_rng(0).random((16, 32, 3)).astype(np.float32)
    rough = np.random.default_rng(1).random((16, 32, 1)).astype(np.float32)
    return (
        Material("brick", {"albedo": noise, "roughness": rough}, (2.0, 1.0), 0.01),
        plain("concrete", 0.6, 0.6, 0.6),
        plain("slate", 0.2, 0.2, 0.25),
        plain("wood", 0.5, 0.3, 0.1),
        plain("frame", 0.9, 0.9, 0.9),
        plain("glass", 0.8, 0.9, 0.9, opacity=0.3),
    )


def _box(
    name: str, materials: tuple[str, ...], x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]
) -> Mesh:
    ring = np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]], float)
    made = slabs([ring], z[1] - z[0], [(name, z[1])])[0]
    slots = np.minimum(made.material_of_face, max(len(materials) - 1, 0)).astype(np.int32)
    return replace(made, materials=materials, material_of_face=slots)


def _area(ring: np.ndarray) -> float:
    x, y = ring.T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def _element(
    id_: str,
    ifc_class: str,
    parent: str,
    storey: str = "",
    mesh: str = "",
    polygon: np.ndarray | None = None,
    **quantities: float,
) -> Element:
    return Element(id_, ifc_class, parent, storey, mesh, np.zeros((0, 2)) if polygon is None else polygon, quantities)
