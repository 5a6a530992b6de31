# SPDX-License-Identifier: GPL-3.0-or-later
"""Locked parts of characters: the same to the vertex in the frame of the bone that carries them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_character import synthetic_character

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.character.params import LOCKED_PARTS
from maquette.core.character.part_locks import bones_of
from maquette.core.character.rig_space import RigSpace
from maquette.core.errors import InputError
from maquette.core.files import gltf
from maquette.core.request import Request


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    place = tmp_path_factory.mktemp("characters")
    for name, shape in {"hero": {}, "giant": {"legs": 1.25, "girth": 1.2, "head": 1.3}}.items():
        (place / name).mkdir()
        gltf.write(synthetic_character(**shape), place / name, lambda fraction, text: None)  # type: ignore[arg-type]
    return [str(next((place / name).glob("*.glb"))) for name in ("hero", "giant")]


def request(method: str, files: list[str], seed: int, locks: dict[str, str] | None = None, **params: Any) -> Request:
    references = {"base": [], "variation": files[:1]}.get(method, files)
    plain = {
        "generator": "character",
        "method": method,
        "references": references,
        "seed": seed,
        "params": params,
        "locks": locks or {},
    }
    return Request.from_plain(plain).hashed()


def joints_of(asset: Asset, part: str) -> np.ndarray:
    bones = RigSpace.of(asset).bones
    return np.flatnonzero((bones.bone_of_joint >= 0) & bones_of(bones, part)[np.maximum(bones.bone_of_joint, 0)])


def in_bone(asset: Asset, part: str) -> list[np.ndarray]:
    """The vertices that hang on the part alone, in the frame of the joint that holds each most."""
    assert asset.rig is not None
    own, found = joints_of(asset, part), []
    frames = np.linalg.inv(asset.rig.rest_pose.astype(np.float64))
    skins = {skin.mesh: skin for skin in asset.rig.skins}
    for mesh in asset.meshes:
        skin = skins[mesh.name]
        # skin between two legs hangs on both
        side = np.sign(np.round(asset.rig.rest_pose[:, 0, 3], 2))[skin.joint_indices]
        both = ((skin.weights > 0) & (side != side[np.arange(len(side)), skin.weights.argmax(1)][:, None])).any(1)
        wholly = ~((skin.weights > 0) & ~np.isin(skin.joint_indices, own)).any(1) & ~both
        frame = frames[skin.joint_indices[np.arange(len(wholly)), skin.weights.argmax(1)]][wholly]
        points = mesh.positions[wholly].astype(np.float64)
        found.append(np.einsum("nij,nj->ni", frame[:, :3, :3], points) + frame[:, :3, 3])
    return found


def apart(one: Asset, other: Asset, part: str) -> float:
    pairs = zip(in_bone(one, part), in_bone(other, part), strict=True)
    return max(float(np.abs(a - b).max(initial=0.0)) for a, b in pairs)


@pytest.mark.parametrize("method", ["variation", "family", "base"])
@pytest.mark.parametrize("part", LOCKED_PARTS)
def test_a_locked_part_is_the_same_to_the_vertex(method: str, part: str, files: list[str]) -> None:
    # of two characters one after the other is the source: consecutive seeds
    first = request(method, files, 2, variety=1.0, clips=False)
    wanted = {"seed": 5, "variety": 1.0, "clips": False, "height": 0.6, "weight": 0.5}
    kept = engine.generate(first, device="cpu")
    free = engine.generate(request(method, files, **wanted), device="cpu")
    made = engine.generate(
        request(method, files, locks={part: first.key}, **wanted), device="cpu", kept={first.key: first}
    )
    assert sum(len(points) for points in in_bone(kept, part)) > 20
    assert apart(kept, made, part) < 2e-6
    assert method == "family" or apart(kept, free, part) > 1e-3
    # all else moves: it is no copy
    others = [name for name in LOCKED_PARTS if name != part]
    assert max(apart(kept, made, name) for name in others) > 5e-3
    # nothing is torn: no edge is stretched far beyond what two characters differ by
    assert longest_edge_growth(free, made) < 3.0
    lowest = [min(float(mesh.positions[:, 2].min()) for mesh in asset.meshes) for asset in (free, made)]
    assert lowest[0] == pytest.approx(lowest[1], abs=1e-5)


def longest_edge_growth(before: Asset, after: Asset) -> float:
    """By how much more an edge became longer than the character's size did."""
    worst = 0.0
    for one, other in zip(before.meshes, after.meshes, strict=True):
        ends = np.stack([one.corners, np.roll(one.corners, -1)], 1)
        lengths = [np.linalg.norm(np.subtract(*mesh.positions[ends.T]), axis=1) for mesh in (one, other)]
        long = lengths[0] > 0.02
        worst = max(worst, float((lengths[1][long] / lengths[0][long]).max(initial=0.0)))
    return worst


def test_several_parts_and_a_mesh_can_be_locked_at_once(files: list[str]) -> None:
    first, second = (request("variation", files, seed, variety=1.0, clips=False) for seed in (1, 2))
    kept = {one.key: one for one in (first, second)}
    heads, legs = (engine.generate(one, device="cpu") for one in (first, second))
    name = heads.meshes[-1].name
    locks = {f"mesh {name}": second.key, "head": first.key, "feet": second.key, "legs": second.key}
    made = engine.generate(request("variation", files, 3, locks, variety=1.0), device="cpu", kept=kept)
    assert apart(heads, made, "head") < 2e-6
    assert apart(legs, made, "legs") < 2e-6 and apart(legs, made, "feet") < 2e-6
    sizes = [np.ptp(mesh.positions, axis=0) for asset in (legs, made) for mesh in asset.meshes if mesh.name == name]
    np.testing.assert_allclose(sizes[0], sizes[1], atol=2e-6)
    # clips are fitted to where the joints are now
    assert len(made.clips) == 1


def test_a_part_of_a_mix_comes_from_the_same_character(files: list[str]) -> None:
    first = request("mix", files, 1, head_of=2, body_of=1, clips=False)
    kept = engine.generate(first, device="cpu")
    wanted = request("mix", files, 4, {"head": first.key}, body_of=1, variety=0.5, clips=False)
    made = engine.generate(wanted, device="cpu", kept={first.key: first})
    assert made.code[0] == kept.code[0] == 1.0


def test_what_cannot_be_locked_is_a_sentence(files: list[str]) -> None:
    first = request("variation", files, 1, clips=False)
    other = request("variation", files[1:], 1, clips=False)
    kept = {one.key: one for one in (first, other)}
    with pytest.raises(InputError, match="no mesh 'Hat' to lock"):
        engine.generate(request("variation", files, 2, {"mesh Hat": first.key}), device="cpu", kept=kept)
    with pytest.raises(InputError, match="can lock"):
        engine.generate(request("variation", files, 2, {"tail": first.key}), device="cpu", kept=kept)
    body = request("base", files, 1)
    with pytest.raises(InputError, match="another skeleton"):
        engine.generate(request("variation", files, 2, {"head": body.key}), device="cpu", kept={body.key: body})
