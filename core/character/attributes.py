# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes: sliders that move what they name on any humanoid, and little else.

Each attribute wants its measure (see `measures`) moved by a number of population standard deviations and all others
left. A few directions of the code, one for each, are combined so that the decoded character measures just that: damped
Gauss-Newton steps on the measures of the character at hand. Head, torso and legs share the height, so that they trade:
longer legs take of the torso, a longer torso of the legs, a larger head of both.

Age is a proxy: years take from the limbs and add to the trunk. Stylisation is a mixture: towards a toy's large head and
hands on short legs and arms. Shape letters: D numbers of a code, E directions, M measures.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

import numpy as np
import torch

from ..codec import show
from ..errors import InputError
from .bones import HUMANOID_BONES, Bones
from .measures import ARMS, DEVIATIONS, FEET, HANDS, LEGS, MEASURES, TRUNK, UPPER_ARMS, WAIST, Probe
from .rig_space import RigSpace
from .shape_code import CodeParts, code_length

# how many standard deviations of its measure a slider moves from the middle to its end
REACH = {
    "height": 1.5,
    "weight": 1.0,
    "muscle": 0.9,
    "age": 0.7,
    "head": 0.6,
    "arms": 0.8,
    "legs": 0.5,
    "hands": 0.8,
    "torso": 0.9,
}
# what stylisation is made of, in shares of the sliders that it moves
STYLISATION = {"head": 1.2, "hands": 0.7, "arms": -0.5, "legs": -0.8}
# attributes that a character without a humanoid's skeleton has too
ANYONES = ("height", "weight", "head", "legs")
_STEPS = 3
_PROBING = 0.05
_DAMPING = 0.05
_STRIDE = 0.6
_GRAIN = 2.0**14
_OWN_REACH = {"weight": 0.25, "head": 0.3, "legs": 0.25}


def moved_by_attributes(space: RigSpace, base: torch.Tensor, wanted: Mapping[str, float]) -> torch.Tensor:
    """(D,) the difference `base` (D,) with the attributes moved as `wanted`, each in [-1, 1] from where `base` is.

    An attribute that this skeleton cannot have is an InputError.
    """
    wanted = {name: value for name, value in wanted.items() if value}
    if not wanted:
        return base
    if not space.bones.is_humanoid:
        return _moved_anyone(space, base, wanted)
    difference = base.clone()
    difference[0] += wanted.get("height", 0.0) * REACH["height"] * DEVIATIONS["height"]
    moves = _moves(wanted)
    if not any(moves.values()):
        return difference
    probe, directions = probe_of(space), _directions()
    deviations = torch.tensor([DEVIATIONS[name] for name in MEASURES])
    goal = _goal(probe.measured(difference[None])[0], moves) / deviations
    weights = torch.zeros(len(directions))
    for _ in range(_STEPS):
        tried = weights + torch.cat([torch.zeros(1, len(directions)), _PROBING * torch.eye(len(directions))])
        # products of matrices add up in an order that hangs on where memory lies
        moved = difference + (tried[:, :, None] * directions).sum(1)
        measured = (probe.measured(moved) / deviations).double()
        slopes = (measured[1:] - measured[0]).T / _PROBING
        # the height is exact already
        rows = torch.cat([slopes[1:], _DAMPING * torch.eye(len(directions), dtype=torch.float64)])
        missing = torch.cat([(goal - measured[0])[1:], -_DAMPING * weights.double()])
        step = torch.linalg.lstsq(rows, missing[:, None]).solution[:, 0].clamp(-_STRIDE, _STRIDE)
        weights = weights + step.float()
    # rounded, as sums that differ in their last bits would move every vertex by a bit
    shares = (weights * _GRAIN).round() / _GRAIN
    return difference + (shares[:, None] * directions).sum(0)


@functools.lru_cache(maxsize=16)
def probe_of(space: RigSpace) -> Probe:
    """The character's probe, made once."""
    return Probe.of(space)


def _moves(wanted: Mapping[str, float]) -> dict[str, float]:
    """By how much (natural logarithm) each measure shall change; the height counts apart."""
    moves = dict.fromkeys(MEASURES, 0.0)
    for name, value in wanted.items():
        for measure, share in (STYLISATION if name == "stylisation" else {name: 1.0}).items():
            moves[measure] += value * share * REACH[measure] * DEVIATIONS[measure]
    return {**moves, "height": 0.0}


def _goal(measured: torch.Tensor, moves: Mapping[str, float]) -> torch.Tensor:
    """(M,) what the character shall measure, given what it does: head, torso and legs still sum up to its height."""
    now = dict(zip(MEASURES, measured.tolist(), strict=True))
    goal = {name: now[name] + moves[name] for name in MEASURES}
    head, torso = math.exp(now["head"]), math.exp(now["torso"])
    both = torso * (1 + math.exp(now["legs"]))
    larger = min(head * math.exp(moves["head"]), head + 0.6 * both)
    rest = both + head - larger
    share = torso / both * math.exp(moves["torso"])
    ratio = (1 / min(share, 0.8) - 1) * math.exp(moves["legs"])
    goal |= {"head": math.log(larger), "legs": math.log(ratio), "torso": math.log(rest / (1 + ratio))}
    return torch.tensor([goal[name] for name in MEASURES])


@functools.cache
def _directions() -> torch.Tensor:
    """(E, D): the directions of the code that are combined, each by and large one measure's."""
    limbs = (*ARMS, *LEGS)
    return torch.stack(
        [
            _direction(radii={**dict.fromkeys((*TRUNK, *limbs), 1.0), "neck": 0.6, **dict.fromkeys(FEET, 0.3)}),
            _direction(
                radii={"chest": 1.0, **dict.fromkeys(UPPER_ARMS, 1.0), "neck": 0.5, **dict.fromkeys(WAIST, -0.6)},
                offsets=dict.fromkeys(UPPER_ARMS, 0.7),
            ),
            _direction(radii={**dict.fromkeys(TRUNK, 0.7), **dict.fromkeys(limbs, -0.7)}),
            _direction(lengths={"head": 1.0}, radii={"head": 1.0}),
            _direction(lengths=dict.fromkeys(ARMS, 1.0)),
            _direction(lengths=dict.fromkeys(LEGS, 1.0)),
            _direction(lengths=dict.fromkeys(HANDS, 1.0), radii=dict.fromkeys(HANDS, 1.0)),
            _direction(lengths=dict.fromkeys(TRUNK, 1.0)),
        ]
    )


def _direction(
    *,
    lengths: Mapping[str, float] | None = None,
    offsets: Mapping[str, float] | None = None,
    radii: Mapping[str, float] | None = None,
) -> torch.Tensor:
    direction = torch.zeros(code_length(len(HUMANOID_BONES)))
    parts = CodeParts.of(direction)
    for part, given in ((parts.lengths, lengths), (parts.offsets, offsets), (parts.radii, radii)):
        for name, value in (given or {}).items():
            part[HUMANOID_BONES.index(name)] = value
    return direction


def _moved_anyone(space: RigSpace, base: torch.Tensor, wanted: Mapping[str, float]) -> torch.Tensor:
    """What any skeleton can have: its height, its girth, a larger head, longer legs."""
    for name in wanted:
        if name not in ANYONES:
            raise InputError(
                f"'{space.asset.name}' is no humanoid, and {show(name)} needs one. "
                f"For others there is: {', '.join(ANYONES)}."
            )
    difference = base.clone()
    difference[0] += wanted.get("height", 0.0) * REACH["height"] * DEVIATIONS["height"]
    parts = CodeParts.of(difference)
    parts.radii.add_(wanted.get("weight", 0.0) * _OWN_REACH["weight"])
    for name, stem in (("head", "head"), ("legs", "leg")):
        if name in wanted:
            own = _named(space.bones, stem)
            if not own.any():
                raise InputError(f"'{space.asset.name}' has no bones named after {name}. Leave that attribute at 0.")
            parts.lengths[torch.from_numpy(own)] += wanted[name] * _OWN_REACH[name]
            if name == "head":
                parts.radii[torch.from_numpy(own)] += wanted[name] * _OWN_REACH[name]
    return difference


def _named(bones: Bones, stem: str) -> np.ndarray:
    """(B,) bool: bones whose name holds `stem`."""
    return np.array([stem in name.lower() for name in bones.names])
