# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `variation`: a new member around one character, moved by chance and by attributes.

Chance moves groups of numbers of the code that belong together: a whole limb's length, its girth, the shape of a ring
of skin, both sides alike. Shape letters: D numbers of a code, B bones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from ..asset import Asset
from ..context import Context
from ..explore import Code
from ..request import Request
from .bones import Bones
from .character_request import finished, spaces_of
from .encoding import branches
from .given_code import difference_of, numbers_of
from .params import VariationParams
from .rig_space import RigSpace
from .shape_code import SECTORS, CodeParts, ShapeCode

# standard deviations of natural logarithms at variety 1
_SIZE, _LENGTH, _GIRTH, _SHAPE = 0.06, 0.12, 0.14, 0.08


def generate(request: Request, context: Context) -> Asset:
    """The character that the Request asks for; see `VariationParams`."""
    params = request.params
    assert isinstance(params, VariationParams)
    reference = request.references[0]
    (space,) = spaces_of(request.references, context)
    difference = _drawn(space, request.seed) if request.code is None else difference_of(request.code, space.code)
    made = finished(request, context, space, reference, params.variety * difference)
    return replace(made, code=numbers_of(difference))


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """Codes by chance, of full variety: consecutive seeds from the Request's on."""
    (space,) = spaces_of(request.references, context)
    return [numbers_of(_drawn(space, request.seed + number)) for number in range(count)]


def _drawn(space: RigSpace, seed: int) -> torch.Tensor:
    return drawn(space.code, space.bones, torch.Generator().manual_seed(seed))


def drawn(code: ShapeCode, bones: Bones, random: torch.Generator) -> torch.Tensor:
    """(D,) a difference of full variety."""
    difference = code.zero()
    parts = CodeParts.of(difference)
    groups = limbs(bones)
    count = int(groups.max()) + 1
    of_bone = torch.from_numpy(groups)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=random)

    parts.height.copy_(_SIZE * normal(1)[0])
    lengths, girths = _LENGTH * normal(count), _GIRTH * (0.7 * normal(count) + 0.7 * normal(1))
    parts.lengths.copy_(lengths[of_bone])
    # a limb begins on the skin of what it hangs on
    parts.offsets.copy_(girths[of_bone][torch.from_numpy(np.maximum(bones.parents, 0))])
    parts.offsets[torch.from_numpy(~branches(bones))] = 0.0
    # the front of a belly, the back of a head: round in front or behind, wide or narrow
    angle = torch.arange(SECTORS) * (2 * torch.pi / SECTORS)
    waves = torch.stack([angle.cos(), (2 * angle).cos()])
    shapes = _SHAPE * normal(count, 2) @ waves
    parts.radii.copy_((girths[:, None] + shapes)[of_bone][:, None])
    return difference


def limbs(bones: Bones) -> np.ndarray:
    """(B,) int64: bones that vary together: one limb's, and the same limb's of the other side."""
    groups: dict[str, int] = {}
    numbers = []
    for bone, name in enumerate(bones.names):
        stem = _stem(name, bones)
        numbers.append(groups.setdefault(stem or f"bone {bone}", len(groups)))
    return np.array(numbers, np.int64)


def _stem(name: str, bones: Bones) -> str:
    """What a bone shares with those that it varies with."""
    if not bones.is_humanoid:
        plain = name.lower()
        for side in (".l", ".r", "_l", "_r", "left", "right"):
            plain = plain.replace(side, "")
        return plain.rstrip("0123456789. _")
    part = name.removeprefix("left_").removeprefix("right_")
    return {"hips": "torso", "spine": "torso", "chest": "torso"}.get(
        part, part.replace("upper_", "").replace("lower_", "")
    )
