# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `family`: a material out of the learned space, in one pass, at any size and aspect.

Where in the space is said by the Request's `code`, else by pictures (their places, mixed by their weights), else by
chance within a category. The sliders move the moments of the code. Shape letters: H, W rows and columns.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from ..asset import Asset
from ..codec import show
from ..context import Context, Progress, span
from ..errors import InputError
from ..fixed_threads import fixed_threads
from ..models import Model, find_model
from ..request import Reference, Request
from ..weights import load_network
from .family_network import COARSEST, FamilyNetwork
from .family_space import CODE_LENGTH, DESIGN_SIDE, Code, design_unit, drawn, mixed, project, rendered
from .family_statistics import ALBEDO, METALLIC, MOMENTS, ROUGHNESS, SLOPES
from .features import LUMINANCE
from .material_request import finished_asset, read_maps
from .params import FamilyParams
from .relief import as_arrays, maps_of_slopes

ANY = "any"
# pictures are looked at no larger than this: the space was learned at this size
LOOKED_AT = 512
LARGEST = 4096


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `FamilyParams`."""
    params = request.params
    assert isinstance(params, FamilyParams)
    context.progress(0.0, "Finding the place")
    network = _loaded(find_model("texture", "family", params.model), str(context.device))
    with fixed_threads(context.device):
        place = _place(request, network, torch.Generator().manual_seed(request.seed), context)
        code = moved(place, params)
    size = (max(1, round(params.size / params.aspect)), params.size)
    if min(size) < COARSEST or max(size) > LARGEST:
        raise InputError(
            f"The material would be {size[1]} x {size[0]} px; its sides must lie between {COARSEST} and {LARGEST} px. "
            "Choose another size or aspect."
        )
    context.progress(0.1, "Making the tile")
    unit = design_unit(size)
    whole = tuple(-(-side // unit) * unit for side in size)
    quick = context.preview is not None and context.preview <= DESIGN_SIDE
    with fixed_threads(context.device):
        # the noise is the seed's own, wherever the place came from
        noise = torch.Generator().manual_seed(request.seed)
        stack = rendered(network, [code], (whole[0], whole[1]), params.scale, noise, quick)
        maps, relief = maps_of(stack, span(context.progress, 0.6, 0.3))
    maps = {name: image for name, image in maps.items() if name in params.maps}
    asset = finished_asset(
        request,
        context,
        maps,
        wanted=params.maps,
        relief=relief,
        size_m=params.size_m,
        start=0.9,
        size=size,
        relief_is_known=True,
    )
    return replace(asset, code=place.flat())


def codes(request: Request, count: int, context: Context) -> list[tuple[float, ...]]:
    """Codes of the materials that consecutive seeds draw, from the Request's on; the pictures' one place where there
    are any."""
    params = request.params
    assert isinstance(params, FamilyParams)
    network = _loaded(find_model("texture", "family", params.model), str(context.device))
    with fixed_threads(context.device):
        seeds = range(request.seed, request.seed + (1 if request.references else count))
        return [_place(request, network, torch.Generator().manual_seed(seed), context).flat() for seed in seeds]


def mixed_code(codes: Sequence[tuple[float, ...]], weights: Sequence[float]) -> tuple[float, ...]:
    """The material between several; what repeats, and how, is that of the heaviest."""
    return mixed([Code.of_flat(code) for code in codes], weights).flat()


def maps_of(stack: torch.Tensor, progress: Progress) -> tuple[dict[str, np.ndarray], float]:
    """(all six maps (H, W, C) float32 in [0, 1], relief in tile widths) of a made stack (1, 7, H, W)."""
    shape, relief = maps_of_slopes(stack[0, SLOPES].permute(1, 2, 0), progress)
    rest = {"albedo": ALBEDO, "roughness": ROUGHNESS, "metallic": METALLIC}
    made = {name: stack[0, channels].permute(1, 2, 0) for name, channels in rest.items()}
    return as_arrays({**made, **shape}), relief


def moved(code: Code, params: FamilyParams) -> Code:
    """The code with its moments where the sliders put them."""
    moments = code.moments.clone()
    turn = _colour_turn(params.hue, params.saturation)
    grey = torch.tensor(LUMINANCE) @ moments[MOMENTS["mean"]]
    moments[MOMENTS["mean"]] = (turn @ (moments[MOMENTS["mean"]] - grey) + grey + params.brightness).clamp(0, 1)
    rows, columns = torch.tril_indices(3, 3)
    root = torch.zeros(3, 3)
    root[rows, columns] = moments[MOMENTS["root"]]
    root = params.contrast * turn @ root
    covariance = root @ root.T + 1e-8 * torch.eye(3)
    moments[MOMENTS["root"]] = torch.linalg.cholesky(covariance)[rows, columns]
    moments[MOMENTS["relief"]] += math.log2(max(params.depth, 1e-3))
    moments[MOMENTS["roughness"].start] = (moments[MOMENTS["roughness"].start] + params.roughness).clamp(0, 1)
    return replace(code, moments=moments)


def _place(request: Request, network: FamilyNetwork, random: torch.Generator, context: Context) -> Code:
    """Where in the space the Request wants its material from."""
    params = request.params
    assert isinstance(params, FamilyParams)
    if request.code is not None:
        if len(request.code) != CODE_LENGTH:
            raise InputError(f"The code has {len(request.code)} numbers; this model's has {CODE_LENGTH}. Leave it out.")
        return Code.of_flat(request.code)
    groups = list(_materials(request.references))
    if groups:
        codes = [project(network, read_maps(group, context.warn, shortest=LOOKED_AT)) for group in groups]
        return mixed(codes, [group[0].weight for group in groups])
    known = _categories(network)
    if params.category != ANY and params.category not in known:
        raise InputError(f"The model knows no category {show(params.category)}. There is: {ANY}, {', '.join(known)}.")
    return drawn(network, "" if params.category == ANY else params.category, params.variety, random)


def _categories(network: FamilyNetwork) -> list[str]:
    """Those with a material to start from; of others only labelled pictures were seen."""
    return [name for number, name in enumerate(network.categories) if bool((network.category == number).any())]


def _materials(references: tuple[Reference, ...]) -> Iterator[list[Reference]]:
    """The references of each material: one of several albedos stands alone, one albedo has all other maps with it."""
    albedos = [reference for reference in references if reference.role == "albedo"]
    others = [reference for reference in references if reference.role != "albedo"]
    if others and not albedos:
        raise InputError("Maps were given without an albedo. Give the albedo of the material too.")
    if len(albedos) == 1:
        yield [*albedos, *others]
    else:
        yield from ([albedo] for albedo in albedos)


def _colour_turn(hue: float, saturation: float) -> torch.Tensor:
    """(3, 3): colours around the grey axis turned by `hue` of a whole turn and stretched by `saturation`."""
    angle = 2 * math.pi * hue
    axis = torch.full((3,), 1 / math.sqrt(3))
    cross = torch.tensor([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    along = torch.outer(axis, axis)
    turn = math.cos(angle) * torch.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * along
    return along + saturation * (turn - along @ turn)


@functools.lru_cache(maxsize=2)
def _loaded(model: Model, device: str) -> FamilyNetwork:
    network: FamilyNetwork = load_network(model, FamilyNetwork, torch.device(device))
    return network
