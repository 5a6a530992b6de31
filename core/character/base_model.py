# SPDX-License-Identifier: GPL-3.0-or-later
"""The base body as it was learned: its left half's mean and components, and how they become a rigged character.

The half is made and mirrored, so both sides are exact. Letters: H vertices of the half, V of the whole, K coefficients,
J joints; positions in metres, Z up, facing -Y.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np

from ..asset import Asset, Material, Mesh, Rig, Skin
from ..errors import InputError
from ..models import Model
from ..weights import load_weights
from .base_pose import mirrored_name, rest_pose

MESH_NAME = "body"
# albedo (sRGB), roughness: plain colours, to be replaced by materials of one's own
_LOOKS = {
    "skin": ((0.80, 0.62, 0.53), 0.55),
    "suit": ((0.27, 0.32, 0.38), 0.75),
    "boots": ((0.13, 0.12, 0.12), 0.6),
    "eye_white": ((0.92, 0.91, 0.89), 0.2),
    "iris": ((0.30, 0.22, 0.15), 0.2),
    "pupil": ((0.02, 0.02, 0.02), 0.1),
    "mouth": ((0.45, 0.18, 0.17), 0.5),
}
_SPREAD_LIMIT = 2.5


@dataclass(frozen=True)
class BaseModel:
    """What `base.safetensors` holds, as arrays; `joints` names those of the rig without the eyes."""

    tensors: dict[str, np.ndarray]
    joints: tuple[str, ...]
    materials: tuple[str, ...]
    sliders: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def load(cls, model: Model) -> BaseModel:
        """Read a model; weights of another kind are an InputError."""
        weights = load_weights(model.path)
        tensors = {name: tensor.numpy() for name, tensor in weights.tensors.items()}
        try:
            joints, materials = tuple(weights.config["joints"]), tuple(weights.config["materials"])
            tensors = {**tensors, "basis": tensors["basis"].astype(np.float32)}
        except KeyError as error:
            raise InputError("The model of the base body was made for another version. Make it again.") from error
        sliders = {n.removeprefix("slider_"): v for n, v in tensors.items() if n.startswith("slider_")}
        return cls(tensors, joints, materials, sliders)

    @property
    def num_coefficients(self) -> int:
        return len(self.tensors["basis"])

    def chance(self, seed: int) -> np.ndarray:
        """(K,) float64: what chance draws, in deviations, at most 2.5 of them."""
        drawn = np.random.default_rng(seed).standard_normal(self.num_coefficients)
        return np.clip(drawn, -_SPREAD_LIMIT, _SPREAD_LIMIT)

    def coefficients(self, sliders: dict[str, float], chance: np.ndarray, variety: float) -> np.ndarray:
        """(K,) float32: what the sliders say, and what `chance` (K,) in deviations says beside."""
        wanted = sum(value * self.sliders[name] for name, value in sliders.items())
        return np.asarray(variety * chance * self.tensors["spread"] + wanted, np.float32)

    def body(self, coefficients: np.ndarray) -> Asset:
        """The rigged character of these coefficients (K,): one mesh, soles on the ground, no clips."""
        half = self.tensors["mean"] + np.tensordot(coefficients, self.tensors["basis"], 1)
        joints = self.tensors["joints"] + np.tensordot(coefficients, self.tensors["joint_basis"], 1)
        tails = self.tensors["tails"] + np.tensordot(coefficients, self.tensors["tail_basis"], 1)
        ground = np.array([0, 0, half[:, 2].min()], np.float32)
        ball = half[self.tensors["eyeball"]]
        eye = (ball.min(0) + ball.max(0)) / 2
        positions = self._whole(half - ground)
        names, parents, rest = rest_pose(
            self.joints, self.tensors["parents"], joints - ground, tails - ground, eye - ground
        )
        mesh = self._mesh(positions)
        rig = Rig(names, parents, rest, (self._skin(names),))
        return Asset("body", materials=self._materials(), meshes=(mesh,), rig=rig)

    def _whole(self, half: np.ndarray) -> np.ndarray:
        twin = self.tensors["twin"]
        positions = half[twin].astype(np.float32)
        positions[len(half) :, 0] *= -1
        return np.asarray(positions)

    def _mesh(self, positions: np.ndarray) -> Mesh:
        quads = self.tensors["quads"]
        return Mesh(
            MESH_NAME,
            positions,
            quads.reshape(-1).astype(np.int32),
            np.arange(0, quads.size + 1, 4, dtype=np.int32),
            self.tensors["material_of_face"].astype(np.int32),
            self.materials,
            uvs={"UVMap": self.tensors["uvs"].reshape(-1, 2)},
            normals=corner_normals(positions, quads),
        )

    def _skin(self, names: tuple[str, ...]) -> Skin:
        twin, half = self.tensors["twin"], len(self.tensors["mean"])
        # the half's eyeball hangs on the joint after the body's own: the left eye
        swap = np.array([names.index(mirrored_name(name)) for name in names])
        indices = self.tensors["joint_indices"][twin]
        indices[half:] = swap[indices[half:]]
        return Skin(MESH_NAME, indices.astype(np.int32), self.tensors["skin_weights"][twin].astype(np.float32))

    def _materials(self) -> tuple[Material, ...]:
        return tuple(_plain(name) for name in self.materials)


def corner_normals(positions: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """(C, 3) float32: smooth, faces weighted by area."""
    p = positions[quads]
    face = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
    normals = np.zeros_like(positions)
    for k in range(4):
        np.add.at(normals, quads[:, k], face)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return np.asarray(normals[quads.reshape(-1)], np.float32)


def _plain(name: str) -> Material:
    colour, rough = _LOOKS.get(name, ((0.5, 0.5, 0.5), 0.5))
    maps = {"albedo": colour, "roughness": (rough,), "metallic": (0.0,)}
    return Material(name, {n: np.array(v, np.float32).reshape(1, 1, -1) for n, v in maps.items()}, (0.0, 0.0), 0.0)


@functools.lru_cache(maxsize=2)
def load_base(model: Model) -> BaseModel:
    """The model, read once."""
    return BaseModel.load(model)
