# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `family`: a new member of the characters' own family.

One of the characters lends its mesh, materials and bones; how far and in which ways it changes is what the characters
differ by (see `kinship`), and for humanoids also what the learned prior knows of how such differences go together.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..asset import Asset, Rig
from ..context import Context
from ..explore import Code
from ..fixed_threads import fixed_threads
from ..models import Model, find_model
from ..request import Reference, Request
from ..weights import load_network
from . import variation
from .character_request import finished, moving_reference, spaces_of
from .folding import unfolded
from .given_code import difference_of, lender, mixed_of_lenders, numbers_of
from .kinship import Kinship
from .params import FamilyParams
from .prior import ShapePrior
from .rig_space import RigSpace
from .shape_code import ShapeCode

# codes are short: a GPU would not gain what the way there costs
DEVICE = torch.device("cpu")
_QUIET = Context(DEVICE, None, lambda fraction, text: None, lambda text: None)


@dataclass(frozen=True)
class Relative:
    """What is kept in memory of every character of a family: its code, its rig without skins, its height in metres."""

    code: ShapeCode
    rig: Rig
    height: float


def generate(request: Request, context: Context) -> Asset:
    """The character that the Request asks for; see `FamilyParams`."""
    params = request.params
    assert isinstance(params, FamilyParams)
    model = find_model("character", "family", params.model)
    relatives = []
    for number, reference in enumerate(request.references):
        context.progress(0.5 * number / len(request.references), "Measuring the family")
        relatives.append(_relative(reference.path, reference.sha256))
    number, space, difference = _member(request, relatives, model, context)
    rigs = [relative.rig for relative in relatives]
    moving = moving_reference(request.references, rigs, number) if params.clips else request.references[number]
    return replace(finished(request, context, space, moving, difference), code=(float(number), *numbers_of(difference)))


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """Codes by chance: consecutive seeds from the Request's on."""
    params = request.params
    assert isinstance(params, FamilyParams)
    model = find_model("character", "family", params.model)
    relatives = [_relative(reference.path, reference.sha256) for reference in request.references]
    found = []
    for step in range(count):
        context.progress(step / count, "Drawing members")
        number, _, difference = _member(replace(request, seed=request.seed + step), relatives, model, context)
        found.append((float(number), *numbers_of(difference)))
    return found


def mixed_code(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """Between members of one source; those of others count only where none weighs more."""
    return mixed_of_lenders(codes, weights, 1)


def _member(
    request: Request, relatives: Sequence[Relative], model: Model, context: Context
) -> tuple[int, RigSpace, torch.Tensor]:
    """(whose mesh, its space, the difference from it): as the code says, else by chance."""
    params = request.params
    assert isinstance(params, FamilyParams)
    if request.code is not None:
        number = lender((*request.code, -1.0)[0], len(relatives))
    elif request.locks:
        # a part can be kept of one that was made from the same character alone
        number = lender(context.kept(next(iter(request.locks.values()))).code[0], len(relatives))
    else:
        number = source_of([reference.weight for reference in request.references], request.seed)
    (space,) = spaces_of((request.references[number],), context)
    if request.code is not None:
        return number, space, difference_of(request.code[1:], space.code)
    prior = _loaded(model) if space.bones.is_humanoid else None
    kinship = Kinship.of([relative.code for relative in relatives], number)
    if kinship.is_alone:
        context.warn(f"'{space.asset.name}' shares its skeleton with none of the others: it varies by itself.")
    with fixed_threads(DEVICE):
        return number, space, drawn(space, kinship, params.variety, prior, request.seed)


def drawn(space: RigSpace, kinship: Kinship, variety: float, prior: ShapePrior | None, seed: int) -> torch.Tensor:
    """(D,) the difference from the source, measured as `space`, to a new member; one without relatives varies alone."""
    random = torch.Generator().manual_seed(seed)
    if kinship.is_alone:
        return unfolded(space, variety * variation.drawn(space.code, space.bones, random))
    return unfolded(space, kinship.drawn(variety, prior, random))


def source_of(weights: Sequence[float], seed: int) -> int:
    """The number of the character that a seed starts from: consecutive seeds take them in turn, if all weigh the same;
    else each as often as it weighs."""
    if len(set(weights)) == 1:
        return seed % len(weights)
    shares = np.cumsum(weights) / np.sum(weights)
    return int(np.searchsorted(shares, np.random.default_rng(seed).random(), side="right").clip(0, len(weights) - 1))


# a file is known by its hash: one that changed is measured anew
@functools.lru_cache(maxsize=512)
def _relative(path: str, sha256: str) -> Relative:
    (space,) = spaces_of((Reference("character", path, sha256),), _QUIET)
    rig = space.asset.rig
    assert rig is not None
    return Relative(space.code, replace(rig, skins=()), space.extent.height)


@functools.lru_cache(maxsize=2)
def _loaded(model: Model) -> ShapePrior:
    network: ShapePrior = load_network(model, ShapePrior, DEVICE)
    return network
