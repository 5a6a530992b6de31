# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters of the parts of several: what is taken from where, and that it joins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core.asset import Asset
from maquette.core.character.mix import choose, mixed
from maquette.core.character.mix_joining import Side, faults, joined_before, mended, outside
from maquette.core.character.mix_parts import BODY, HEAD, LEGS, cut, slots_of
from maquette.core.character.mix_placing import fits
from maquette.core.character.params import MixParams
from maquette.core.character.rig_space import RigSpace
from maquette.core.errors import InputError


def one_mesh(asset: Asset) -> Asset:
    """The same character with head and body in one mesh, as some packs have them."""
    assert asset.rig is not None
    body, head = asset.meshes[:2]
    count = len(body.positions)
    joined = replace(
        body,
        name="Human",
        positions=np.concatenate([body.positions, head.positions]),
        corners=np.concatenate([body.corners, head.corners + count]),
        face_starts=np.concatenate([body.face_starts, head.face_starts[1:] + body.face_starts[-1]]),
        material_of_face=np.concatenate([body.material_of_face, head.material_of_face]),
        uvs={"UVMap": np.concatenate([body.uvs["UVMap"], head.uvs["UVMap"]])},
        normals=np.concatenate([body.normals, head.normals]),
    )
    first, second = asset.rig.skins[:2]
    skin = replace(
        first,
        mesh="Human",
        joint_indices=np.concatenate([first.joint_indices, second.joint_indices]),
        weights=np.concatenate([first.weights, second.weights]),
    )
    return replace(asset, meshes=(joined,), rig=replace(asset.rig, skins=(skin,)), name="One")


def spaces() -> list[RigSpace]:
    first = replace(synthetic_character(clips=False), name="First")
    second = replace(synthetic_character(legs=1.2, girth=1.4, head=1.3, clips=False), name="Second")
    return [RigSpace.of(first), RigSpace.of(second)]


def test_parts_come_from_where_they_are_asked_for() -> None:
    both = spaces()
    slots = [slots_of(space.asset) for space in both]
    chosen = choose(MixParams(head_of=2, body_of=1), slots, torch.Generator().manual_seed(0))
    assert chosen[HEAD] == 1 and chosen[BODY] == 0 and chosen[LEGS] == -1
    made, reason = mixed(both, slots, chosen)
    assert made is not None, reason
    assert made.rig is not None and both[0].asset.rig is not None
    assert np.array_equal(made.rig.rest_pose, both[0].asset.rig.rest_pose)
    assert {skin.mesh for skin in made.rig.skins} == {mesh.name for mesh in made.meshes}
    head, body = (next(mesh for mesh in made.meshes if mesh.name == name) for name in ("Head", "Body"))
    own = next(mesh for mesh in both[0].asset.meshes if mesh.name == "Body")
    assert np.ptp(head.positions[:, 0]) > 1.15 * np.ptp(both[0].asset.meshes[1].positions[:, 0])
    assert np.abs(body.positions - own.positions).max() < 0.03
    # the wide neck of the one is drawn to the narrow neck of the other
    rim = head.positions[head.positions[:, 2] < head.positions[:, 2].min() + 1e-3]
    assert np.linalg.norm(rim[:, None] - body.positions[None], axis=-1).min(axis=1).max() < 0.03


def test_a_head_in_one_mesh_with_the_body_is_cut_off_and_fits_on_another() -> None:
    both = [RigSpace.of(one_mesh(space.asset)) for space in spaces()]
    slots = [slots_of(space.asset) for space in both]
    assert set(np.unique(slots[0][0])) == {HEAD, BODY}
    made, reason = mixed(both, slots, [1, 0, -1, -1])
    assert made is not None, reason
    assert len(made.meshes) == 2 and len({mesh.name for mesh in made.meshes}) == 2
    assert RigSpace.of(made).bones.is_humanoid


def test_what_stands_in_another_pose_does_not_fit() -> None:
    first, second = spaces()
    assert fits(second, first) == ""
    turned = replace(second.bones, directions=second.bones.directions[:, [1, 2, 0]])
    assert "different poses" in fits(replace(second, bones=turned), first)


def test_asking_for_what_is_not_there_is_told() -> None:
    slots = [slots_of(space.asset) for space in spaces()]
    with pytest.raises(InputError, match="'head_of' is 3, and only 2 characters"):
        choose(MixParams(head_of=3), slots, torch.Generator())
    with pytest.raises(InputError, match="The character 1 has no legs of its own"):
        choose(MixParams(legs_of=1), slots, torch.Generator())


def tube(radius: float, low: float, high: float, rings: int = 9) -> Side:
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    levels = np.linspace(low, high, rings)
    circle = np.stack([radius * np.cos(angles), radius * np.sin(angles), np.zeros(24)], axis=1)
    places = np.concatenate([circle + np.array([0, 0, level]) for level in levels])
    quads = [(r * 24 + s, r * 24 + (s + 1) % 24, r * 24 + 24 + s) for r in range(rings - 1) for s in range(24)]
    quads += [
        (r * 24 + (s + 1) % 24, r * 24 + 24 + (s + 1) % 24, r * 24 + 24 + s)
        for r in range(rings - 1)
        for s in range(24)
    ]
    rim = np.zeros(len(places), bool)
    rim[:24] = rim[-24:] = True
    return Side(places, np.array(quads), rim)


def test_points_know_on_which_side_of_a_surface_they_are() -> None:
    over, nearest, _ = outside(np.array([[0.12, 0, 0.5], [0.05, 0, 0.5]]), tube(0.1, 0, 1))
    assert over[0] == pytest.approx(0.02, abs=0.003) and over[1] == pytest.approx(-0.05, abs=0.003)
    assert np.allclose(nearest[:, 0], 0.1, atol=0.003)


def test_what_pokes_through_is_pushed_under_and_the_skin_around_follows() -> None:
    body, neck, wide = tube(0.1, 0, 1), tube(0.09, 0.8, 1.4), tube(0.12, 0.8, 1.4)
    before = joined_before(neck, body, np.zeros(len(neck.positions), bool), 1.0)
    assert before.under.any() and before.rim.any()
    mend, _, poking = faults(wide, body, before, 1.0)
    assert poking > 0
    closed = replace(wide, positions=mended(wide, mend, 1.0))
    _, gap, poking = faults(closed, body, before, 1.0)
    assert poking == 0 and gap == 0
    # the far end stays as it is
    assert np.allclose(closed.positions[-24:], wide.positions[-24:])


def test_cutting_keeps_what_belongs_to_the_faces() -> None:
    mesh = synthetic_character().meshes[1]
    chosen = np.arange(len(mesh.face_starts) - 1) % 2 == 0
    piece, kept = cut(mesh, chosen)
    assert len(piece.face_starts) - 1 == chosen.sum()
    assert np.array_equal(piece.positions[piece.corners], mesh.positions[mesh.corners[np.repeat(chosen, 4)]])
    assert np.array_equal(piece.shape_keys["Wide"], mesh.shape_keys["Wide"][kept])
    assert len(piece.uvs["UVMap"]) == len(piece.normals) == len(piece.corners)
