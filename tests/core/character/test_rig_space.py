# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape code and what decoding it does to a character."""

from __future__ import annotations

import functools
import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from synthetic_character import synthetic_character

import maquette
from maquette.core.asset import Asset
from maquette.core.character.decoding import decode
from maquette.core.character.plausibility import plausible
from maquette.core.character.rig_space import RigSpace
from maquette.core.character.shape_code import RINGS, SECTORS, CodeParts
from maquette.core.errors import InputError


@functools.cache
def space() -> RigSpace:
    return RigSpace.of(synthetic_character())


def some_difference(seed: int = 0, size: float = 0.15) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    drawn = size * torch.randn(len(space().code.values), generator=random)
    return plausible(drawn[None], space().bones)[0]


def whole(asset: Asset) -> np.ndarray:
    return np.concatenate([mesh.positions for mesh in asset.meshes])


def test_no_difference_changes_nothing() -> None:
    made = decode(space(), space().code.zero())
    assert np.allclose(whole(made), whole(space().asset), atol=1e-5)
    for mesh, before in zip(made.meshes, space().asset.meshes, strict=True):
        assert np.allclose(mesh.normals, before.normals, atol=1e-4)
        for name, key in before.shape_keys.items():
            assert np.allclose(mesh.shape_keys[name], key, atol=1e-5)
    rig = space().asset.rig
    assert made.rig is not None and rig is not None
    assert np.allclose(made.rig.rest_pose, rig.rest_pose, atol=1e-5)
    assert np.allclose(made.clips[0].translations, space().asset.clips[0].translations, atol=1e-4)


def test_all_but_the_shape_is_the_artists() -> None:
    made, before = decode(space(), some_difference()), space().asset
    assert not np.allclose(whole(made), whole(before), atol=1e-2)
    assert made.rig is not None and before.rig is not None
    assert made.rig.joints == before.rig.joints and made.rig.skins is before.rig.skins
    for mesh, old in zip(made.meshes, before.meshes, strict=True):
        assert mesh.corners is old.corners and mesh.face_starts is old.face_starts and mesh.uvs is old.uvs
        assert mesh.positions.dtype == np.float32


def plain_place(space: RigSpace, difference: torch.Tensor, vertex: int) -> np.ndarray:
    """Where one vertex of the body goes, term by term, before the character is set on the ground."""
    bones, field, parts = space.bones, space.field, CodeParts.of(difference.double())
    heads = [bones.heads[0]]
    for bone in range(1, len(bones.names)):
        parent = int(bones.parents[bone])
        goes_on = bones.ends[parent] == bone
        ratio = math.exp(float(parts.lengths[parent] if goes_on else parts.offsets[bone]))
        heads.append(heads[parent] + ratio * (bones.heads[bone] - bones.heads[parent]))
    place, total = np.zeros(3), np.zeros(3)
    place[:] = space.surface.positions[vertex]
    for bone, weight in zip(
        space.vertices.bones[vertex].tolist(), space.vertices.weights[vertex].tolist(), strict=True
    ):
        direction, length = bones.directions[bone], field.lengths[bone]
        offset = place - bones.heads[bone]
        along = float(offset @ direction)
        side, _, up = bones.frames()[bone]
        x, y = float(offset @ side), float(offset @ up)
        radius, angle = math.hypot(x, y), math.atan2(y, x)
        ring = min(max(along / length * RINGS - 0.5, 0.0), RINGS - 1.0)
        low = min(int(ring), RINGS - 2)
        high = ring - low
        sector = (angle + math.pi) / (2 * math.pi) * SECTORS - 0.5
        left, right = math.floor(sector), sector - math.floor(sector)
        grow = parts.radii[bone].numpy()

        def around(row: int, grow: np.ndarray = grow, left: int = left, right: float = right) -> float:
            return float((1 - right) * grow[row, left % SECTORS] + right * grow[row, (left + 1) % SECTORS])

        usual = (1 - high) * field.radii[bone, low].mean() + high * field.radii[bone, low + 1].mean()
        off_axis = min(radius / (0.5 * usual), 1.0)
        far = min(max(radius / usual / 2 - 0.75, 0.0), 1.0)
        patch = (1 - high) * around(low) + high * around(low + 1)
        mean = float((1 - high) * grow[low].mean() + high * grow[low + 1].mean())
        g = math.exp(far * float(grow.mean()) + (1 - far) * (off_axis * patch + (1 - off_axis) * mean))
        s = math.exp(float(parts.lengths[bone]))
        total += weight * (heads[bone] + g * offset + (s - g) * along * direction)
    return total


def test_the_fast_decoder_does_what_the_formula_says() -> None:
    difference = some_difference(3)
    moved = space().field.moved(difference[None])
    placed = space().field.place(space().vertices, moved)[0].numpy()
    body = np.flatnonzero(space().surface.body)
    for vertex in body[:: len(body) // 60]:
        assert np.allclose(placed[vertex], plain_place(space(), difference, int(vertex)), atol=1e-5)


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    differences = torch.stack([some_difference(seed) for seed in range(5)])
    together = space().decode_many(differences)
    for number, difference in enumerate(differences):
        alone = space().decode_many(difference[None])
        assert torch.allclose(together.positions[number], alone.positions[0], atol=1e-5)
        assert torch.allclose(together.joints[number], alone.joints[0], atol=1e-5)


def test_the_code_of_what_was_decoded_is_the_code_asked_for() -> None:
    difference = some_difference(1)
    made = RigSpace.of(decode(space(), difference, clips=False))
    error = (made.code.values - space().code.values - difference).abs()
    parts = CodeParts.of(error)
    assert float(parts.height) < 1e-3
    assert float(parts.lengths.mean()) < 0.1
    assert float(parts.radii.median()) < 0.1


def test_another_characters_proportions_can_be_taken_over() -> None:
    other = RigSpace.of(synthetic_character(legs=1.3, girth=1.25, head=1.4))
    difference = space().code.difference_to(other.code)
    made = RigSpace.of(decode(space(), difference, clips=False))
    before = (space().code.values - other.code.values).abs()
    after = (made.code.values - other.code.values).abs()
    assert float(after.mean()) < 0.35 * float(before.mean())


def test_vertices_at_one_place_stay_at_one_place() -> None:
    before, after = whole(space().asset), whole(decode(space(), some_difference(2, 0.3)))
    body = space().surface.body
    _, place = np.unique(np.round(before[body] / 1e-5), axis=0, return_inverse=True)
    first = np.full(place.max() + 1, -1)
    first[place[::-1]] = np.arange(len(place))[::-1]
    apart = np.linalg.norm(after[body] - after[body][first[place.ravel()]], axis=1)
    # the seam of each tube, and the head's rim on the neck
    assert (first[place.ravel()] != np.arange(len(place))).sum() > 100
    assert apart.max() < 1e-4


def test_soles_stay_on_the_ground_and_height_is_what_is_asked() -> None:
    for seed in range(3):
        difference = some_difference(seed, 0.3)
        difference[0] = math.log(1.2)
        made = decode(space(), difference, clips=False)
        body = np.concatenate([mesh.positions for mesh in made.meshes if mesh.name != "Sword"])
        assert abs(body[:, 2].min()) < 1e-4
        assert abs(body[:, 2].max() - 1.2 * space().extent.height) < 1e-3


def test_what_is_carried_keeps_its_shape_and_its_hand() -> None:
    made = decode(space(), some_difference(4, 0.3), clips=False)
    before = next(mesh for mesh in space().asset.meshes if mesh.name == "Sword").positions
    after = next(mesh for mesh in made.meshes if mesh.name == "Sword").positions
    old = np.linalg.norm(before[:, None] - before[None], axis=-1)
    new = np.linalg.norm(after[:, None] - after[None], axis=-1)
    ratio = new[old > 1e-3] / old[old > 1e-3]
    assert ratio.max() - ratio.min() < 1e-3
    assert made.rig is not None
    hand = made.rig.rest_pose[made.rig.joints.index("Hand.R"), :3, 3]
    assert np.linalg.norm(after - hand, axis=1).min() < 0.12


def test_normals_follow_the_surface() -> None:
    made = decode(space(), some_difference(5), clips=False)
    for mesh in made.meshes:
        quads = mesh.positions[mesh.corners].reshape(-1, 4, 3)
        flat = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
        flat /= np.linalg.norm(flat, axis=1, keepdims=True)
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-4)
        assert np.median((mesh.normals.reshape(-1, 4, 3)[:, 0] * flat).sum(axis=1)) > 0.96


def test_bones_without_telling_names_are_the_rigs_own() -> None:
    asset = synthetic_character()
    assert asset.rig is not None
    names = tuple(f"b{number}" for number in range(len(asset.rig.joints)))
    own = RigSpace.of(replace(asset, rig=replace(asset.rig, joints=names)))
    assert not own.bones.is_humanoid and set(own.bones.names) <= set(names)
    # feet hang on the root, which moves no skin, and are tied to the shins whose skin they share
    foot, shin = (own.bones.index(names[asset.rig.joints.index(name)]) for name in ("Foot.L", "LowerLeg.L"))
    assert own.bones.parents[foot] == shin and own.bones.ends[shin] == foot
    assert np.allclose(whole(decode(own, own.code.zero())), whole(asset), atol=1e-5)


def test_feet_that_share_no_weights_with_the_legs_are_tied_to_them_all_the_same() -> None:
    asset = synthetic_character()
    assert asset.rig is not None
    names = tuple(f"b{number}" for number in range(len(asset.rig.joints)))
    rigid = tuple(
        replace(skin, weights=(skin.weights == skin.weights.max(axis=1, keepdims=True)).astype(np.float32))
        for skin in asset.rig.skins
    )
    rigid = tuple(replace(skin, weights=skin.weights / skin.weights.sum(axis=1, keepdims=True)) for skin in rigid)
    bones = RigSpace.of(replace(asset, rig=replace(asset.rig, joints=names, skins=rigid))).bones
    for side in (".L", ".R"):
        foot, shin = (bones.index(names[asset.rig.joints.index(name + side)]) for name in ("Foot", "LowerLeg"))
        assert bones.parents[foot] == shin


def test_small_differences_pass_and_large_ones_are_bounded() -> None:
    small = 0.02 * torch.ones_like(space().code.values)[None]
    assert torch.equal(plausible(small, space().bones), small)
    wild = 3.0 * torch.randn(4, len(space().code.values), generator=torch.Generator().manual_seed(0))
    parts = CodeParts.of(plausible(wild, space().bones))
    assert float(parts.lengths.abs().max()) <= 1.1 + 1e-5
    steps = parts.radii.diff(dim=-2).abs()
    assert float(steps.quantile(0.99)) < 0.35


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda asset: replace(asset, rig=None), "has no armature"),
        (lambda asset: replace(asset, meshes=()), "an armature but no mesh"),
    ],
)
def test_what_is_no_character_is_told(broken: object, said: str) -> None:
    assert callable(broken)
    with pytest.raises(InputError, match=said):
        RigSpace.of(broken(synthetic_character()))


def test_real_characters_decode_to_themselves() -> None:
    root = Path(maquette.__file__).resolve().parent
    data = Path(os.environ.get("MAQUETTE_DATA", root.parent / "shared" / "data")) / "characters"
    if not data.is_dir():
        pytest.skip(f"{data} is not there: real characters are not decoded")
    from maquette.core.files.gltf_read import read_character

    for name in ("kaykit_adventurers/Knight.glb", "quaternius_easy_enemies_pack/Spider.glb"):
        asset = read_character(data / name, clips=False)
        own = RigSpace.of(asset)
        assert np.allclose(whole(decode(own, own.code.zero())), whole(asset), atol=1e-4 * own.extent.height)
