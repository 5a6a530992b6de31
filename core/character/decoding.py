# SPDX-License-Identifier: GPL-3.0-or-later
"""From a difference of codes to the character: the artist's own meshes, rig and clips, moved.

Shape letters: V vertices, C face corners, J joints.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from ..asset import Asset, Mesh
from .clip_fitting import Fit, Probes, fitted
from .field import Moved
from .rig_space import RigSpace
from .surface import joint_weights


def decode(
    space: RigSpace,
    difference: torch.Tensor,
    *,
    clips: bool = True,
    change: Callable[[Asset], Asset] = lambda made: made,
) -> Asset:
    """The character at `difference` (D,) from its own code; without `clips` it has none.

    `change` is done to its meshes and rig before clips are fitted to them.

    Topology, UVs, materials, skin weights, shape keys and names stay; normals and shape keys turn and stretch with the
    skin around them.
    """
    decoded = space.decode_many(difference[None].float())
    asset = space.asset
    assert asset.rig is not None
    bend = (decoded.scale[0] * bends(space, decoded.moved)).numpy()
    positions = decoded.positions[0].numpy()
    meshes = tuple(
        moved_mesh(mesh, positions[start : start + len(mesh.positions)], bend[start : start + len(mesh.positions)])
        for mesh, start in zip(asset.meshes, space.surface.starts, strict=False)
    )
    rest = asset.rig.rest_pose.copy()
    rest[:, :3, 3] = decoded.joints[0].numpy()
    made = change(replace(asset, meshes=meshes, rig=replace(asset.rig, rest_pose=rest), clips=()))
    if not clips or not asset.clips:
        return made
    assert made.rig is not None
    whole = np.concatenate([mesh.positions for mesh in made.meshes])
    fit = fit_of(space, made.rig.rest_pose, whole, float(decoded.legs[0]))
    return replace(made, clips=tuple(fitted(clip, fit) for clip in asset.clips))


def bends(space: RigSpace, moved: Moved) -> torch.Tensor:
    """(V, 3, 3) float32: how the skin at each vertex of the first character turns and stretches.

    The blend of the bones' own stretches, sum of w (g I + (s - g) d d^T); how g and w change from point to point is
    left out.
    """
    first = Moved(moved.heads[:1], moved.along[:1], moved.around[:1])
    around, along = (scales[..., 0] for scales in space.field.scales(space.vertices, first))
    directions = torch.from_numpy(space.bones.directions).float()
    # carried things stretch alike in every direction
    directions = torch.cat([directions, torch.zeros(len(first.heads[0]) - len(directions), 3)])
    own = directions[space.vertices.bones]
    bend = around.sum(1)[:, None, None] * torch.eye(3)
    for bone in range(own.shape[1]):
        direction = own[:, bone]
        bend += (along - around)[:, bone, None, None] * (direction[:, :, None] * direction[:, None])
    return bend


def moved_mesh(mesh: Mesh, positions: np.ndarray, bend: np.ndarray) -> Mesh:
    """The mesh at new positions (V, 3), its normals and shape keys turned by `bend` (V, 3, 3)."""
    keys = {
        name: (positions + np.einsum("vxy,vy->vx", bend, key - mesh.positions)).astype(np.float32)
        for name, key in mesh.shape_keys.items()
    }
    normals = _turned(mesh.normals, bend[mesh.corners]) if len(mesh.normals) else mesh.normals
    return replace(mesh, positions=positions.copy(), shape_keys=keys, normals=normals, levels=())


def _turned(normals: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Normals (C, 3) under `bend` (C, 3, 3): by the cofactor matrix, which is the inverse transpose up to length."""
    a, b, c = bend[:, 0], bend[:, 1], bend[:, 2]
    turned = np.stack(
        [np.einsum("cx,cx->c", rows, normals) for rows in (np.cross(b, c), np.cross(c, a), np.cross(a, b))],
        axis=1,
    )
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    return np.where(length > 1e-12, turned / np.maximum(length, 1e-12), normals).astype(np.float32)


def fit_of(space: RigSpace, rest: np.ndarray, positions: np.ndarray, legs: float) -> Fit:
    """How the rig changed when its rest poses became `rest` (J, 4, 4) and its skin `positions` (V, 3), for clips."""
    rig, bones = space.asset.rig, space.bones
    assert rig is not None
    ties = np.full(len(rig.joints), -1)
    for bone, joint in enumerate(bones.joints):
        above = bones.parents[bone]
        if joint >= 0 and above >= 0 and bones.joints[above] >= 0:
            ties[joint] = bones.joints[above]
    for joint, tie in enumerate(ties):
        # hung below the joint that it is tied to, or the other way round: then the clip decides
        if tie >= 0 and (joint in _upwards(int(tie), rig.parents) or tie in _upwards(joint, rig.parents)):
            ties[joint] = -1
    probes = _probes(space, positions)
    # a model may stand a little off the ground that its clips walk on
    near = abs(space.extent.ground) < 0.1 * space.extent.height
    ground = 0.0 if near else space.extent.ground
    return Fit(rig.parents, rig.rest_pose, rest, ties, probes, ground, legs, _mover(space))


def _upwards(joint: int, parents: np.ndarray) -> list[int]:
    """The joint and all above it."""
    found = [joint]
    while (joint := int(parents[joint])) >= 0:
        found.append(joint)
    return found


def _probes(space: RigSpace, positions: np.ndarray) -> Probes:
    """The vertices that stand out furthest around each joint, at most one for each of the 26 ways out of a cube."""
    ways = np.array([way for way in itertools.product((-1.0, 0.0, 1.0), repeat=3) if any(way)])
    parts = joint_weights(space.asset)
    kept = max(joints.shape[1] for joints, _ in parts)
    joints, weights = (
        np.concatenate([np.pad(pair[which], ((0, 0), (0, kept - pair[which].shape[1]))) for pair in parts])
        for which in (0, 1)
    )
    most = np.take_along_axis(joints, weights.argmax(axis=1)[:, None], axis=1)[:, 0]
    body = space.surface.body
    chosen = [
        own[(space.surface.positions[own] @ ways.T).argmax(axis=0)]
        for own in (np.flatnonzero((most == joint) & body) for joint in np.unique(most[body]))
    ]
    probes = np.unique(np.concatenate(chosen))
    return Probes(space.surface.positions[probes], positions[probes], joints[probes], weights[probes])


def _mover(space: RigSpace) -> int:
    """The joint that carries the body: the topmost one above the hips, or the hips, that is not at the ground."""
    rig = space.asset.rig
    assert rig is not None
    hips = int(space.bones.joints[0])
    if hips < 0:
        return 0
    chain = _upwards(hips, rig.parents)
    raised = [j for j in chain if space.places[j, 2] - space.extent.ground > 0.05 * space.extent.height]
    return raised[-1] if raised else hips
