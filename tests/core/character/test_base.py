# SPDX-License-Identifier: GPL-3.0-or-later
"""The base body as it is shipped: a closed mesh of quads with two exact sides, UVs, weights and sliders that hold."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
import torch

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.character.base import OWN, generate
from maquette.core.character.base_looks import TILE_PX
from maquette.core.character.base_model import BaseModel, load_base
from maquette.core.character.base_params import BaseParams
from maquette.core.character.skeleton import CANONICAL, map_joints
from maquette.core.context import Context
from maquette.core.files import gltf
from maquette.core.files.gltf_read import read_character
from maquette.core.models import SHIPPED, find_model
from maquette.core.request import Request

PIXELS = 512


@functools.cache
def shipped() -> BaseModel:
    return load_base(find_model("character", "base", SHIPPED))


def body(variety: float = 0.0, seed: int = 0, **sliders: float) -> Asset:
    model = shipped()
    return model.body(model.coefficients(sliders, model.chance(seed), variety))


def made(seed: int = 0, **params: float) -> Asset:
    context = Context(torch.device("cpu"), None, lambda fraction, text: None, lambda text: None)
    request = Request("character", "base", BaseParams(**params), seed=seed)  # type: ignore[arg-type]
    return generate(request, context)


def height(asset: Asset) -> float:
    return float(np.ptp(asset.meshes[0].positions[:, 2]))


def girth(asset: Asset) -> float:
    """Breadth times depth of the body at its waist, without the arms."""
    positions = asset.meshes[0].positions
    level = np.abs(positions[:, 2] / positions[:, 2].max() - 0.62) < 0.02
    trunk = positions[level & (np.abs(positions[:, 0]) < 0.12 * positions[:, 2].max())]
    return float(np.prod(np.ptp(trunk[:, :2], axis=0)))


def test_it_is_closed_quads_of_a_game_characters_number() -> None:
    mesh = body().meshes[0]
    assert (np.diff(mesh.face_starts) == 4).all() and 4000 <= len(mesh.face_starts) - 1 <= 8000
    quads = mesh.corners.reshape(-1, 4)
    directed = np.concatenate([np.stack([quads[:, k], quads[:, (k + 1) % 4]], 1) for k in range(4)])
    assert len(np.unique(directed, axis=0)) == len(directed), "two faces go the same way along an edge"
    _, uses = np.unique(np.sort(directed, 1), axis=0, return_counts=True)
    assert (uses == 2).all()
    assert set(quads.reshape(-1)) == set(range(len(mesh.positions)))
    # body and two eyeballs, each without a handle
    assert len(mesh.positions) - len(uses) + len(quads) == 6


def test_its_sides_mirror_each_other_exactly() -> None:
    positions = body(variety=1.0, seed=5).meshes[0].positions
    mirrored = positions * np.float32([-1, 1, 1])
    assert {tuple(p) for p in (positions + np.float32(0)).tolist()} == {tuple(p) for p in (mirrored + 0.0).tolist()}


def test_nothing_shares_its_place_in_the_picture() -> None:
    mesh = body().meshes[0]
    uvs = mesh.uvs["UVMap"].reshape(-1, 4, 2)
    assert uvs.min() >= 0 and uvs.max() <= 1
    after = np.roll(uvs, -1, 1)
    assert ((uvs[..., 0] * after[..., 1] - uvs[..., 1] * after[..., 0]).sum(1) > 0).all(), "a face lies upside down"
    taken = np.full((PIXELS, PIXELS), -1)
    for face, quad in enumerate(uvs * PIXELS):
        for corners in (quad[[0, 1, 2]], quad[[0, 2, 3]]):
            rows, columns = inside(corners)
            assert np.isin(taken[rows, columns], (-1, face)).all()
            taken[rows, columns] = face
    assert (taken >= 0).mean() > 0.35


def inside(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, columns) of the pixels whose middles lie in a triangle."""
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    points = np.stack([x, y], -1) + 0.5
    (a, b, c) = corners
    sides = [np.cross(q - p, points - p) for p, q in ((a, b), (b, c), (c, a))]
    within = np.all([side > 1e-6 for side in sides], axis=0) | np.all([side < -1e-6 for side in sides], axis=0)
    return y[within], x[within]


def test_every_vertex_hangs_on_at_most_four_joints() -> None:
    asset = body()
    assert asset.rig is not None
    skin = asset.rig.skins[0]
    assert skin.weights.shape == (len(asset.meshes[0].positions), 4)
    assert np.allclose(skin.weights.sum(1), 1, atol=1e-5) and skin.weights.min() >= 0
    assert skin.joint_indices.min() >= 0 and skin.joint_indices.max() < len(asset.rig.joints)
    # the right hangs on the right as the left on the left
    sides = {name: k for k, name in enumerate(asset.rig.joints)}
    shares = np.zeros((2,))
    for k, side in enumerate(("left_hand", "right_hand")):
        shares[k] = skin.weights[skin.joint_indices == sides[side]].sum()
    assert shares[0] == pytest.approx(shares[1]) and shares[0] > 0


def test_its_skeleton_is_a_whole_humanoid() -> None:
    asset = body(height=0.5)
    rig = asset.rig
    assert rig is not None
    mapped = map_joints(rig.joints, rig.parents, rig.rest_pose)
    assert set(CANONICAL) <= set(mapped)
    assert (rig.parents < np.arange(len(rig.parents))).all()
    turns = rig.rest_pose[:, :3, :3].astype(np.float64)
    assert np.allclose(turns @ np.swapaxes(turns, 1, 2), np.eye(3), atol=1e-5) and np.allclose(np.linalg.det(turns), 1)
    places = rig.rest_pose[:, :3, 3]
    assert places[mapped["left_hand"], 0] > 0.3 and places[mapped["head"], 2] > 0.8 * height(asset)
    assert asset.meshes[0].positions[:, 2].min() == pytest.approx(0, abs=1e-6)


def test_sliders_move_what_they_name_one_way() -> None:
    steps = np.linspace(-1, 1, 5)
    assert (np.diff([height(body(height=value)) for value in steps]) > 0.05).all()
    assert (np.diff([girth(body(weight=value)) for value in steps]) > 0).all()
    for name in OWN:
        low, high = (body(**{name: value}).meshes[0].positions for value in (-1.0, 1.0))
        assert np.linalg.norm(high - low, axis=1).mean() > 0.004, name


def test_the_seed_draws_another_body_and_the_same_one_again() -> None:
    first, again, other = (made(seed=seed).meshes[0].positions for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert 0.005 < np.linalg.norm(first - other, axis=1).mean() < 0.3
    assert height(made(seed=1, variety=0.0)) == pytest.approx(height(body()))


def test_proportions_of_any_character_move_it_too() -> None:
    plain, large = made(variety=0.0), made(variety=0.0, head=1.0)
    assert np.array_equal(plain.meshes[0].corners, large.meshes[0].corners)
    assert plain.rig is not None and large.rig is not None
    crown = [asset.meshes[0].positions[:, 2].max() for asset in (plain, large)]
    neck = [asset.rig.rest_pose[asset.rig.joints.index("head"), 2, 3] for asset in (plain, large) if asset.rig]
    assert crown[1] - neck[1] > 1.05 * (crown[0] - neck[0])


def test_it_comes_back_from_a_glb(tmp_path: Path) -> None:
    asset = body()
    gltf.write(asset, tmp_path, lambda fraction, text: None)
    again = read_character(next(tmp_path.glob("*.glb")))
    assert again.rig is not None and asset.rig is not None
    assert set(again.rig.joints) == set(asset.rig.joints)
    assert sum(len(mesh.face_starts) - 1 for mesh in again.meshes) == 2 * (len(asset.meshes[0].face_starts) - 1)
    crown = max(float(mesh.positions[:, 2].max()) for mesh in again.meshes)
    assert crown == pytest.approx(height(asset), abs=1e-4)


def test_the_suit_is_cut_from_a_cloth_of_the_texture_generator() -> None:
    plain, cloth, again = (engine_made(suit=suit, skin_tone=1.0) for suit in ("plain", "fabric", "fabric"))
    suits = [next(m for m in made.materials if m.name == "suit") for made in (plain, cloth, again)]
    assert suits[0].maps["albedo"].shape == (1, 1, 3)
    side = suits[1].maps["albedo"].shape[0]
    assert side > TILE_PX and side % TILE_PX == 0
    assert {"albedo", "normal", "roughness"} <= set(suits[1].maps)
    tile = suits[1].maps["normal"][:TILE_PX, :TILE_PX]
    np.testing.assert_array_equal(suits[1].maps["normal"][TILE_PX : 2 * TILE_PX, :TILE_PX], tile)
    assert tile.std() > 0.001
    np.testing.assert_array_equal(suits[1].maps["albedo"], suits[2].maps["albedo"])
    np.testing.assert_array_equal(cloth.meshes[0].positions, plain.meshes[0].positions)


def test_skin_has_a_tone() -> None:
    tones = [engine_made(skin_tone=tone).materials[0].maps["albedo"].mean() for tone in (0.0, 0.5, 1.0)]
    assert tones[0] < tones[1] - 0.1 < tones[2] - 0.2


def engine_made(**params: object) -> Asset:
    plain = {"generator": "character", "method": "base", "params": {"variety": 0.0, **params}, "seed": 2}
    return engine.generate(Request.from_plain(plain))
