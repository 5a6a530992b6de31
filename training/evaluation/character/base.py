# SPDX-License-Identifier: GPL-3.0-or-later
"""`base`: Maquette's own body, as a mesh and against bodies that it has not seen.

The truth about bodies and about how their skin moves is the parametric body of the training data. Letters: V vertices
of the shipped body without its eyeballs, J joints of the parametric rig.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from ....core.asset import Asset, Mesh
from ....core.character.base_model import BaseModel, load_base
from ....core.errors import EngineError, HostError, InputError
from ....core.files.blend import blender_command, run_blender
from ....core.models import SHIPPED, find_model
from ...character.body_template.skinning import posed, posed_joints, transferred, turns
from ...character.body_template.space import drawn
from ...character.body_template.template import Template, build_template
from ...data.parametric_body import ParametricBody
from ..study import training_folder
from .study import Study

NAMES = (
    "quad_share",
    "faces",
    "nonmanifold_edges",
    "asymmetry_m",
    "reconstruction_mm",
    "pose_error",
    "pose_error_bone_heat",
)
EXPECTED = tuple(f"base.{name}" for name in NAMES)
# another seed than the model's
UNSEEN_SEED, UNSEEN = 7, 96
HEAT_SCRIPT = Path(__file__).with_name("bone_heat.py")
X, Y, Z = np.eye(3)
# extreme poses: joint of the left side or the middle, axis, degrees; the right side does the same mirrored
POSES: tuple[dict[str, tuple[np.ndarray, float]], ...] = (
    {"upperarm_l": (Y, -70)},
    {"upperarm_l": (Z, -70), "lowerarm_l": (Z, -60)},
    {"thigh_l": (X, -80), "calf_l": (X, 90)},
    {"thigh_l": (Y, -50), "foot_l": (X, 30)},
    {"spine_01": (X, 30), "spine_02": (X, 25), "head": (Z, 50)},
    {"upperarm_l": (Y, 45), "hand_l": (X, 50), "index_01_l": (Y, 60), "middle_01_l": (Y, 60), "ring_01_l": (Y, 60)},
)


def evaluate(study: Study) -> None:
    """Takes up the figures `base.*`."""
    try:
        model = load_base(find_model("character", "base", SHIPPED))
    except InputError as error:
        return study.lack("base", str(error))
    made = model.body(np.zeros(model.num_coefficients, np.float32))
    study.give("base", mesh_figures(made.meshes[0]))
    try:
        body = ParametricBody.load(training_folder() / "characters" / "makehuman")
    except InputError as error:
        return study.lack("base", f"{error} Set MAQUETTE_DATA.")
    template, _ = build_template(body)
    study.give("base", {"reconstruction_mm": reconstruction_mm(model, template, body)})
    study.give("base", pose_figures(study, model, made, template, body))
    study.note(
        f"base: {UNSEEN} bodies of seed {UNSEEN_SEED}, on the template and as all coefficients keep them. Pose errors "
        f"are means over the vertices but the eyes' and {len(POSES)} poses, in % of the height, from where the "
        "parametric body's own weights at the closest points take them."
    )


def mesh_figures(mesh: Mesh) -> dict[str, float]:
    """Faces, the share of quads, edges that are not between two faces, and how far the two sides differ."""
    sizes = np.diff(mesh.face_starts)
    following = np.arange(len(mesh.corners)) + 1
    following[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    edges = np.sort(np.stack([mesh.corners, mesh.corners[following]], axis=1), axis=1)
    uses = np.unique(edges, axis=0, return_counts=True)[1]
    mirrored = mesh.positions * np.array([-1, 1, 1], np.float32)
    return {
        "quad_share": float((sizes == 4).mean()),
        "faces": float(len(sizes)),
        "nonmanifold_edges": float((uses != 2).sum()),
        "asymmetry_m": float(cKDTree(mesh.positions).query(mirrored)[0].max()),
    }


def reconstruction_mm(model: BaseModel, template: Template, body: ParametricBody) -> float:
    """Mean distance in mm between unseen bodies on the template and what the model's coefficients keep of them."""
    _, unseen, _, _ = drawn(template, body, np.random.default_rng(UNSEEN_SEED), UNSEEN)
    basis = model.tensors["basis"].astype(np.float64).reshape(model.num_coefficients, -1)
    away = (unseen - model.tensors["mean"]).reshape(UNSEEN, -1)
    kept = np.linalg.lstsq(basis.T, away.T, rcond=None)[0].T @ basis
    return float(np.linalg.norm((kept - away).reshape(UNSEEN, -1, 3), axis=2).mean() * 1000)


def pose_figures(
    study: Study, model: BaseModel, made: Asset, template: Template, body: ParametricBody
) -> dict[str, float]:
    """Pose errors of the shipped weights and of bone heat on the same mesh, joints and poses."""
    shown = np.flatnonzero(~model.tensors["eyeball"][model.tensors["twin"]])
    positions = made.meshes[0].positions[shown].astype(np.float64)
    truth, own = _truth(model, template, body)[shown], _shipped(made, body)[shown]
    joints, tails = model.tensors["joints"].astype(np.float64), model.tensors["tails"].astype(np.float64)
    moves = posed_joints(joints, body.parents, _turned(body.joints_names))
    height = float(np.ptp(positions[:, 2]))

    def error(weights: np.ndarray) -> float:
        gap = np.linalg.norm(posed(positions, weights, moves) - posed(positions, truth, moves), axis=2)
        return float(gap.mean() / height * 100)

    figures = {"pose_error": error(own)}
    quads = made.meshes[0].corners.reshape(-1, 4)
    place = np.full(len(made.meshes[0].positions), -1)
    place[shown] = np.arange(len(shown))
    quads = place[quads]
    try:
        heat = bone_heat(positions, quads[(quads >= 0).all(1)], joints, tails, body.parents)
        figures["pose_error_bone_heat"] = error(heat)
    except (HostError, EngineError) as reason:
        study.lack("base.pose_error_bone_heat", str(reason))
    return figures


def _truth(model: BaseModel, template: Template, body: ParametricBody) -> np.ndarray:
    """(V + eyes, J) the parametric body's own weights where the template lies on it; right as left."""
    half = transferred(template.binding, body)
    whole = half[model.tensors["twin"]]
    names = list(body.joints_names)
    across = [names.index(_mirrored(name)) for name in names]
    whole[len(half) :] = whole[len(half) :][:, across]
    return np.asarray(whole)


def _shipped(made: Asset, body: ParametricBody) -> np.ndarray:
    """(V + eyes, J) the shipped weights by the parametric rig's joints, which come first and in the same order."""
    assert made.rig is not None
    skin = made.rig.skins[0]
    weights = np.zeros((len(skin.weights), len(made.rig.joints)))
    np.add.at(weights, (np.arange(len(weights))[:, None], skin.joint_indices), skin.weights)
    return weights[:, : len(body.joints_names)]


def bone_heat(
    positions: np.ndarray, quads: np.ndarray, joints: np.ndarray, tails: np.ndarray, parents: np.ndarray
) -> np.ndarray:
    """(V, J) Blender's automatic weights, rows that sum to 1; vertices left without hang on the root."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, positions=positions, quads=quads, heads=joints, tails=tails, parents=parents)
        said = run_blender([*blender_command(HEAT_SCRIPT, "Bone heat"), "--", str(source), str(result)], lambda: None)
        if not result.is_file():
            raise EngineError(f"Blender found no bone heat. It said: {said}")
        with np.load(result, allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float64)
    weights[weights.sum(1) < 1e-6, 0] = 1
    return np.asarray(weights / weights.sum(1, keepdims=True))


def _turned(names: tuple[str, ...]) -> np.ndarray:
    """(6, J, 3, 3) the poses' rotations, both sides."""
    local = np.tile(np.eye(3), (len(POSES), len(names), 1, 1))
    for number, pose in enumerate(POSES):
        for name, (axis, angle) in pose.items():
            turn = turns(axis, np.array(np.radians(angle)))
            local[number, names.index(name)] = turn
            if name.endswith("_l"):
                flip = np.diag([-1.0, 1, 1])
                local[number, names.index(_mirrored(name))] = flip @ turn @ flip
    return local


def _mirrored(name: str) -> str:
    """The parametric rig's joint across the midline."""
    other = {"_l": "_r", "_r": "_l"}.get(name[-2:])
    return name[:-2] + other if other else name
