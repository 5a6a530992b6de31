# SPDX-License-Identifier: GPL-3.0-or-later
"""`base`: Maquette's own body as a mesh, against bodies that it has not seen, and how well its weights bend it.

The unseen bodies are drawn from the training data's parametric body with another seed. Shape letters: V vertices of the
base body, K coefficients, J joints, B bodies.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from ....core.asset import Asset, Rig, Skin
from ....core.character.skeleton import map_joints
from ....core.models import SHIPPED, find_model, models
from ...character.deviations import as_character, find_parametric_body
from ...data.parametric_body import MIDDLE, ParametricBody
from ...metrics.posing import chained, local_rest, matrices
from ...metrics.triangles import face_normals
from .study import Study

FIGURES = ("quad_share", "faces", "nonmanifold_edges", "asymmetry_m", "reconstruction_mm", "pose_error")
EXPECTED = (*(f"base.{name}" for name in FIGURES), "base.pose_error_bone_heat")
BODIES, SEED = 24, 4711
ROUNDS = 12
POSES, ANGLE_DEG = 6, 40.0
# a vertex further than this from all skin, in metres, has no place on the body: it is inside of the mouth or an eye
NEAR = 0.03


def evaluate(study: Study) -> None:
    """Takes up the figures `base.*`."""
    if find_spec("maquette.core.character.base_model") is None or not models("character", "base"):
        return study.lack("base", "This Maquette has no method 'base', or no weights of it.")
    from ....core.character.base_model import load_base

    model = load_base(find_model("character", "base", SHIPPED))
    middle = model.body(np.zeros(model.num_coefficients, np.float32))
    study.give("base", mesh_figures(middle))
    study.lack("base.pose_error_bone_heat", "It takes a Blender, which this evaluation does not start.")
    body = find_parametric_body()
    if body is None:
        for name in ("reconstruction_mm", "pose_error"):
            study.lack(f"base.{name}", "The parametric body is not here. Set MAQUETTE_DATA.")
        return
    found = study.tried("base: reconstruction", lambda: _reconstruction(study, model, body))
    study.give("base", {"reconstruction_mm": found})
    study.give("base", {"pose_error": study.tried("base: poses", lambda: pose_error(middle, body))})
    study.note(
        f"base: {BODIES} bodies of seed {SEED}; all coefficients fitted to each by closest points, the mean distance "
        "of the body's vertices from the skin that is left. pose_error: mean distance, in shares of the height, of the "
        f"vertices in {POSES} random poses (to {ANGLE_DEG:g} degrees a joint) under its own weights from those under "
        "the weights of the closest points of the parametric body."
    )


def mesh_figures(asset: Asset) -> dict[str, float]:
    """Faces, the share of quads, edges of more or less than two faces, and how far the two sides differ."""
    mesh = asset.meshes[0]
    sizes = np.diff(mesh.face_starts)
    following = np.arange(len(mesh.corners)) + 1
    following[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    edges = np.sort(np.stack([mesh.corners, mesh.corners[following]], axis=1), axis=1)
    uses = np.unique(edges, axis=0, return_counts=True)[1]
    mirrored = mesh.positions * np.array([-1, 1, 1], np.float32)
    return {
        "quad_share": float((sizes == 4).mean()),
        "faces": float(len(sizes)),
        "nonmanifold_edges": float((uses > 2).sum()),
        "boundary_edges": float((uses == 1).sum()),
        "asymmetry_m": float(cKDTree(mesh.positions).query(mirrored)[0].max()),
    }


def _reconstruction(study: Study, model: Any, body: ParametricBody) -> float:
    """Mean distance in mm over the bodies, each fitted anew."""
    targets = body.sample(np.random.default_rng(SEED), BODIES).targets
    errors = []
    for positions in study.in_time(body.positions(targets), 0.8, "base: bodies"):
        study.say("base: fitting a body")
        errors.append(fitted_error(model, body, positions))
    return float(np.mean(errors))


def fitted_error(model: Any, body: ParametricBody, target: np.ndarray) -> float:
    """Mean distance in mm of the base body from the skin `target` (V', 3), by alternating closest points and least
    squares in the coefficients and a shift."""
    skin = _Skin(body, target)
    count = model.num_coefficients
    at = [_unshifted(model, row) for row in np.concatenate([np.zeros((1, count)), np.eye(count)])]
    basis = np.stack([one - at[0] for one in at[1:]])
    coefficients, shift = np.zeros(count), np.zeros(3)
    distance = np.zeros(1)
    for _ in range(ROUNDS):
        points = at[0] + np.tensordot(coefficients, basis, 1) + shift
        nearest, normals, distance = skin.nearest(points)
        near = distance < NEAR
        # only the distance along the normal counts: points may slide along the skin
        rows = np.concatenate([np.einsum("kvx,vx->vk", basis, normals)[near], normals[near]], axis=1)
        aim = ((nearest - at[0]) * normals).sum(1)[near]
        calm = 1e-2 * np.sqrt(len(rows)) * 1e-3 * np.eye(rows.shape[1])
        solved = np.linalg.lstsq(np.concatenate([rows, calm]), np.concatenate([aim, np.zeros(len(calm))]), rcond=None)
        coefficients, shift = solved[0][:count], solved[0][count:]
    _, _, distance = skin.nearest(at[0] + np.tensordot(coefficients, basis, 1) + shift)
    return float(1000 * distance[distance < NEAR].mean())


def _unshifted(model: Any, coefficients: np.ndarray) -> np.ndarray:
    """(V, 3) the body's vertices before it is put on the ground: linear in the coefficients."""
    positions = model.body(coefficients.astype(np.float32)).meshes[0].positions
    tensors = model.tensors
    half = tensors["mean"] + np.tensordot(coefficients, tensors["basis"], 1)
    lifted: np.ndarray = positions + np.array([0, 0, half[:, 2].min()])
    return lifted.astype(np.float64)


class _Skin:
    """The surface of a parametric body, to find the nearest points on it."""

    def __init__(self, body: ParametricBody, positions: np.ndarray) -> None:
        quads = body.quads
        self._triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)
        self._positions = positions.astype(np.float64)
        normals = face_normals(self._positions, self._triangles)
        self._normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        self._tree = cKDTree(self._positions[self._triangles].mean(1))

    def nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(places (V, 3), unit normals (V, 3), distances (V,)) of the nearest of the 8 triangles around each point."""
        candidates = self._tree.query(points, k=8)[1]
        corners = self._positions[self._triangles[candidates]]
        places = _on_triangles(np.repeat(points[:, None], 8, 1), corners)
        apart = np.linalg.norm(places - points[:, None], axis=2)
        best = apart.argmin(1)
        rows = np.arange(len(points))
        return places[rows, best], self._normals[candidates[rows, best]], apart[rows, best]


def _on_triangles(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(V, k, 3) points of triangles (V, k, 3, 3) near to points (V, k, 3): the foot of the normal, its barycentric
    weights brought within the triangle."""
    a, b, c = corners[..., 0, :], corners[..., 1, :], corners[..., 2, :]
    side, other, offset = b - a, c - a, points - a
    d00, d01, d11 = (side * side).sum(-1), (side * other).sum(-1), (other * other).sum(-1)
    d20, d21 = (offset * side).sum(-1), (offset * other).sum(-1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-20)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    weights = np.clip(np.stack([1 - v - w, v, w], axis=-1), 0, None)
    weights /= np.maximum(weights.sum(-1, keepdims=True), 1e-12)
    return np.asarray((weights[..., None] * corners).sum(-2))


def pose_error(asset: Asset, body: ParametricBody) -> float:
    """Mean distance, in shares of the height, between the asset's vertices under its own weights and under those of
    the nearest vertices of the parametric body, in random poses of the joints that both have."""
    rig = asset.rig
    assert rig is not None
    middle = as_character(body, body.targets_of(MIDDLE[None]))
    assert middle.rig is not None
    theirs = map_joints(middle.rig.joints, middle.rig.parents, middle.rig.rest_pose)
    ours = map_joints(rig.joints, rig.parents, rig.rest_pose)
    positions = asset.meshes[0].positions.astype(np.float64)
    moved_height = float(np.ptp(positions[:, 2]))
    distance, nearest = cKDTree(middle.meshes[0].positions).query(positions)
    near = distance < NEAR
    canonical = [name for name in ours if name in theirs]
    own = _canonical_weights(rig, rig.skins[0], ours, canonical)
    truth = _canonical_weights(middle.rig, middle.rig.skins[0], theirs, canonical)[nearest]
    errors = []
    for number in range(POSES):
        moves = _moves(rig, number)[[ours[name] for name in canonical]]
        ends = [_bent(positions, weights, moves)[near] for weights in (own, truth)]
        errors.append(np.linalg.norm(ends[0] - ends[1], axis=1).mean() / moved_height)
    return float(np.mean(errors))


def _canonical_weights(rig: Rig, skin: Skin, mapped: dict[str, int], names: list[str]) -> np.ndarray:
    """(V, C) weights of the canonical joints; a joint that is none counts as the one above it."""
    column = {mapped[name]: number for number, name in enumerate(names)}
    of_joint = np.zeros(len(rig.joints), np.int64)
    for joint, parent in enumerate(rig.parents):
        of_joint[joint] = column.get(joint, of_joint[parent] if parent >= 0 else 0)
    weights = np.zeros((len(skin.weights), len(names)))
    for k in range(skin.weights.shape[1]):
        np.add.at(weights, (np.arange(len(weights)), of_joint[skin.joint_indices[:, k]]), skin.weights[:, k])
    return np.asarray(weights / np.maximum(weights.sum(1, keepdims=True), 1e-9))


def _moves(rig: Rig, seed: int) -> np.ndarray:
    """(J, 4, 4) how joints move what hangs on them in a random pose."""
    random = np.random.default_rng(seed)
    turns = np.radians(ANGLE_DEG) * random.uniform(-1, 1, (len(rig.joints), 3)) / np.sqrt(3)
    turns[rig.parents < 0] = 0
    half = np.linalg.norm(turns, axis=1, keepdims=True) / 2
    local = local_rest(rig)
    local[:, :3, :3] = local[:, :3, :3] @ matrices(np.concatenate([np.cos(half), turns / 2 * np.sinc(half / np.pi)], 1))
    return np.asarray(chained(rig.parents, local) @ np.linalg.inv(rig.rest_pose.astype(np.float64)))


def _bent(positions: np.ndarray, weights: np.ndarray, moves: np.ndarray) -> np.ndarray:
    blended = np.tensordot(weights, moves, 1)
    return np.asarray(np.einsum("vij,vj->vi", blended[:, :3, :3], positions) + blended[:, :3, 3])
