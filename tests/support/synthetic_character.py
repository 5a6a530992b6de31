# SPDX-License-Identifier: GPL-3.0-or-later
"""A rigged humanoid built in code: tubes around its bones, a head of its own that touches the neck, a sword, a walk.

Everything that real characters have and that deformation can break: UV seams that split vertices, parts that only
touch, a rigid prop, feet that hang on the root instead of the leg, a finger, a twist joint.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from maquette.core.asset import Asset, Clip, Material, Mesh, Rig, Skin

SECTORS = 12
# name, parent, place in metres
_TRUNK = (
    ("Root", "", (0, 0, 0)),
    ("Hips", "Root", (0, 0, 1.0)),
    ("Spine", "Hips", (0, 0, 1.12)),
    ("Chest", "Spine", (0, 0, 1.28)),
    ("Neck", "Chest", (0, 0, 1.5)),
    ("Head", "Neck", (0, 0, 1.58)),
)
_LIMBS = (
    ("Shoulder", "Chest", (0.05, 0, 1.45)),
    ("UpperArm", "Shoulder", (0.18, 0, 1.45)),
    ("LowerArm", "UpperArm", (0.45, 0, 1.45)),
    ("Hand", "LowerArm", (0.7, 0, 1.45)),
    ("Index1", "Hand", (0.79, 0, 1.45)),
    ("UpperLeg", "Hips", (0.1, 0, 0.95)),
    ("LowerLeg", "UpperLeg", (0.1, 0, 0.5)),
    ("Foot", "Root", (0.1, 0, 0.08)),
)


def synthetic_character(
    *, legs: float = 1.0, girth: float = 1.0, head: float = 1.0, size: float = 1.0, clips: bool = True
) -> Asset:
    """The character with legs, girth and head that many times as large, and all of it `size` times."""
    joints, parents, places = _skeleton(legs)
    at = dict(zip(joints, places, strict=True))
    body = [_tube(_chain(at, ["Hips", "Spine", "Chest", "Neck", "Head"], -0.08), 0.15 * girth, {"Neck": 0.5})]
    for side in (".L", ".R"):
        arm = [f"{part}{side}" for part in ("UpperArm", "LowerArm", "Hand")]
        body.append(_tube(_chain(at, [*arm, f"Index1{side}"], 0.0, 0.06), 0.05 * girth, {}))
        leg = [f"{part}{side}" for part in ("UpperLeg", "LowerLeg", "Foot")]
        body.append(_tube(_chain(at, leg, 0.0, 0.03), 0.07 * girth, {}))
        toe = at[f"Foot{side}"] + np.array([0, -0.16, -0.04])
        body.append(_tube([(f"Foot{side}", at[f"Foot{side}"] + np.array([0, 0.05, -0.04])), ("", toe)], 0.04, {}))
    neck = at["Head"]
    skull = [("Head", neck), ("Head", neck + np.array([0, 0, 0.12 * head])), ("", neck + np.array([0, 0, 0.24 * head]))]
    hand = at["Hand.R"] + np.array([-0.06, 0, 0])
    sword = [("Hand.R", hand + np.array([0, 0.1, 0])), ("", hand + np.array([0, -0.9, 0]))]
    parts = [
        _mesh("Body", body, joints, size),
        _mesh("Head", [_tube(skull, 0.11 * head, {}, start=0.075 * girth)], joints, size),
        _mesh("Sword", [_tube(sword, 0.02, {})], joints, size),
    ]
    rest = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    rest[:, :3, 3] = size * np.stack(places)
    rig = Rig(tuple(joints), parents, rest, tuple(skin for _, skin in parts))
    materials = (Material("Cloth", {"albedo": np.full((1, 1, 3), 0.5, np.float32)}, (0.0, 0.0), 0.0),)
    return Asset(
        "Synthetic", materials, tuple(mesh for mesh, _ in parts), rig, (_walk(rig, size * legs),) if clips else ()
    )


def _skeleton(legs: float) -> tuple[list[str], np.ndarray, list[np.ndarray]]:
    rows = [(name, parent, np.array(place, float)) for name, parent, place in _TRUNK]
    for sign, side in ((1, ".L"), (-1, ".R")):
        for name, parent, place in _LIMBS:
            sided = parent + (side if parent not in ("Chest", "Hips", "Root") else "")
            rows.append((name + side, sided, np.array(place, float) * np.array([sign, 1, 1])))
    joints = [name for name, _, _ in rows]
    parents = np.array([joints.index(parent) if parent else -1 for _, parent, _ in rows], np.int32)
    # longer legs lift all that is above them
    places = []
    for name, _, spot in rows:
        z = spot[2] * legs if name.startswith(("UpperLeg", "LowerLeg")) else spot[2] + (legs - 1) * 0.95
        z = spot[2] if name.startswith(("Root", "Foot")) else z
        places.append(np.array([spot[0], spot[1], z]))
    return joints, parents, places


def _chain(
    at: dict[str, np.ndarray], names: list[str], before: float, beyond: float = 0.0
) -> list[tuple[str, np.ndarray]]:
    """(joint, where its part of a tube begins) along joints; the last of them only ends it, or goes on `beyond`."""
    way = at[names[1]] - at[names[0]]
    chain = [(name, at[name]) for name in names]
    chain[0] = (names[0], at[names[0]] + before * way / np.linalg.norm(way))
    if beyond:
        last = at[names[-1]] - at[names[-2]]
        return [*chain, ("", at[names[-1]] + beyond * last / np.linalg.norm(last))]
    return [*chain[:-1], ("", chain[-1][1])]


def _tube(
    chain: list[tuple[str, np.ndarray]], radius: float, thinner: dict[str, float], start: float | None = None
) -> tuple[np.ndarray, list[dict[str, float]]]:
    """(rings (R, SECTORS + 1, 3), weights of each ring): the first vertex of a ring is there twice, as at a UV seam."""
    rings: list[np.ndarray] = []
    weights: list[dict[str, float]] = []
    angles = np.linspace(0, 2 * np.pi, SECTORS + 1)
    angles[-1] = 0.0
    for number, ((joint, begin), (following, end)) in enumerate(itertools.pairwise(chain)):
        way = end - begin
        hint = np.array([0.0, 1, 0]) if abs(way[1]) < 0.7 * np.linalg.norm(way) else np.array([0.0, 0, 1])
        side = np.cross(hint, way) / np.linalg.norm(np.cross(hint, way))
        up = np.cross(way, side) / np.linalg.norm(way)
        steps = np.linspace(0, 1, 7)[(0 if number == 0 else 1) :]
        for t in steps:
            wide = radius * (thinner.get(joint, 1.0) if t < 1 else thinner.get(following or joint, 1.0))
            if start is not None and number == 0 and t == 0:
                wide = start
            ring = np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * up
            rings.append(begin + t * way + wide * ring)
            share = max(0.0, (t - 0.7) / 0.6) if following else 0.0
            weights.append({joint: 1.0 - share, **({following: share} if share else {})})
    return np.stack(rings), weights


def _mesh(
    name: str, tubes: list[tuple[np.ndarray, list[dict[str, float]]]], joints: list[str], size: float
) -> tuple[Mesh, Skin]:
    positions, indices, shares, corners, uvs = [], [], [], [], []
    count = 0
    for rings, weights in tubes:
        around = rings.shape[1]
        positions.append(rings.reshape(-1, 3))
        for row in weights:
            named = [*row.items(), *[("Root", 0.0)] * (2 - len(row))]
            indices += [[joints.index(joint) for joint, _ in named]] * around
            shares += [[share for _, share in named]] * around
        for r in range(len(rings) - 1):
            for s in range(around - 1):
                quad = [(r, s), (r, s + 1), (r + 1, s + 1), (r + 1, s)]
                corners += [count + i * around + j for i, j in quad]
                uvs += [(j / (around - 1), i / (len(rings) - 1)) for i, j in quad]
        count += rings.shape[0] * around
    places = (size * np.concatenate(positions)).astype(np.float32)
    faces = len(corners) // 4
    mesh = Mesh(
        name,
        places,
        np.array(corners, np.int32),
        np.arange(faces + 1, dtype=np.int32) * 4,
        np.zeros(faces, np.int32),
        ("Cloth",),
        {"UVMap": np.array(uvs, np.float32)},
        {"Wide": (places * np.array([1.05, 1.05, 1.0])).astype(np.float32)} if name == "Head" else {},
    )
    return _with_normals(mesh), Skin(name, np.array(indices, np.int32), np.array(shares, np.float32))


def _with_normals(mesh: Mesh) -> Mesh:
    quads = mesh.positions[mesh.corners].reshape(-1, 4, 3)
    flat = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
    return replace(mesh, normals=np.repeat(flat, 4, axis=0).astype(np.float32))


def _walk(rig: Rig, stride: float) -> Clip:
    """A body that bobs, swings its legs and walks forwards; the feet, which hang on the root, go with the shins."""
    frames = 9
    phase = np.linspace(0, 2 * np.pi, frames)
    parents = rig.parents
    local = rig.rest_pose[:, :3, 3] - np.where((parents >= 0)[:, None], rig.rest_pose[parents, :3, 3], 0)
    translations = np.tile(local, (frames, 1, 1)).astype(np.float64)
    rotations = np.zeros((frames, len(parents), 4))
    rotations[..., 0] = 1
    for side, sign in ((".L", 1), (".R", -1)):
        angle = 0.4 * sign * np.sin(phase)
        leg, foot = rig.joints.index(f"UpperLeg{side}"), rig.joints.index(f"Foot{side}")
        rotations[:, leg, 0], rotations[:, leg, 1] = np.cos(angle / 2), np.sin(angle / 2)
        hip, length = rig.rest_pose[leg, :3, 3], rig.rest_pose[leg, 2, 3] - rig.rest_pose[foot, 2, 3]
        turned = np.stack([np.zeros(frames), length * np.sin(angle), -length * np.cos(angle)], axis=1)
        translations[:, foot] = hip + turned
        rotations[:, foot] = rotations[:, leg]
    root = rig.joints.index("Root")
    translations[:, root, 1] -= 0.1 * stride * phase
    return Clip(
        "Walk",
        np.linspace(0, 1, frames).astype(np.float32),
        rotations.astype(np.float32),
        translations.astype(np.float32),
        np.ones((frames, len(parents), 3), np.float32),
    )
