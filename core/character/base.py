# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `base`: a new body of Maquette's own, with its own topology, UVs, skeleton and skin weights.

Height, weight, muscle, age and build move it in the space learned from drawn bodies; the proportions of head, limbs,
hands and torso and the stylisation move it in the space of its bones, as they move any other character.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from ..asset import Asset
from ..context import Context
from ..models import Model, find_model
from ..request import Request
from .base_looks import dressed
from .base_model import load_base
from .base_params import BaseParams
from .character_request import settled
from .decoding import decode
from .params import ATTRIBUTES
from .rig_space import RigSpace
from .simplification import with_levels

OWN = ("height", "weight", "muscle", "age", "build")


def generate(request: Request, context: Context) -> Asset:
    """The body that the Request asks for; see `BaseParams`."""
    params = request.params
    assert isinstance(params, BaseParams)
    context.progress(0.0, "Reading the body")
    own = tuple(getattr(params, name) for name in OWN)
    body = Drawn(find_model("character", "base", params.model), request.seed, params.variety, own)
    context.progress(0.5, "Moving the skin")
    made = dressed(_in_proportion(body, params), params.suit, params.skin_tone, request.seed, context)
    if params.levels:
        context.progress(0.7, "Making coarser versions")
        made = with_levels(made, params.levels)
    mesh = made.meshes[0]
    assert made.rig is not None
    report = {
        "height_m": float(np.ptp(mesh.positions[:, 2])),
        "faces": float(len(mesh.face_starts) - 1),
        "joints": float(len(made.rig.joints)),
    }
    return replace(made, report=report)


@dataclass(frozen=True)
class Drawn:
    """What a body is before the proportions of its bones: `own` the values of OWN."""

    model: Model
    seed: int
    variety: float
    own: tuple[float, ...]

    def made(self) -> Asset:
        """The body."""
        model = load_base(self.model)
        sliders = dict(zip(OWN, self.own, strict=True))
        return model.body(model.coefficients(sliders, np.random.default_rng(self.seed), self.variety))


def _in_proportion(body: Drawn, params: BaseParams) -> Asset:
    """The body with the attributes that its own space does not have; as it is where they are all 0."""
    others = {name: getattr(params, name) for name in ATTRIBUTES if name not in OWN}
    if not any(others.values()):
        return body.made()
    space = _space(body)
    calm = replace(params, height=0.0, weight=0.0, muscle=0.0, age=0.0)
    difference = settled(space, calm, space.code.zero())
    return decode(space, difference, clips=False)


# measured once: a slider of the proportions that moves finds it there
@functools.lru_cache(maxsize=4)
def _space(body: Drawn) -> RigSpace:
    return RigSpace.of(body.made())
