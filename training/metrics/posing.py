# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters in poses: linear blend skinning, poses out of their clips, and poses by chance where there are no clips.

Shape letters: J joints, V vertices, K influences of a vertex.
"""

from __future__ import annotations

import numpy as np

from ...core.asset import Asset, Clip, Rig, Skin

NUM_POSES = 6
# how far joints turn in poses by chance
ANGLE_DEG = 25.0


def poses(asset: Asset, count: int = NUM_POSES, seed: int = 0) -> list[tuple[str, int]]:
    """`count` (clip, frame) of an Asset, evenly over its clips, the first frames left out; none without clips."""
    clips = [clip for clip in asset.clips if len(clip.times_s) > 1]
    if not clips:
        return []
    random = np.random.default_rng(seed)
    chosen = [clips[int(place)] for place in np.linspace(0, len(clips) - 1, count).round()]
    return [(clip.name, int(random.integers(1, len(clip.times_s)))) for clip in chosen]


def clip_world(rig: Rig, clip: Clip, frame: int) -> np.ndarray:
    """(J, 4, 4) joint to world in one frame of a clip."""
    local = np.tile(np.eye(4), (len(rig.joints), 1, 1))
    local[:, :3, :3] = matrices(clip.rotations[frame]) * clip.scales[frame][:, None, :]
    local[:, :3, 3] = clip.translations[frame]
    return chained(rig.parents, local)


def random_world(rig: Rig, seed: int, angle_deg: float = ANGLE_DEG) -> np.ndarray:
    """(J, 4, 4) the rest pose with every joint but roots turned by chance; the same turns for the same seed."""
    random = np.random.default_rng(seed)
    turns = np.radians(angle_deg) * random.uniform(-1, 1, (len(rig.joints), 3)) / np.sqrt(3)
    turns[rig.parents < 0] = 0
    half = np.linalg.norm(turns, axis=1, keepdims=True) / 2
    quaternions = np.concatenate([np.cos(half), turns / 2 * np.sinc(half / np.pi)], axis=1)
    local = local_rest(rig)
    local[:, :3, :3] = local[:, :3, :3] @ matrices(quaternions)
    return chained(rig.parents, local)


def local_rest(rig: Rig) -> np.ndarray:
    """(J, 4, 4) rest matrices relative to the parent joint."""
    rest = rig.rest_pose.astype(np.float64)
    local = rest.copy()
    below = rig.parents >= 0
    local[below] = np.linalg.inv(rest[rig.parents[below]]) @ rest[below]
    return local


def chained(parents: np.ndarray, local: np.ndarray) -> np.ndarray:
    """(J, 4, 4) joint to world from matrices relative to the parent; parents come before their children."""
    world = local.copy()
    for joint, parent in enumerate(parents):
        if parent >= 0:
            world[joint] = world[parent] @ local[joint]
    return world


def posed(asset: Asset, world: np.ndarray) -> list[np.ndarray]:
    """The positions (V, 3) float64 of every mesh with the joints at `world`; meshes without a skin stay."""
    rig = asset.rig
    if rig is None:
        return [mesh.positions.astype(np.float64) for mesh in asset.meshes]
    moved = world @ np.linalg.inv(rig.rest_pose.astype(np.float64))
    skins = {skin.mesh: skin for skin in rig.skins}
    return [
        skinned(mesh.positions, skins[mesh.name], moved) if mesh.name in skins else mesh.positions.astype(np.float64)
        for mesh in asset.meshes
    ]


def skinned(positions: np.ndarray, skin: Skin, moved: np.ndarray) -> np.ndarray:
    """(V, 3): vertices moved by the weighted mean of their joints' matrices (J, 4, 4)."""
    blended = np.einsum("vk,vkij->vij", skin.weights.astype(np.float64), moved[skin.joint_indices])
    skinned: np.ndarray = np.einsum("vij,vj->vi", blended[:, :3, :3], positions) + blended[:, :3, 3]
    return skinned


def matrices(quaternions: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations of quaternions (..., 4), w x y z, of any length but 0."""
    w, x, y, z = np.moveaxis(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
