# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `form`: buildings as a district has them, for a plot or for each parcel of a block.

A code says which of the buildings that suit a parcel it is, whatever the parcel; near codes are like buildings.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
import torch

from ..asset import Asset, Element, Mesh, Option
from ..context import Context
from ..errors import InputError
from ..fixed_threads import fixed_threads
from ..models import SHIPPED, Model, find_model
from ..request import Request
from ..weights import load_network
from .form_code import NUM_DISTRICT, conditions_of, decoded, district_of, frame_of, traits_of
from .form_fitting import fitted
from .form_network import CODE_LENGTH, FormNetwork, drawn_codes_in
from .form_params import FormParams
from .massing import Massing
from .outline import Outline, clean_outline
from .plan_shapes import largest_polygon
from .site import Neighbour, Site, read_site
from .slabs import slabs

_CPU = torch.device("cpu")
LEAST_STOREY_M = 2.2
# the nearest buildings that tell the district's character, and how few are enough
NUM_NEAREST, LEAST_NEIGHBOURS = 20, 3


@dataclass(frozen=True)
class Wish:
    """What a form must keep to and how it differs from the district's own; see `FormParams`."""

    relative_height: float = 0.0
    relative_size: float = 0.0
    storey_height_m: float = 3.3
    height_limit_m: float = 33.0
    setback_m: float = 0.0


def generate(request: Request, context: Context) -> Asset:
    """The proposals that the Request asks for; one alone where it carries a code."""
    params = request.params
    assert isinstance(params, FormParams)
    context.progress(0.0, "Reading the site")
    site = read_site(request.references[0].path)
    parcels = parcels_of(site)
    network = _network(find_model("architecture", "form", params.model))
    wish = Wish(**{name: getattr(params, name) for name in Wish.__dataclass_fields__})
    proposed = [checked(request.code)] if request.code is not None else codes(request, params.options, context)
    options, meshes, elements = [], [], [_site_element(site, parcels)]
    for number, code in enumerate(proposed, 1):
        context.progress(number / (len(proposed) + 1), f"Proposing option {number}")
        name = f"option {number}"
        made = [proposal(network, one, site.neighbours, wish, code, n) for n, one in enumerate(parcels)]
        if not any(made):
            raise InputError(
                f"A setback of {wish.setback_m:g} m leaves no parcel room for a building. Make it smaller."
            )
        new = _solids(name, made)
        meshes += new
        elements += _plates(name, made)
        report = _report(parcels, made)
        options.append(Option(name, tuple(mesh.name for mesh in new), report, code))
    meshes += _around(site, parcels)
    return Asset(
        "forms",
        meshes=tuple(meshes),
        elements=tuple(elements),
        options=tuple(options),
        report=options[0].report,
        code=proposed[0] if len(proposed) == 1 else (),
    )


def form_of(site: Site, wish: Wish, code: Sequence[float] | None, seed: int) -> Massing:
    """The form that a code, or where there is none the seed's first, gives the site's plot."""
    (plot, *_) = parcels_of(site)
    network = _network(find_model("architecture", "form", SHIPPED))
    chosen = drawn_codes(seed, 1)[0] if code is None else checked(code)
    made = proposal(network, plot, site.neighbours, wish, chosen, 0)
    if made is None:
        raise InputError(f"A setback of {wish.setback_m:g} m leaves no room for a building. Make it smaller.")
    return made


def parcels_of(site: Site) -> tuple[Outline, ...]:
    """The site's parcels, else its plot; InputError where it has neither."""
    if site.parcels:
        return site.parcels
    if site.plot is None:
        raise InputError("The site has neither a plot nor parcels. Choose what is to be built on.")
    return (site.plot,)


def codes(request: Request, count: int, context: Context) -> list[tuple[float, ...]]:
    """Codes by chance, as the Request's seed offers them."""
    params = request.params
    assert isinstance(params, FormParams)
    # a shorter list would hold other numbers: chance draws all at once
    return drawn_codes(request.seed, max(params.options, count))[:count]


def drawn_codes(seed: int, count: int) -> list[tuple[float, ...]]:
    """Codes by chance."""
    random = torch.Generator().manual_seed(seed)
    return [tuple(row) for row in torch.randn(count, CODE_LENGTH, generator=random).tolist()]


def checked(code: Sequence[float]) -> tuple[float, ...]:
    """The code; InputError for one of another length."""
    if len(code) != CODE_LENGTH:
        raise InputError(f"The code has {len(code)} numbers; a form's has {CODE_LENGTH}. Leave it out.")
    return tuple(code)


def proposal(
    network: FormNetwork,
    parcel: Outline,
    neighbours: Sequence[Neighbour],
    wish: Wish,
    code: Sequence[float],
    number: int,
) -> Massing | None:
    """The building of a code on a parcel, the `number`th of its block; None where there is no room for one."""
    land = shapely.Polygon(parcel.outer, parcel.holes)
    room = largest_polygon(land.buffer(-wish.setback_m, join_style="mitre") if wish.setback_m else land)
    if room is None:
        return None
    frame = frame_of(land)
    district = _district(network, land, neighbours)
    conditions = conditions_of(shapely.Polygon(parcel.outer), frame, district)[None]
    numbers = torch.tensor([_of_parcel(code, number)], dtype=torch.float32)
    with fixed_threads(_CPU):
        values, cuts = drawn_codes_in(network, conditions, numbers)
    value = values[0]
    value[2:4] += wish.relative_size * math.log(2) / 2
    value[5] += wish.relative_height * math.log(2)
    shape, height = decoded(value, cuts[0], frame)
    footprint = fitted(shape, room)
    if footprint is None:
        return None
    height = min(max(height, LEAST_STOREY_M), wish.height_limit_m)
    count = max(1, min(round(height / wish.storey_height_m), int(height / LEAST_STOREY_M)))
    outline = clean_outline(np.array(footprint.exterior.coords)[:-1])
    return Massing(((outline,),) * count, (height / count,) * count)


def _of_parcel(code: Sequence[float], number: int) -> list[float]:
    """A block's parcels differ: each after the first has a code of its own that follows from the block's."""
    if number == 0:
        return list(code)
    text = np.asarray(code, "<f8").tobytes() + number.to_bytes(4, "little")
    seed = int.from_bytes(hashlib.sha256(text).digest()[:4], "little")
    return [float(value) for value in torch.randn(CODE_LENGTH, generator=torch.Generator().manual_seed(seed))]


def _district(network: FormNetwork, land: shapely.Polygon, neighbours: Sequence[Neighbour]) -> np.ndarray:
    """The character of the buildings around, of the districts that were learned from where there are too few."""
    if len(neighbours) < LEAST_NEIGHBOURS:
        return network.condition_place[-NUM_DISTRICT:].double().numpy()
    shapes = [shapely.Polygon(one.ring) for one in neighbours]
    away = np.array([shape.centroid.distance(land.centroid) for shape in shapes])
    near = np.argsort(away, kind="stable")[:NUM_NEAREST]
    heights = np.array([neighbours[n].height_m for n in near])
    return district_of(traits_of([shapes[n] for n in near]), heights, away[near])


@functools.lru_cache(maxsize=2)
def _network_of(path: str, sha256: str, model: Model) -> FormNetwork:
    network: FormNetwork = load_network(model, FormNetwork, _CPU)
    return network


def _network(model: Model) -> FormNetwork:
    return _network_of(str(model.path), model.sha256, model)


def _solids(name: str, made: Sequence[Massing | None]) -> list[Mesh]:
    """One closed solid a building."""
    meshes = []
    for number, massing in enumerate(made, 1):
        if massing is not None:
            title = f"{name} mass" if len(made) == 1 else f"{name} building {number}"
            height = sum(massing.heights_m)
            meshes += _card(slabs(massing.plates[0][0].rings, height, [(title, height)]))
    return meshes


def _card(meshes: list[Mesh]) -> list[Mesh]:
    """Without materials: a maquette's card."""
    return [replace(m, materials=(), material_of_face=np.zeros_like(m.material_of_face)) for m in meshes]


def _around(site: Site, parcels: Sequence[Outline]) -> list[Mesh]:
    """The land, and the neighbours as far as they are known."""
    made = []
    for number, parcel in enumerate(parcels, 1):
        made += _card(slabs(parcel.rings, 0.1, [("ground" if number == 1 else f"ground {number}", 0.0)]))
    for number, one in enumerate(site.neighbours, 1):
        made += _card(slabs([one.ring], one.height_m, [(f"neighbour {number}", one.height_m)]))
    return made


def _site_element(site: Site, parcels: Sequence[Outline]) -> Element:
    polygon = parcels[0].outer if len(parcels) == 1 else np.zeros((0, 2))
    return Element("site", "IfcSite", "", "", "", polygon, {"area_m2": sum(one.area for one in parcels)})


def _plates(name: str, made: Sequence[Massing | None]) -> list[Element]:
    elements = []
    for number, massing in enumerate(made, 1):
        if massing is None:
            continue
        low = 0.0
        for storey, (plates, height) in enumerate(zip(massing.plates, massing.heights_m, strict=True)):
            quantities = {"gross_floor_area_m2": plates[0].area, "elevation_m": low, "height_m": height}
            id_ = f"{name} storey {storey} plate {number}"
            elements.append(Element(id_, "IfcSpace", name, f"storey {storey}", "", plates[0].outer, quantities))
            low += height
    return elements


def _report(parcels: Sequence[Outline], made: Sequence[Massing | None]) -> dict[str, float]:
    land = sum(parcel.area for parcel in parcels)
    there = [massing for massing in made if massing is not None]
    footprint = sum(massing.plates[0][0].area for massing in there)
    floors = sum(massing.gross_floor_area_m2 for massing in there)
    return {
        "footprint_area_m2": footprint,
        "gross_floor_area_m2": floors,
        "coverage": footprint / land,
        "floor_area_ratio": floors / land,
        "height_m": max(sum(massing.heights_m) for massing in there),
        "num_storeys": float(max(len(massing.plates) for massing in there)),
        "num_buildings": float(len(there)),
    }
