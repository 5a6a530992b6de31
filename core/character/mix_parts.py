# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts characters into the parts that can be exchanged: head, body, legs, feet.

Packs that are made for it have a mesh for each part, which is taken whole. A mesh that holds head and body is cut at
the neck, along its faces, and the head is left a rim to go under the body; its legs are the body's. Shape letters: V
vertices, F faces, C face corners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..asset import Asset, Mesh, Skin
from .params import MIXED
from .parts import PARTS, part_of_mesh, part_of_vertices
from .smoothing import weld

HEAD, BODY, LEGS, FEET = range(len(MIXED))
_SLOT = {"head": 0, "hair": 0, "hat": 0, "body": 1, "arms": 1, "prop": 1, "legs": 2, "feet": 3}
# a mesh that holds this much of a second part is cut
_MUCH = 0.05
# how many rings of faces a cut head takes along, to go under the body
_RIM = 2


def slots_of(asset: Asset) -> list[np.ndarray]:
    """(F,) int64 for each mesh: which of MIXED each face belongs to."""
    of_parts = np.array([_SLOT[name] for name in PARTS])
    result = []
    for mesh, part, vertices in zip(asset.meshes, part_of_mesh(asset), part_of_vertices(asset), strict=True):
        slots = of_parts[vertices]
        shares = np.bincount(slots, minlength=len(MIXED)) / max(len(slots), 1)
        count = len(mesh.face_starts) - 1
        if shares[HEAD] < _MUCH or shares[HEAD] > 1 - _MUCH or _told_apart(asset):
            result.append(np.full(count, _SLOT[part]))
        else:
            result.append(_of_faces(mesh, np.minimum(slots, BODY)))
    return result


def _told_apart(asset: Asset) -> bool:
    """Whether the character's own meshes are its parts already."""
    slots = {_SLOT[part] for part in part_of_mesh(asset)}
    return {HEAD, BODY} <= slots


def _of_faces(mesh: Mesh, slots: np.ndarray) -> np.ndarray:
    """(F,): the lowest slot's number wins where a face's corners differ: a cut follows whole faces."""
    first = mesh.face_starts[:-1].astype(np.int64)
    found: np.ndarray = np.minimum.reduceat(slots[mesh.corners], first) if len(first) else np.zeros(0, np.int64)
    return found


@dataclass(frozen=True)
class Piece:
    """A part's mesh with its skin; `hidden` (V,) bool: the rim of a cut, which goes under another part; `ends`: whether
    it ends at other parts, as hair, hats and what is carried do not."""

    mesh: Mesh
    skin: Skin
    hidden: np.ndarray
    ends: bool


def taken(asset: Asset, slots: list[np.ndarray], wanted: int) -> list[Piece]:
    """The pieces of the part numbered `wanted`, with a rim where a cut goes under another part."""
    assert asset.rig is not None
    skins = {skin.mesh: skin for skin in asset.rig.skins}
    pieces = []
    for mesh, own, part in zip(asset.meshes, slots, part_of_mesh(asset), strict=True):
        chosen = own == wanted
        if not chosen.any():
            continue
        skin = skins.get(mesh.name) or Skin(
            mesh.name, np.zeros((len(mesh.positions), 1), np.int32), np.ones((len(mesh.positions), 1), np.float32)
        )
        if chosen.all():
            pieces.append(Piece(mesh, skin, np.zeros(len(mesh.positions), bool), part in ("head", *MIXED, "arms")))
            continue
        piece, kept = cut(mesh, _with_rim(mesh, own, chosen, wanted))
        inside = np.zeros(len(mesh.positions), bool)
        inside[mesh.corners[np.repeat(chosen, np.diff(mesh.face_starts))]] = True
        own_skin = Skin(mesh.name, skin.joint_indices[kept], skin.weights[kept])
        pieces.append(Piece(piece, own_skin, ~inside[kept], True))
    return pieces


def _with_rim(mesh: Mesh, own: np.ndarray, chosen: np.ndarray, wanted: int) -> np.ndarray:
    """(F,) bool: the chosen faces and, of a head, a few rings of faces beyond."""
    place, count = weld(mesh.positions, 1e-6 + 1e-5 * float(np.ptp(mesh.positions)))
    face = np.repeat(np.arange(len(own)), np.diff(mesh.face_starts))
    corners = place[mesh.corners]
    grown = chosen.copy()
    for _ in range(_RIM if wanted == HEAD else 0):
        touched = np.zeros(count, bool)
        touched[corners[grown[face]]] = True
        grown[face[touched[corners]]] = True
    return grown


def cut(mesh: Mesh, chosen: np.ndarray) -> tuple[Mesh, np.ndarray]:
    """(the mesh of the `chosen` (F,) faces alone, the numbers (V,) of the vertices that it keeps)."""
    sizes = np.diff(mesh.face_starts)
    corner = np.repeat(chosen, sizes)
    kept = np.unique(mesh.corners[corner])
    number = np.zeros(len(mesh.positions), np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    piece = replace(
        mesh,
        positions=mesh.positions[kept],
        corners=number[mesh.corners[corner]],
        face_starts=np.concatenate([[0], np.cumsum(sizes[chosen])]).astype(np.int32),
        material_of_face=mesh.material_of_face[chosen],
        uvs={name: uvs[corner] for name, uvs in mesh.uvs.items()},
        shape_keys={name: key[kept] for name, key in mesh.shape_keys.items()},
        levels=(),
        normals=mesh.normals[corner] if len(mesh.normals) else mesh.normals,
        colors={name: colors[corner] for name, colors in mesh.colors.items()},
    )
    return piece, kept
