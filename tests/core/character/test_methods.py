# SPDX-License-Identifier: GPL-3.0-or-later
"""The character methods from a Request to an Asset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.character import character_request
from maquette.core.errors import InputError
from maquette.core.files import gltf
from maquette.core.request import Request


def saved(folder: Path, name: str, **shape: float) -> str:
    """A character written as GLB; returns its path."""
    place = folder / name
    place.mkdir()
    names = gltf.write(synthetic_character(**shape), place, lambda fraction, text: None)  # type: ignore[arg-type]
    return str(place / next(file for file in names if file.endswith(".glb")))


@pytest.fixture(scope="module")
def hero(tmp_path_factory: pytest.TempPathFactory) -> str:
    return saved(tmp_path_factory.mktemp("hero"), "hero")


@pytest.fixture(scope="module")
def giant(tmp_path_factory: pytest.TempPathFactory) -> str:
    return saved(tmp_path_factory.mktemp("giant"), "giant", legs=1.25, girth=1.2, head=1.3)


def made(method: str, references: list[Any], params: dict[str, Any] | None = None, seed: int = 0) -> Asset:
    plain = {"generator": "character", "method": method, "references": references, "params": params or {}, "seed": seed}
    return engine.generate(Request.from_plain(plain), device="cpu")


def whole(asset: Asset) -> np.ndarray:
    return np.concatenate([mesh.positions for mesh in asset.meshes])


def test_a_variation_is_the_same_for_one_seed_and_another_for_another(hero: str) -> None:
    first, again, other = (made("variation", [hero], seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(whole(first), whole(again))
    assert np.abs(whole(first) - whole(other)).max() > 0.01
    assert first.report["inverted_share"] <= 0.001
    assert first.report["height_m"] == pytest.approx(np.ptp(whole(first)[:, 2]), rel=0.02)
    assert len(first.clips) == 1 and first.rig is not None


def test_the_number_of_threads_changes_nothing(hero: str) -> None:
    before = torch.get_num_threads()
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        # read and measured anew
        character_request._space.cache_clear()
        found.append(made("variation", [hero], {"muscle": 0.7}, seed=2))
    torch.set_num_threads(before)
    assert np.array_equal(whole(found[0]), whole(found[1]))
    assert np.array_equal(found[0].clips[0].translations, found[1].clips[0].translations)


def test_without_variety_a_variation_is_the_character(hero: str) -> None:
    still = made("variation", [hero], {"variety": 0.0, "clips": False})
    taller = made("variation", [hero], {"variety": 0.0, "clips": False, "height": 1.0})
    assert not still.clips
    assert np.ptp(whole(taller)[:, 2]) > 1.1 * np.ptp(whole(still)[:, 2])


def test_what_is_kept_stays(hero: str) -> None:
    still = made("variation", [hero], {"variety": 0.0, "clips": False})
    kept = made("variation", [hero], {"variety": 1.0, "clips": False, "keep": ["proportions", "head"]}, seed=3)
    assert still.rig is not None and kept.rig is not None
    scale = kept.report["height_m"] / still.report["height_m"]
    assert np.allclose(kept.rig.rest_pose[:, :3, 3], scale * still.rig.rest_pose[:, :3, 3], atol=0.01)
    assert np.abs(whole(kept) - scale * whole(still)).max() > 0.005


def test_transfer_takes_over_proportions_but_not_height(hero: str, giant: str) -> None:
    references = [hero, {"role": "proportions", "path": giant}]
    none, some, all_ = (made("transfer", references, {"strength": s, "clips": False}) for s in (0.0, 0.5, 1.0))
    ratios = [asset.report["head_ratio"] for asset in (none, some, all_)]
    assert ratios == sorted(ratios) and ratios[2] > 1.05 * ratios[0]
    assert all_.report["height_m"] == pytest.approx(none.report["height_m"], rel=1e-3)


def test_a_mix_has_the_clips_of_its_body_and_is_made_again_the_same(hero: str, giant: str) -> None:
    params = {"head_of": 2, "body_of": 1, "weight": 0.5}
    first, again = (made("mix", [hero, giant], params, seed=4) for _ in range(2))
    assert np.array_equal(whole(first), whole(again)) and len(first.clips) == 1
    assert first.report["head_ratio"] > 1.05 * made("variation", [hero], {"variety": 0.0}).report["head_ratio"]
    with pytest.raises(InputError, match="needs at least two characters"):
        made("mix", [hero])


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"method": "transfer", "references": ["a.glb"]}, "needs a reference character file for proportions"),
        ({"method": "variation", "references": ["nowhere.glb"]}, "The character file 'nowhere.glb' does not exist"),
        ({"method": "variation", "references": ["/"]}, "is a folder. Name a character file"),
    ],
)
def test_bad_references_are_told_before_any_work(plain: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        engine.generate(Request.from_plain({"generator": "character", **plain}), device="cpu")


def test_consecutive_seeds_of_a_family_come_from_its_characters_in_turn(hero: str, giant: str) -> None:
    family = [{"role": "character", "path": path} for path in (hero, giant)]
    sources = [made("variation", [path], {"variety": 0.0, "clips": False}) for path in (hero, giant)]
    members = [made("family", family, {"clips": False}, seed=seed) for seed in range(4)]
    for number, member in enumerate(members):
        source = sources[number % 2]
        assert [mesh.name for mesh in member.meshes] == [mesh.name for mesh in source.meshes]
        scale = member.report["height_m"] / source.report["height_m"]
        assert 0.002 < np.abs(whole(member) - scale * whole(source)).max() < 0.4
        assert member.report["inverted_share"] <= 0.001
    again = made("family", family, {"clips": False}, seed=2)
    assert np.array_equal(whole(again), whole(members[2]))
    assert np.abs(whole(members[0]) - whole(members[2])).max() > 0.002
    still = made("family", family, {"clips": False, "variety": 0.0}, seed=1)
    assert np.allclose(whole(still), whole(sources[1]), atol=1e-5)


def test_a_member_of_a_family_has_the_clips_of_its_source(hero: str, giant: str) -> None:
    assert len(made("family", [hero, giant]).clips) == 1


def test_a_single_character_varies_by_itself(hero: str) -> None:
    plain = {"generator": "character", "method": "family", "references": [hero], "params": {"clips": False}}
    said: list[str] = []
    alone = engine.generate(Request.from_plain(plain), device="cpu", warn=said.append)
    assert any("varies by itself" in text for text in said)
    assert np.abs(whole(alone) - whole(made("variation", [hero], {"variety": 0.0, "clips": False}))).max() > 0.002
