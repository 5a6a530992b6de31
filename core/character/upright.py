# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands a character as all others stand: in metres, facing -Y.

Files tell their unit wrongly often enough: what is higher than a house was made in centimetres. Where a character faces
is told by its left and right joints; it is turned by quarter turns, as files are off by those.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..asset import Asset, Clip, Mesh, Rig
from .joint_names import LEFT, RIGHT, parse
from .skeleton import is_humanoid, map_joints

TALLEST_M = 30.0
CENTIMETRE = 0.01
HALF = 2


def height_of(asset: Asset) -> float:
    """From the lowest to the highest vertex, metres."""
    heights = np.concatenate([mesh.positions[:, 2] for mesh in asset.meshes])
    return float(np.ptp(heights)) if len(heights) else 0.0


def standing(asset: Asset) -> tuple[Asset, tuple[str, ...]]:
    """The character in metres facing -Y, and a sentence for each thing that was changed."""
    said = []
    height = height_of(asset)
    scale = CENTIMETRE if height > TALLEST_M else 1.0
    if scale != 1:
        said.append(f"It was {height:.0f} m high: its unit was taken as centimetres.")
    turns = quarter_turns(asset.rig) if asset.rig is not None else 0
    if turns == HALF and asset.rig is not None:
        # sides are mixed up more often than a character is turned about; a humanoid's are looked at more closely
        mapped = map_joints(asset.rig.joints, asset.rig.parents, asset.rig.rest_pose)
        turns = HALF if is_humanoid(mapped) else 0
    if turns:
        said.append(f"It did not face the front and was turned by {turns * 90} degrees.")
    return (moved(asset, turns, scale) if said else asset), tuple(said)


def quarter_turns(rig: Rig) -> int:
    """How many quarter turns about +Z bring the character's left to +X, 0 where its joints do not tell."""
    names = [parse(joint) for joint in rig.joints]
    places = {(name.side, name.stem, name.number): rig.rest_pose[j, :3, 3] for j, name in enumerate(names)}
    across = [
        place - places[RIGHT, stem, number]
        for (side, stem, number), place in places.items()
        if side == LEFT and (RIGHT, stem, number) in places
    ]
    if not across:
        return 0
    left = np.sum(across, axis=0, dtype=np.float64)[:2]
    if np.linalg.norm(left) < 1e-6:
        return 0
    angle = np.arctan2(left[1], left[0])
    return int(-np.round(angle / (np.pi / 2))) % 4


def moved(asset: Asset, turns: int, scale: float) -> Asset:
    """The character turned by `turns` quarter turns about +Z and made `scale` times as large, clips along with it."""
    angle = turns * np.pi / 2
    turn = np.round([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    rig = asset.rig
    if rig is not None:
        rest = rig.rest_pose.astype(np.float64)
        rest[:, :3] = turn @ rest[:, :3]
        rest[:, :3, 3] *= scale
        rig = replace(rig, rest_pose=rest.astype(np.float32))
    roots = np.zeros(0, bool) if rig is None else rig.parents < 0
    return replace(
        asset,
        meshes=tuple(_moved_mesh(mesh, turn, scale) for mesh in asset.meshes),
        rig=rig,
        clips=tuple(_moved_clip(clip, roots, turn, angle, scale) for clip in asset.clips),
    )


def _moved_mesh(mesh: Mesh, turn: np.ndarray, scale: float) -> Mesh:
    def placed(points: np.ndarray) -> np.ndarray:
        result: np.ndarray = (points @ turn.T * scale).astype(np.float32)
        return result

    return replace(
        mesh,
        positions=placed(mesh.positions),
        shape_keys={name: placed(points) for name, points in mesh.shape_keys.items()},
        normals=(mesh.normals @ turn.T).astype(np.float32),
        levels=tuple(_moved_mesh(level, turn, scale) for level in mesh.levels),
    )


def _moved_clip(clip: Clip, roots: np.ndarray, turn: np.ndarray, angle: float, scale: float) -> Clip:
    """Only the roots turn; every joint's distance to its parent grows."""
    translations = clip.translations * np.float32(scale)
    translations[:, roots] = translations[:, roots] @ turn.T
    rotations = clip.rotations.copy()
    w, x, y, z = np.moveaxis(clip.rotations[:, roots], -1, 0)
    a, b = np.cos(angle / 2), np.sin(angle / 2)
    rotations[:, roots] = np.stack([a * w - b * z, a * x - b * y, a * y + b * x, a * z + b * w], axis=-1)
    return replace(clip, translations=translations.astype(np.float32), rotations=rotations.astype(np.float32))
