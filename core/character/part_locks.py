# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a character that stay those of an earlier one, to the vertex, up to where their parent bone puts them.

A locked part's joints keep their places to each other and its skin its shape in their frame; what hangs on it moves to
where it ends. Skin that other bones share goes over from the one to the other by its weights. First the numbers of the
code are taken over, so that the skin beside fits. Shape letters: V vertices of a mesh, J joints, D numbers of a code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..asset import Asset, Mesh
from ..codec import show
from ..errors import InputError
from .bones import Bones
from .params import LOCKED_PARTS
from .rig_space import RigSpace
from .shape_code import CodeParts
from .surface import joint_weights

# the bones of each part, by what their names hold
PARTS = {
    "head": ("head", "neck"),
    "body": ("hips", "spine", "chest"),
    "arms": ("upper_arm", "lower_arm"),
    "hands": ("hand",),
    "legs": ("upper_leg", "lower_leg"),
    "feet": ("foot",),
}
# of skeletons without canonical names
OTHERS = {
    "head": ("head", "neck", "ear", "jaw", "mouth"),
    "body": ("body", "torso", "spine", "back", "chest", "hips"),
    "arms": ("arm", "wing", "fin", "front"),
    "hands": ("hand", "palm", "finger"),
    "legs": ("leg",),
    "feet": ("foot", "paw", "toe"),
}


def bones_of(bones: Bones, part: str) -> np.ndarray:
    """(B,) bool: the bones of a part."""
    stems = (PARTS if bones.is_humanoid else OTHERS)[part]
    return np.array([any(stem in name.lower() for stem in stems) for name in bones.names])


@dataclass(frozen=True)
class Placing:
    """Where joints go: `matrices` (J, 4, 4) float64 move what hangs on a joint from `of` it, the number of the kept
    character (-1 the new one), to its place; `rest` (J, 4, 4) are the joints' own places then."""

    of: np.ndarray
    matrices: np.ndarray
    rest: np.ndarray


def with_kept_numbers(difference: torch.Tensor, space: RigSpace, kept: Mapping[str, RigSpace]) -> torch.Tensor:
    """(D,) the difference with the locked parts' numbers, whatever height they are a share of."""
    result = difference.clone()
    for part, own in kept.items():
        if part not in LOCKED_PARTS or own.code.bones != space.code.bones:
            continue
        theirs = space.code.difference_to(own.code)
        taller = theirs[0] - result[0]
        which = torch.from_numpy(bones_of(space.bones, part))
        here, there = CodeParts.of(result), CodeParts.of(theirs)
        for name in ("lengths", "offsets", "radii"):
            getattr(here, name)[which] = getattr(there, name)[which] + taller
    return result


def locked(made: Asset, bones: Bones, kept: Mapping[str, Asset]) -> Asset:
    """The character with its locked parts those of the `kept` ones, which passed `check_kept`."""
    assert made.rig is not None
    sources = list(kept.values())
    placing = _placing(made, bones, list(kept.items()))
    whole = {part.removeprefix("mesh "): n for n, part in enumerate(kept) if part not in LOCKED_PARTS}
    meshes = []
    for mesh, (joints, weights) in zip(made.meshes, joint_weights(made), strict=True):
        same = [_same(source, mesh) for source in sources]
        if mesh.name in whole:
            # a thing of its own stays whole on the joint that carries most of it
            holder = int(np.bincount(joints.ravel(), weights.ravel()).argmax())
            source = sources[whole[mesh.name]]
            assert source.rig is not None
            matrix = placing.rest[holder] @ np.linalg.inv(source.rig.rest_pose[holder].astype(np.float64))
            meshes.append(_rigid(same[whole[mesh.name]] or mesh, matrix))
        else:
            meshes.append(_moved(mesh, same, placing, joints, weights))
    lowest = [min(float(m.positions[:, 2].min()) for m in some if len(m.positions)) for some in (made.meshes, meshes)]
    return _raised(replace(made, meshes=tuple(meshes)), placing.rest, lowest[0] - lowest[1])


def _placing(made: Asset, bones: Bones, kept: Sequence[tuple[str, Asset]]) -> Placing:
    rig = made.rig
    assert rig is not None
    count = len(rig.joints)
    of = np.full(count, -1)
    for number, (part, _) in enumerate(kept):
        if part in LOCKED_PARTS:
            of[_joints_of(bones, part)] = number
    rests = [np.asarray(own.rig.rest_pose, np.float64) for _, own in kept if own.rig is not None]
    new = rig.rest_pose.astype(np.float64)
    matrices, rest = np.tile(np.eye(4), (count, 1, 1)), new.copy()
    above = _above(bones, rig.parents)
    for joint in _downwards(above):
        up = int(above[joint])
        target = new[joint].copy()
        if up >= 0:
            # it begins where what it hangs on has it
            start = rests[of[up]][joint] if of[up] >= 0 else new[joint]
            target[:3, :3] = (matrices[up] @ new[joint])[:3, :3] if of[up] < 0 else target[:3, :3]
            target[:3, 3] = (matrices[up] @ start)[:3, 3]
        own = rests[of[joint]] if of[joint] >= 0 else new
        if up >= 0 and of[up] == of[joint]:
            matrices[joint] = matrices[up]
            target = matrices[up] @ own[joint]
        else:
            matrices[joint] = target @ np.linalg.inv(own[joint])
        rest[joint] = target
    return Placing(of, matrices, rest)


def _joints_of(bones: Bones, part: str) -> np.ndarray:
    """(n,) the rig's joints that belong to a part's bones: fingers to hands, toes to feet."""
    own = bones_of(bones, part)
    of_joint = bones.bone_of_joint
    return np.flatnonzero((of_joint >= 0) & own[np.maximum(of_joint, 0)])


def _above(bones: Bones, parents: np.ndarray) -> np.ndarray:
    """(J,) what each joint hangs on: as bones do, though a rig may hang feet on its root; -1 for the first."""
    above = parents.astype(np.int64).copy()
    for bone, joint in enumerate(bones.joints):
        parent = bones.parents[bone]
        if joint >= 0 and parent >= 0 and bones.joints[parent] >= 0:
            above[joint] = bones.joints[parent]
    for joint in range(len(above)):
        # a rig that hangs the other way round
        if joint in _chain(above, joint):
            above[joint] = parents[joint]
    return above


def _chain(above: np.ndarray, joint: int) -> list[int]:
    found: list[int] = []
    while (joint := int(above[joint])) >= 0 and joint not in found:
        found.append(joint)
    return found


def _downwards(above: np.ndarray) -> list[int]:
    """All joints, each after what it hangs on."""
    return sorted(range(len(above)), key=lambda joint: (len(_chain(above, joint)), joint))


def _moved(mesh: Mesh, same: Sequence[Mesh | None], placing: Placing, joints: np.ndarray, weights: np.ndarray) -> Mesh:
    """The mesh with each vertex where its joints put it: those of a locked part from the kept mesh."""
    if not len(mesh.positions):
        return mesh
    shares = weights.astype(np.float64) / np.maximum(weights.sum(1, keepdims=True), 1e-9)

    def placed(get: str, key: str = "") -> np.ndarray:
        total = np.zeros((len(mesh.positions), 3))
        for column in range(joints.shape[1]):
            joint = joints[:, column]
            for number in np.unique(placing.of[joint]):
                here = np.flatnonzero((placing.of[joint] == number) & (shares[:, column] > 0))
                source = mesh if number < 0 else same[number] or mesh
                points = source.positions if get == "positions" else source.shape_keys.get(key, mesh.shape_keys[key])
                matrices = placing.matrices[joint[here]]
                there = np.einsum("nij,nj->ni", matrices[:, :3, :3], points[here]) + matrices[:, :3, 3]
                total[here] += shares[here, column, None] * there
        return total

    keys = {name: placed("keys", name).astype(np.float32) for name in mesh.shape_keys}
    positions = placed("positions").astype(np.float32)
    return replace(mesh, positions=positions, shape_keys=keys, normals=_normals(mesh, same, placing, joints, shares))


def _normals(
    mesh: Mesh, same: Sequence[Mesh | None], placing: Placing, joints: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """The normals of the joint that holds each vertex most."""
    if not len(mesh.normals):
        return mesh.normals
    most = np.take_along_axis(joints, shares.argmax(1)[:, None], 1)[:, 0][mesh.corners]
    normals = mesh.normals.copy()
    for number in np.unique(placing.of[most]):
        source = None if number < 0 else same[number]
        if source is not None and len(source.normals) == len(normals):
            here = placing.of[most] == number
            normals[here] = source.normals[here]
    turned: np.ndarray = np.einsum("nij,nj->ni", placing.matrices[most][:, :3, :3], normals).astype(np.float32)
    return turned


def _rigid(mesh: Mesh, matrix: np.ndarray) -> Mesh:
    def placed(points: np.ndarray) -> np.ndarray:
        return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3], np.float32)

    normals = (mesh.normals @ matrix[:3, :3].T).astype(np.float32) if len(mesh.normals) else mesh.normals
    keys = {name: placed(key) for name, key in mesh.shape_keys.items()}
    return replace(mesh, positions=placed(mesh.positions), shape_keys=keys, normals=normals)


def _raised(asset: Asset, rest: np.ndarray, up: float) -> Asset:
    """The character moved up by metres, so that it stands where it stood."""
    assert asset.rig is not None
    shift = np.array([0, 0, up])
    meshes = tuple(
        replace(
            mesh,
            positions=(mesh.positions + shift).astype(np.float32),
            shape_keys={name: (key + shift).astype(np.float32) for name, key in mesh.shape_keys.items()},
        )
        for mesh in asset.meshes
    )
    rest = rest.copy()
    rest[:, :3, 3] += shift
    return replace(asset, meshes=meshes, rig=replace(asset.rig, rest_pose=rest.astype(np.float32)))


def _same(source: Asset, mesh: Mesh) -> Mesh | None:
    """The kept character's mesh of that name, where it has the same vertices."""
    found = next((one for one in source.meshes if one.name == mesh.name), None)
    return found if found is not None and len(found.positions) == len(mesh.positions) else None


def check_kept(made: Asset, kept: Mapping[str, Asset]) -> None:
    """Raise InputError unless the `kept` characters differ from this one in shape alone, where they are kept."""
    for part, source in kept.items():
        _check(made, source, part)


def _check(made: Asset, source: Asset, part: str) -> None:
    assert made.rig is not None
    name = part.removeprefix("mesh ")
    if part not in LOCKED_PARTS and name not in [mesh.name for mesh in made.meshes]:
        names = ", ".join(mesh.name for mesh in made.meshes[:20])
        raise InputError(f"There is no mesh {show(name)} to lock. There is: {names}.")
    wanted = [mesh for mesh in made.meshes if part in LOCKED_PARTS or mesh.name == name]
    if source.rig is None or source.rig.joints != made.rig.joints or any(_same(source, m) is None for m in wanted):
        raise InputError(
            f"The character whose {part} is kept has another skeleton or other meshes than this one. "
            "Lock the parts of one that was made from the same character."
        )
