# SPDX-License-Identifier: GPL-3.0-or-later
"""The Asset: what every generator returns, as plain arrays with units.

Z up, metres, right-handed. One type for all generators: whoever builds a scene or a file takes the parts that are
there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Material:
    """A PBR material.

    `maps` by name (see `texture.maps`): `(H, W, C)` float32 in [0, 1], all of one size. `size_m` is the width and
    height of the tile, `height_m` the distance in metres between 0 and 1 of the height map.
    """

    name: str
    maps: dict[str, np.ndarray]
    size_m: tuple[float, float]
    height_m: float


@dataclass(frozen=True)
class Mesh:
    """A polygon mesh in metres.

    `positions` (V, 3) float32; `corners` (C,) int32 vertex of each face corner; `face_starts` (F + 1,) int32 first
    corner of each face, C last; `material_of_face` (F,) int32 into `materials`; `uvs` (C, 2) float32 by layer, v
    upwards; `shape_keys` (V, 3) float32 positions by name; `levels` coarser versions, finest first; `normals` (C, 3)
    float32 of unit length, (0, 3) where the faces are flat; `colors` (C, 4) float32 linear by name.
    """

    name: str
    positions: np.ndarray
    corners: np.ndarray
    face_starts: np.ndarray
    material_of_face: np.ndarray
    materials: tuple[str, ...] = ()
    uvs: dict[str, np.ndarray] = field(default_factory=dict)
    shape_keys: dict[str, np.ndarray] = field(default_factory=dict)
    levels: tuple[Mesh, ...] = ()
    normals: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    colors: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Skin:
    """Skin weights of the mesh named `mesh`: `joint_indices` (V, K) int32 into the rig's joints, `weights` (V, K)
    float32 in [0, 1], rows sum to 1."""

    mesh: str
    joint_indices: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Rig:
    """Joints, and the skin weights of each mesh that hangs on them.

    `parents` (J,) int32, -1 for a root, each below its own index; `rest_pose` (J, 4, 4) float32 joint to world,
    column vectors, rigid (a rotation and a place in metres): the pose in which the meshes' positions stand.
    """

    joints: tuple[str, ...]
    parents: np.ndarray
    rest_pose: np.ndarray
    skins: tuple[Skin, ...] = ()


@dataclass(frozen=True)
class Clip:
    """A motion for the rig: `times_s` (T,) float32; `rotations` (T, J, 4) float32 quaternions w x y z,
    `translations` (T, J, 3) float32 metres and `scales` (T, J, 3) float32, all relative to the parent joint."""

    name: str
    times_s: np.ndarray
    rotations: np.ndarray
    translations: np.ndarray
    scales: np.ndarray


@dataclass(frozen=True)
class Instances:
    """Copies of the mesh named `mesh`: `transforms` (N, 4, 4) float32 local to world, column vectors."""

    mesh: str
    transforms: np.ndarray


@dataclass(frozen=True)
class Element:
    """One building element: `polygon` (N, 2) float64 plan outline in metres, counter-clockwise, (0, 2) where it has
    none; `quantities` by name in SI units."""

    id: str
    ifc_class: str
    parent: str
    storey: str
    mesh: str
    polygon: np.ndarray
    quantities: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """One of several designs in an answer: its `meshes` by name and its `report`. `code` is what a Request carries to
    make this one alone, () where a plain rule made it for comparison."""

    name: str
    meshes: tuple[str, ...]
    report: dict[str, float] = field(default_factory=dict)
    code: tuple[float, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """Where an Asset came from: enough to make it again. No clock time, no machine name.

    `request` is the canonical Request (without paths), `device` the kind it ran on, `fallbacks` what the memory
    ladder did, which may change bytes.
    """

    maquette: str
    key: str
    method_version: int
    weights_sha256: str
    device: str
    request: dict[str, Any]
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asset:
    """What a generator made. `report` holds the numbers that the designer cares about, `code` is what a Request with
    the same params carries to make this one without chance, () where the method has no latent."""

    name: str
    materials: tuple[Material, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    rig: Rig | None = None
    clips: tuple[Clip, ...] = ()
    instances: tuple[Instances, ...] = ()
    elements: tuple[Element, ...] = ()
    options: tuple[Option, ...] = ()
    report: dict[str, float] = field(default_factory=dict)
    provenance: Provenance | None = None
    code: tuple[float, ...] = ()
