# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin weights of the template, learned from how the parametric body moves.

Each vertex gets at most four joints, smoothed between neighbours where the surface is fine, and their weights are those
that move it most like the parametric body's own weights do over random poses: least squares with weights that are not
negative and sum to 1.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from ...data.parametric_body import ParametricBody

NUM_WEIGHTS = 4
# own names of the parametric rig's joints
_NAMES = {
    "Root": "root",
    "pelvis": "hips",
    "spine_01": "spine",
    "spine_02": "chest",
    "spine_03": "upper_chest",
    "neck_01": "neck",
    "clavicle": "shoulder",
    "upperarm": "upper_arm",
    "lowerarm": "lower_arm",
    "thigh": "upper_leg",
    "calf": "lower_leg",
    "ball": "toes",
    "pinky": "little",
}


def own_name(joint: str) -> str:
    """ "upperarm_l" as "left_upper_arm", "index_01_r" as "right_index_1"."""
    if joint in _NAMES:
        return _NAMES[joint]
    parts = joint.split("_")
    side = {"l": "left_", "r": "right_"}.get(parts[-1], "")
    stem = _NAMES.get(parts[0], parts[0])
    number = f"_{int(parts[1])}" if len(parts) == 3 else ""
    return f"{side}{stem}{number}" if side else joint


def transferred(binding: sparse.csr_matrix, body: ParametricBody) -> np.ndarray:
    """(H, J) the parametric body's own weights where each vertex is bound."""
    weights = np.asarray(np.maximum(binding @ body.weights.astype(np.float64), 0))
    return np.asarray(weights / weights.sum(1, keepdims=True))


def random_turns(random: np.random.Generator, count: int, num_joints: int, spread: float = 0.6) -> np.ndarray:
    """(count, J, 3, 3) local rotations by angles of `spread` rad about random axes."""
    axis = random.standard_normal((count, num_joints, 3))
    axis /= np.linalg.norm(axis, axis=2, keepdims=True)
    angle = spread * random.standard_normal((count, num_joints))
    return turns(axis, angle)


def turns(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations about unit axes (..., 3) by angles (...) in rad (Rodrigues)."""
    zero = np.zeros_like(angle)
    x, y, z = np.moveaxis(axis, -1, 0)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*angle.shape, 3, 3)
    sine, cosine = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.asarray(np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross))


def posed_joints(joints: np.ndarray, parents: np.ndarray, local: np.ndarray) -> np.ndarray:
    """(P, J, 3, 4) how each joint moves points of the rest pose when turned by `local` (P, J, 3, 3) about itself."""
    moved = np.zeros((len(local), len(joints), 3, 4))
    for j, parent in enumerate(parents):
        own = np.concatenate([local[:, j], (joints[j] - local[:, j] @ joints[j])[..., None]], 2)
        if parent < 0:
            moved[:, j] = own
            continue
        up = moved[:, parent]
        moved[:, j, :, :3] = up[..., :3] @ own[..., :3]
        moved[:, j, :, 3] = (up[..., :3] @ own[..., 3:])[..., 0] + up[..., 3]
    return moved


def posed(points: np.ndarray, weights: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """(P, V, 3) points (V, 3) under linear blend skinning."""
    blended = np.einsum("vj,pjxy->pvxy", weights, moves, optimize=True)
    return np.asarray(np.einsum("pvxy,vy->pvx", blended[..., :3], points) + blended[..., 3])


def learned(
    points: np.ndarray, truth: np.ndarray, joints: np.ndarray, parents: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(indices (V, 4), weights (V, 4)) that move points most like `truth` (V, J) does."""
    order = np.argsort(-truth, axis=1, kind="stable")[:, :NUM_WEIGHTS]
    start = np.take_along_axis(truth, order, 1)
    start /= start.sum(1, keepdims=True)
    moves = posed_joints(joints, parents, random_turns(random, 24, len(joints)))
    aim = posed(points, truth, moves)
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], 1)
    # where each of the four joints alone would take the vertex, in all poses
    alone = np.einsum("pvkxy,vy->vkpx", moves[:, order], homogeneous, optimize=True).reshape(
        len(points), NUM_WEIGHTS, -1
    )
    goal = np.moveaxis(aim, 0, 1).reshape(len(points), 1, -1)
    relative = alone - goal
    gram = np.einsum("vkn,vln->vkl", relative, relative)
    step = 1 / np.maximum(np.trace(gram, axis1=1, axis2=2), 1e-12)[:, None]
    weights = start
    for _ in range(200):
        weights = on_simplex(weights - step * np.einsum("vkl,vl->vk", gram, weights))
    return order, weights


def even(indices: np.ndarray, weights: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the midline's vertices that pull alike to both sides; a joint whose twin has no place goes."""
    each = np.arange(len(indices))[:, None]
    full = np.zeros((len(indices), len(across)))
    np.add.at(full, (each, indices), weights)
    full = (full + full[:, across]) / 2
    kept = np.argsort(-full, axis=1, kind="stable")[:, :NUM_WEIGHTS]
    inside = np.zeros(full.shape, bool)
    inside[each, kept] = True
    full[~(inside & inside[:, across])] = 0
    full /= full.sum(1, keepdims=True)
    return kept, np.take_along_axis(full, kept, 1)


def on_simplex(values: np.ndarray) -> np.ndarray:
    """The nearest rows that are not negative and sum to 1 (Duchi et al. 2008)."""
    falling = -np.sort(-values, axis=1)
    excess = (np.cumsum(falling, 1) - 1) / np.arange(1, values.shape[1] + 1)
    last = (falling > excess).sum(1) - 1
    return np.asarray(np.maximum(values - np.take_along_axis(excess, last[:, None], 1), 0))
