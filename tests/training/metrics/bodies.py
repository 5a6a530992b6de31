# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain rigged bodies for tests: a tube of rings on a chain of joints, and boxes."""

from __future__ import annotations

import numpy as np

from maquette.core.asset import Asset, Clip, Material, Mesh, Rig, Skin


def tube(name: str = "tube", rings: int = 13, sides: int = 8, radius: float = 0.1, height: float = 1.0) -> Mesh:
    """A closed tube along z, from 0 to `height`, quads along it and one polygon at each end."""
    angles = 2 * np.pi * np.arange(sides) / sides
    ring = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
    levels = np.linspace(0, height, rings)
    positions = np.concatenate([np.c_[ring, np.full(sides, z)] for z in levels]).astype(np.float32)
    faces = [
        [r * sides + s, r * sides + (s + 1) % sides, (r + 1) * sides + (s + 1) % sides, (r + 1) * sides + s]
        for r in range(rings - 1)
        for s in range(sides)
    ]
    caps = [list(range(sides))[::-1], [(rings - 1) * sides + s for s in range(sides)]]
    return mesh_of(name, positions, [*faces, *caps])


def box(name: str, centre: tuple[float, float, float], size: tuple[float, float, float]) -> Mesh:
    """A closed box of six quads."""
    unit = np.array([[x, y, z] for z in (-0.5, 0.5) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])
    faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    return mesh_of(name, (np.array(centre) + unit * np.array(size)).astype(np.float32), faces)


def mesh_of(name: str, positions: np.ndarray, faces: list[list[int]]) -> Mesh:
    starts = np.cumsum([0, *(len(face) for face in faces)]).astype(np.int32)
    corners = np.concatenate([np.array(face, np.int32) for face in faces])
    material = np.zeros(len(faces), np.int32)
    return Mesh(name, positions, corners, starts, material, ("skin",))


def rigged(meshes: tuple[Mesh, ...], joints: int = 3, height: float = 1.0, clip: bool = True) -> Asset:
    """The meshes on a chain of joints along z, each vertex on the two joints around it; a clip that bends them."""
    places = np.linspace(0, height, joints + 1)[:-1]
    rest = np.tile(np.eye(4, dtype=np.float32), (joints, 1, 1))
    rest[:, 2, 3] = places
    parents = np.arange(-1, joints - 1, dtype=np.int32)
    names = tuple(f"bone_{number}" for number in range(joints))
    rig = Rig(names, parents, rest, tuple(_skin(mesh, places, height) for mesh in meshes))
    material = Material("skin", {"albedo": np.full((1, 1, 3), 0.6, np.float32)}, (0.0, 0.0), 0.0)
    return Asset("body", (material,), meshes, rig, (bend(rig),) if clip else ())


def _skin(mesh: Mesh, places: np.ndarray, height: float) -> Skin:
    along = np.clip(mesh.positions[:, 2] / height * len(places) - 0.5, 0, len(places) - 1)
    lower = np.minimum(along.astype(int), max(len(places) - 2, 0))
    upper = np.minimum(lower + 1, len(places) - 1)
    share = (along - lower).astype(np.float32)
    indices = np.stack([lower, upper], axis=1).astype(np.int32)
    return Skin(mesh.name, indices, np.stack([1 - share, share], axis=1).astype(np.float32))


def bend(rig: Rig, frames: int = 5, angle: float = 0.6) -> Clip:
    """Every joint but the root turns around x, more from frame to frame."""
    count = len(rig.joints)
    turns = np.linspace(0, angle, frames) / 2
    rotations = np.zeros((frames, count, 4), np.float32)
    rotations[..., 0], rotations[:, 0, 0] = np.cos(turns)[:, None], 1
    rotations[:, 1:, 1] = np.sin(turns)[:, None]
    steps = np.diff(rig.rest_pose[:, :3, 3], axis=0, prepend=0)
    translations = np.broadcast_to(steps, (frames, count, 3)).astype(np.float32)
    return Clip("bend", np.arange(frames, dtype=np.float32) / 30, rotations, translations, np.ones_like(translations))
