# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarser versions of meshes."""

from __future__ import annotations

import numpy as np
from synthetic_character import synthetic_character

from maquette.core.asset import Mesh
from maquette.core.character.simplification import LEAST_FACES, simplified, with_levels
from maquette.core.character.surface import triangles_of


def sphere(rings: int = 24, sectors: int = 32) -> Mesh:
    """A ball with a UV seam: its first column of vertices is there twice."""
    v, u = np.meshgrid(np.linspace(0.02, np.pi - 0.02, rings), np.linspace(0, 2 * np.pi, sectors + 1), indexing="ij")
    u[:, -1] = 0.0
    places = np.stack([np.sin(v) * np.cos(u), np.sin(v) * np.sin(u), np.cos(v)], axis=-1).reshape(-1, 3)
    at = lambda r, s: r * (sectors + 1) + s  # noqa: E731
    quads = [(at(r, s), at(r + 1, s), at(r + 1, s + 1), at(r, s + 1)) for r in range(rings - 1) for s in range(sectors)]
    corners = np.array(quads, np.int32).ravel()
    uvs = np.stack([corners % (sectors + 1) / sectors, corners // (sectors + 1) / rings], axis=1)
    return Mesh(
        "Ball",
        places.astype(np.float32),
        corners,
        np.arange(len(quads) + 1, dtype=np.int32) * 4,
        (np.arange(len(quads)) >= len(quads) // 2).astype(np.int32),
        ("A", "B"),
        {"UVMap": uvs.astype(np.float32)},
        normals=places[corners].astype(np.float32),
    )


def test_half_of_the_triangles_keep_the_shape_and_close_the_seam() -> None:
    ball = sphere()
    count = len(triangles_of(ball))
    coarse = simplified(ball, count // 4)
    triangles = triangles_of(coarse)
    assert count // 4 - 2 <= len(triangles) <= count // 4 + 2
    assert np.linalg.norm(coarse.positions[triangles].mean(axis=1), axis=1).min() > 0.93
    corners = coarse.positions[triangles]
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((outwards * corners.mean(axis=1)).sum(axis=1) > 0).all()
    # each edge between places has two triangles, but for the rims of the two holes
    _, place = np.unique(np.round(coarse.positions, 5), axis=0, return_inverse=True)
    pairs = np.sort(np.concatenate([place.ravel()[triangles][:, [a, (a + 1) % 3]] for a in range(3)]), axis=1)
    _, times = np.unique(pairs, axis=0, return_counts=True)
    assert times.max() == 2 and (times == 1).sum() <= 64


def test_corners_keep_uvs_and_normals_of_their_own_place() -> None:
    coarse = simplified(sphere(), 300)
    assert np.allclose(coarse.normals, coarse.positions[coarse.corners], atol=0.25)
    assert len(coarse.uvs["UVMap"]) == len(coarse.corners) and set(coarse.material_of_face) <= {0, 1}
    v = np.arccos(np.clip(coarse.positions[coarse.corners][:, 2], -1, 1)) / np.pi
    assert np.median(np.abs(coarse.uvs["UVMap"][:, 1] - v)) < 0.05


def test_each_level_has_half_of_the_one_before() -> None:
    made = with_levels(synthetic_character(clips=False), 2)
    body = made.meshes[0]
    counts = [len(triangles_of(mesh)) for mesh in (body, *body.levels)]
    assert len(body.levels) == 2 and counts[1] <= counts[0] // 2 + 2 and counts[2] <= counts[1] // 2 + 2
    assert all(len(triangles_of(level)) >= min(LEAST_FACES, counts[0]) - 2 for level in body.levels)
    assert all(level.name == mesh.name for mesh in made.meshes for level in mesh.levels)
