# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `base`: a new body of Maquette's own, with its own topology, UVs, skeleton and skin weights.

Height, weight, muscle, age and build move it in the space learned from drawn bodies; the proportions of head, limbs,
hands and torso and the stylisation move it in the space of its bones, as they move any other character.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..asset import Asset
from ..context import Context
from ..errors import InputError
from ..explore import Code
from ..models import Model, find_model
from ..request import Request
from .base_looks import dressed
from .base_model import load_base
from .base_params import BaseParams
from .character_request import decoded_with, settled
from .params import ATTRIBUTES
from .rig_space import RigSpace
from .simplification import with_levels

# deviations from the middle: further out no skin holds
_MOST = 5.0
OWN = ("height", "weight", "muscle", "age", "build")


def generate(request: Request, context: Context) -> Asset:
    """The body that the Request asks for; see `BaseParams`."""
    params = request.params
    assert isinstance(params, BaseParams)
    context.progress(0.0, "Reading the body")
    own = tuple(getattr(params, name) for name in OWN)
    model = find_model("character", "base", params.model)
    code = _code(request, model)
    body = Drawn(model, code, params.variety, own)
    context.progress(0.5, "Moving the skin")
    kept = {part: context.kept(key) for part, key in (request.locks or {}).items()}
    made = dressed(_in_proportion(body, params, kept), params.suit, params.skin_tone, request.seed, context)
    if params.levels and context.preview is None:
        context.progress(0.7, "Making coarser versions")
        made = with_levels(made, params.levels)
    mesh = made.meshes[0]
    assert made.rig is not None
    report = {
        "height_m": float(np.ptp(mesh.positions[:, 2])),
        "faces": float(len(mesh.face_starts) - 1),
        "joints": float(len(made.rig.joints)),
    }
    return replace(made, report=report, code=code)


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """Codes by chance: consecutive seeds from the Request's on."""
    params = request.params
    assert isinstance(params, BaseParams)
    model = load_base(find_model("character", "base", params.model))
    return [tuple(model.chance(request.seed + number).tolist()) for number in range(count)]


def _code(request: Request, model: Model) -> Code:
    """How far the body lies from the middle, in deviations; InputError for a code that is none."""
    drawn = tuple(load_base(model).chance(request.seed).tolist())
    if request.code is None:
        return drawn
    if len(request.code) != len(drawn):
        raise InputError(f"The code has {len(request.code)} numbers; a body's has {len(drawn)}. Leave it out.")
    if max(map(abs, request.code)) > _MOST:
        raise InputError(f"The code holds a number beyond {_MOST:g} deviations, and no body is. Leave it out.")
    return request.code


@dataclass(frozen=True)
class Drawn:
    """What a body is before the proportions of its bones: `own` the values of OWN."""

    model: Model
    code: Code
    variety: float
    own: tuple[float, ...]

    def made(self) -> Asset:
        """The body."""
        model = load_base(self.model)
        sliders = dict(zip(OWN, self.own, strict=True))
        return model.body(model.coefficients(sliders, np.array(self.code), self.variety))


def _in_proportion(body: Drawn, params: BaseParams, kept: Mapping[str, Asset]) -> Asset:
    """The body with the attributes that its own space does not have, and the parts of the `kept` ones; as it is where
    there are none of either."""
    others = {name: getattr(params, name) for name in ATTRIBUTES if name not in OWN}
    if not any(others.values()) and not kept:
        return body.made()
    space = _space(body)
    calm = replace(params, height=0.0, weight=0.0, muscle=0.0, age=0.0)
    difference = settled(space, calm, space.code.zero())
    return decoded_with(space, difference, kept, clips=False)


# measured once: a slider of the proportions that moves finds it there
@functools.lru_cache(maxsize=4)
def _space(body: Drawn) -> RigSpace:
    return RigSpace.of(body.made())
