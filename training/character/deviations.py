# SPDX-License-Identifier: GPL-3.0-or-later
"""Deviations of humanoid shape codes to learn from: of characters from the mean of their pack, and of natural bodies.

Shape letters: N deviations, D numbers of a code, B bodies, V vertices, J joints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from ...core.asset import Asset, Mesh, Rig, Skin
from ...core.character.bones import HUMANOID
from ...core.character.encoding import bone_lengths, encode
from ...core.character.prior import LENGTH
from ...core.character.rig_space import RigSpace, find_bones
from ...core.character.shape_code import ShapeCode
from ...core.errors import InputError
from ..data.character_folder import CharacterFile
from ..data.parametric_body import ParametricBody
from ..evaluation.study import training_folder

NUM_BODIES = 400
AT_ONCE = 20
INFLUENCES = 4


def codes_of(
    characters: Sequence[CharacterFile], heard: Callable[[str], None] = lambda text: None
) -> dict[str, ShapeCode]:
    """The codes of characters by name; `heard` is told what is being looked at. What has no code is left out."""
    codes = {}
    for character in characters:
        heard(f"Looking at {character.name}")
        try:
            codes[character.name] = RigSpace.of(character.read()).code
        except InputError:
            continue
    return codes


def pack_deviations(characters: Sequence[CharacterFile], codes: Mapping[str, ShapeCode]) -> dict[str, torch.Tensor]:
    """The deviation (D,) of each humanoid from the mean of its pack's families; packs of one family have none."""
    packs: dict[str, dict[str, dict[str, torch.Tensor]]] = {}
    for character in characters:
        code = codes.get(character.name)
        if code is not None and code.space == HUMANOID:
            members = packs.setdefault(character.pack, {}).setdefault(character.family, {})
            members[character.name] = code.values
    found: dict[str, torch.Tensor] = {}
    for families in packs.values():
        if len(families) > 1:
            mean = torch.stack([torch.stack(list(members.values())).mean(0) for members in families.values()]).mean(0)
            found |= {name: code - mean for members in families.values() for name, code in members.items()}
    return found


def stacked(deviations: Iterable[torch.Tensor]) -> torch.Tensor:
    """(N, D), also of none."""
    return torch.stack([torch.zeros(LENGTH), *deviations])[1:]


def find_parametric_body() -> ParametricBody | None:
    """The parametric body of the training data, None where it is not there."""
    folder = training_folder() / "characters" / "makehuman"
    return ParametricBody.load(folder) if folder.is_dir() else None


def body_deviations(body: ParametricBody, count: int = NUM_BODIES, seed: int = 0) -> torch.Tensor:
    """(N, D) deviations of drawn bodies from their mean.

    The points on the skin are the same on every body, so that only their places are measured anew.
    """
    random = np.random.default_rng(seed)
    first = as_character(body, body.sample(random, 1).targets)
    space = RigSpace.of(first)
    rows = []
    for start in range(0, count, AT_ONCE):
        targets = body.sample(random, min(AT_ONCE, count - start)).targets
        for positions, joints in zip(body.positions(targets), body.joints(targets), strict=True):
            rows.append(_code(space, first, positions, joints))
    codes = torch.stack(rows)
    return codes - codes.mean(0)


def _code(space: RigSpace, first: Asset, positions: np.ndarray, joints: np.ndarray) -> torch.Tensor:
    """(D,) the code of one body with the topology of the first."""
    assert first.rig is not None
    rest = first.rig.rest_pose.copy()
    rest[:, :3, 3] = joints
    moved = replace(
        first,
        meshes=(replace(first.meshes[0], positions=positions.astype(np.float32)),),
        rig=replace(first.rig, rest_pose=rest),
    )
    bones = find_bones(moved)
    places = np.einsum("sc,scx->sx", space.samples.shares, positions[space.samples.corners].astype(np.float64))
    samples = replace(space.samples, places=places)
    height = float(positions[space.extent.top, 2].max() - positions[space.extent.bottom, 2].min())
    return encode(samples, bones, bone_lengths(samples, bones, height), height).values


def as_character(body: ParametricBody, targets: np.ndarray) -> Asset:
    """The body of targets' weights (1, T) as a rigged character without materials."""
    positions, joints = body.positions(targets)[0], body.joints(targets)[0]
    corners = body.quads.ravel().astype(np.int32)
    starts = np.arange(0, len(corners) + 1, 4, dtype=np.int32)
    mesh = Mesh("body", positions.astype(np.float32), corners, starts, np.zeros(len(starts) - 1, np.int32))
    rest = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    rest[:, :3, 3] = joints
    order = np.argsort(-body.weights, axis=1, kind="stable")[:, :INFLUENCES]
    weights = np.take_along_axis(body.weights, order, axis=1)
    skin = Skin("body", order.astype(np.int32), (weights / weights.sum(1, keepdims=True)).astype(np.float32))
    return Asset("body", meshes=(mesh,), rig=Rig(body.joints_names, body.parents, rest, (skin,)))
