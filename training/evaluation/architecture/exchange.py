# SPDX-License-Identifier: GPL-3.0-or-later
"""`ifc` and `gltf`: what exports of buildings keep, read back: on real footprints, and houses made from a programme.

Schema errors and quantities are ifcopenshell's findings, shapes with their openings cut out among them; a GLB is read
by a reader of its own.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ....core.architecture.building_kernel import build
from ....core.architecture.building_params import BuildingParams
from ....core.architecture.outline import clean_outline
from ....core.asset import Asset
from ....core.engine import generate
from ....core.files.export import export
from ....core.request import Request
from ...data.city_buildings import CityBuildings, read_city
from ...metrics.glb_reading import faults
from ...metrics.ifc_reading import LIBRARY, quantity_errors, schema_errors
from ..study import highest, methods_sha256
from .kernel import Footprint, chosen_buildings
from .study import Study

IFC_EXPECTED = ("ifc.schema_errors", "ifc.quantity_error")
GLTF_EXPECTED = ("gltf.round_trip_ok",)
FOOTPRINTS, HOUSES = 20, 4
# the rules that the schema itself states take many seconds a file
WITH_RULES = ("footprint 0", "house 0")
_BALCONIES = 0.4


@dataclass(frozen=True)
class Subject:
    """A building that is exported: its key, and what makes it."""

    key: str
    make: Callable[[], Asset]


# the figures of a building, by its key, exported into a folder
Measure = Callable[[str, Asset, Path], Mapping[str, float]]


def evaluate_ifc(study: Study) -> None:
    """Takes up `ifc.schema_errors`, over all buildings, and `ifc.quantity_error`, the largest relative difference."""
    if importlib.util.find_spec(LIBRARY) is None:
        return study.lack("ifc", f"The package '{LIBRARY}' is not installed: pip install 'maquette[ifc]'")
    rows = list(_judged(study, "ifc", _ifc_figures))
    if not rows:
        return study.lack("ifc", "No building could be judged.")
    errors = sum(row["schema_errors"] for row in rows)
    study.give("ifc", {"schema_errors": errors, "quantity_error": highest(rows, "quantity_error")})
    study.note(
        f"ifc: {len(rows)} buildings, {sum(row['compared'] for row in rows):.0f} figures read back with {LIBRARY}: "
        "base quantities against the elements', volumes of shapes with their openings cut out, floor area and windows "
        f"against the report; {sum(row['with_rules'] for row in rows):.0f} files also by the rules that the schema "
        "states."
    )
    return None


def evaluate_gltf(study: Study) -> None:
    """Takes up `gltf.round_trip_ok`: 1 where of every building a GLB keeps everything, else 0."""
    rows = list(_judged(study, "gltf", _gltf_figures))
    if not rows:
        return study.lack("gltf", "No building could be judged.")
    study.give("gltf", {"round_trip_ok": min(row["ok"] for row in rows)})
    study.note(
        f"gltf: {len(rows)} buildings with {sum(row['copies'] for row in rows):.0f} copies; 1 where of every one the "
        "places, measures, copies that share a mesh, materials, textures and their real size are in the file."
    )
    return None


def subjects(study: Study) -> Iterator[Subject]:
    """Buildings on real footprints, then houses from a programme."""
    cities = [read_city(path) for path in study.cities]
    for number, (city, index) in enumerate(chosen_buildings(cities, FOOTPRINTS)):
        yield Subject(f"footprint {number}", partial(_on_footprint, cities, city, index, number))
    for seed in range(HOUSES):
        yield Subject(f"house {seed}", partial(_house, seed))


def _on_footprint(cities: list[CityBuildings], city: int, index: int, number: int) -> Asset:
    buildings = cities[city]
    ring = buildings.corners[buildings.starts[index] : buildings.starts[index + 1]]
    footprint = Footprint(number, clean_outline(ring), float(buildings.heights[index]))
    style = replace(footprint.style(), balconies=_BALCONIES if number % 2 else 0.0)
    parts = build(footprint.massing, style)
    return Asset(
        "building",
        materials=parts.materials,
        meshes=parts.meshes,
        instances=parts.instances,
        elements=parts.elements,
        report=parts.report,
    )


def _house(seed: int) -> Asset:
    """A house as the method makes it, rooms and all; the last one has drawn materials."""
    params = BuildingParams(width_m=11.0 + seed, depth_m=9.0, roof="hip", materials=seed == HOUSES - 1)
    return generate(Request("architecture", "building", params, seed=seed), device="cpu")


def _judged(study: Study, name: str, measure: Measure) -> Iterator[dict[str, float]]:
    """The figures of each building, kept; one that cannot be made is noted."""
    part = study.part(name, footprints=FOOTPRINTS, houses=HOUSES, writers=methods_sha256("files"))
    for subject in study.in_time(subjects(study), 1.0, f"{name}: buildings"):
        study.say(f"{name}: {subject.key}")
        attempt = partial(part.measured, subject.key, partial(_measured, subject, measure))
        figures = study.tried(f"{name}: {subject.key}", attempt)
        if figures is not None:
            yield figures


def _measured(subject: Subject, measure: Measure) -> Mapping[str, float]:
    asset = subject.make()
    with tempfile.TemporaryDirectory() as folder:
        return measure(subject.key, asset, Path(folder))


def _ifc_figures(key: str, asset: Asset, folder: Path) -> dict[str, float]:
    path = folder / export(asset, folder, ("ifc",), progress=_silent)[0]
    rules = key in WITH_RULES
    errors = quantity_errors(path, asset)
    return {
        "schema_errors": float(len(schema_errors(path, rules))),
        "quantity_error": max(errors.values(), default=0.0),
        "compared": float(len(errors)),
        "with_rules": float(rules),
    }


def _gltf_figures(key: str, asset: Asset, folder: Path) -> dict[str, float]:
    path = folder / export(asset, folder, ("glb",), progress=_silent)[0]
    copies = sum(len(one.transforms) for one in asset.instances)
    return {"ok": float(not faults(path, asset)), "copies": float(copies)}


def _silent(fraction: float, text: str) -> None:
    """Nobody watches."""
