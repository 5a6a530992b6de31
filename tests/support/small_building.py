# SPDX-License-Identifier: GPL-3.0-or-later
"""A small building, and a row of options, as the engine would make them: numpy alone, for Blender's own Python."""

from __future__ import annotations

from typing import Any

import numpy as np

STOREY_M, WIDE_M, DEEP_M = 3.0, 12.0, 8.0


def building(storeys: int = 2, windows: int = 3, deep_m: float = DEEP_M, **given: Any) -> Any:
    """Walls and a floor a storey, a roof, a stair, windows in the front as instances with elements, two materials.

    `bricks` is the brick's grey, `level` adds a coarser level to the walls, `nameless` leaves the windows out of the
    elements.
    """
    from maquette.core.asset import Asset, Instances, Material

    meshes, elements = [], [_element("building", "IfcBuilding", "site")]
    openings, places = [], []
    for n in range(storeys):
        name, z = f"storey {n}", n * STOREY_M
        elements.append(_element(name, "IfcBuildingStorey", "building", name, elevation_m=z, height_m=STOREY_M))
        level = (box(f"{name} walls", WIDE_M, deep_m, z, z + STOREY_M),) if given.get("level") else ()
        meshes.append(box(f"{name} walls", WIDE_M, deep_m, z, z + STOREY_M, ("Brick",), sides=2, levels=level))
        meshes.append(box(f"{name} floor", WIDE_M, deep_m, z, z + 0.2, ("Plaster",)))
        for edge in range(4):
            elements.append(_element(f"{name} wall {edge}", "IfcWall", name, name, f"{name} walls", length_m=WIDE_M))
        elements.append(_element(f"{name} floor", "IfcSlab", name, name, f"{name} floor", area_m2=WIDE_M * deep_m))
        for w in range(windows):
            x = (w + 0.5) * WIDE_M / windows
            places.append(placed(x, 0.0, z + 1.0))
            openings.append(_element(f"{name} wall 0 opening {w}", "IfcWindow", name, name, "window", width_m=1.0))
    meshes += [box("roof", WIDE_M, deep_m, storeys * STOREY_M, storeys * STOREY_M + 1, ("Brick",))]
    meshes += [box("stairs 1", 1.0, 3.0, 0.0, 2.0, ("Plaster",)), box("window", 1.0, 0.1, 0.0, 1.2, ("Glass",))]
    elements += [
        _element("roof", "IfcRoof", "building", mesh="roof"),
        _element("stairs 1", "IfcStair", mesh="stairs 1"),
    ]
    grey = np.full((1, 1, 3), given.get("bricks", 0.5), np.float32)
    noise = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
    return Asset(
        "fake",
        materials=(
            Material("Brick", {"albedo": grey}, (1.0, 1.0), 0.0),
            Material("Plaster", {"albedo": noise, "roughness": np.full((1, 1, 1), 0.5, np.float32)}, (2.0, 1.5), 0.01),
            Material("Glass", {"opacity": np.full((1, 1, 1), 0.3, np.float32)}, (1.0, 1.0), 0.0),
        ),
        meshes=tuple(meshes),
        instances=(Instances("window", np.array(places, np.float32)),) if places else (),
        elements=tuple(elements if given.get("nameless") else elements + openings),
        report={"gross_floor_area_m2": WIDE_M * deep_m * storeys},
    )


def options(names: tuple[str, ...] = ("option 1", "option 2", "slabs"), tall_m: float = 9.0) -> Any:
    """A mass each with a sun map, ground and neighbours around them; the last one is a rule of thumb."""
    from maquette.core.asset import Asset, Option

    masses = [box(f"{name} mass", 10.0 + n, 8.0, 0.0, tall_m + 3 * n) for n, name in enumerate(names)]
    around = [box("ground", 40.0, 30.0, -0.1, 0.0), box("neighbours", 40.0, 4.0, 0.0, 9.0)]
    shown = tuple(
        Option(name, (f"{name} mass",), {"far": 2.0 + n, "daylit": 0.7}, (0.5, float(n)) if n < len(names) - 1 else ())
        for n, name in enumerate(names)
    )
    return Asset("fake", meshes=(*[_sunlit(mass) for mass in masses], *around), options=shown)


def box(
    name: str,
    wide: float,
    deep: float,
    low: float,
    high: float,
    materials: tuple[str, ...] = (),
    sides: int = 1,
    levels: Any = (),
) -> Any:
    """A closed box on the plane, its front divided into `sides` faces; UVs in metres."""
    from maquette.core.asset import Mesh

    xs = np.linspace(0.0, wide, sides + 1)
    ring = np.array([*[(x, 0.0) for x in xs], (wide, deep), (0.0, deep)])
    count = len(ring)
    positions = np.concatenate([np.c_[ring, np.full(count, z)] for z in (low, high)])
    walls = [[i, (i + 1) % count, (i + 1) % count + count, i + count] for i in range(count)]
    faces = [list(range(count))[::-1], *walls, list(range(count, 2 * count))]
    corners = np.array([corner for face in faces for corner in face], np.int32)
    starts = np.cumsum([0, *map(len, faces)]).astype(np.int32)
    uvs = positions[corners][:, [0, 2]]
    slots = np.zeros(len(faces), np.int32)
    return Mesh(
        name, positions.astype(np.float32), corners, starts, slots, materials, {"UVMap": uvs.astype(np.float32)},
        levels=tuple(levels),
    )  # fmt: skip


def placed(x: float, y: float, z: float) -> np.ndarray:
    """A transform."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def _sunlit(mesh: Any) -> Any:
    from dataclasses import replace

    colours = np.tile(np.float32([1.0, 0.6, 0.1, 1.0]), (len(mesh.corners), 1))
    return replace(mesh, colors={"sun": colours})


def _element(name: str, kind: str, parent: str = "building", storey: str = "", mesh: str = "", **figures: float) -> Any:
    from maquette.core.asset import Element

    return Element(name, kind, parent, storey, mesh, np.zeros((0, 2)), figures)
