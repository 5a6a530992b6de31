# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `base`: a new body of Maquette's own, with its own topology, UVs, skeleton and skin weights.

Height, weight, muscle, age and build move it in the space learned from drawn bodies; the proportions of head, limbs,
hands and torso and the stylisation move it in the space of its bones, as they move any other character.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..asset import Asset
from ..context import Context
from ..models import find_model
from ..request import Request
from .base_model import load_base
from .base_params import BaseParams
from .params import ATTRIBUTES
from .simplification import with_levels

OWN = ("height", "weight", "muscle", "age", "build")


def generate(request: Request, context: Context) -> Asset:
    """The body that the Request asks for; see `BaseParams`."""
    params = request.params
    assert isinstance(params, BaseParams)
    context.progress(0.0, "Reading the body")
    model = load_base(find_model("character", "base", params.model))
    sliders = {name: getattr(params, name) for name in OWN}
    random = np.random.default_rng(request.seed)
    made = model.body(model.coefficients(sliders, random, params.variety))
    context.progress(0.5, "Moving the skin")
    made = _in_proportion(made, params)
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


def _in_proportion(made: Asset, params: BaseParams) -> Asset:
    """The body with the attributes that its own space does not have; as it is where they are all 0."""
    others = {name: getattr(params, name) for name in ATTRIBUTES if name not in OWN}
    if not any(others.values()):
        return made
    from .character_request import settled
    from .decoding import decode
    from .rig_space import RigSpace

    space = RigSpace.of(made)
    calm = replace(params, height=0.0, weight=0.0, muscle=0.0, age=0.0)
    difference = settled(space, calm, space.code.zero())
    return decode(space, difference, clips=False)
