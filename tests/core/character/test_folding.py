# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin that would fold over is taken back, what does not fold stays."""

from __future__ import annotations

import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core.character.decoding import decode
from maquette.core.character.folding import LEAST, folded_shares, unfolded
from maquette.core.character.rig_space import RigSpace
from maquette.training.metrics.surfaces import inverted_share


@pytest.fixture(scope="module")
def space() -> RigSpace:
    return RigSpace.of(synthetic_character(clips=False))


def random_difference(space: RigSpace, size: float, seed: int) -> torch.Tensor:
    return size * torch.randn(len(space.code.values), generator=torch.Generator().manual_seed(seed))


def test_shares_are_those_of_the_decoded_meshes(space: RigSpace) -> None:
    differences = torch.stack([random_difference(space, 0.6, seed) for seed in range(3)])
    found = folded_shares(space, differences)
    for share, difference in zip(found, differences, strict=True):
        expected = inverted_share(space.asset, decode(space, difference, clips=False))
        assert float(share) == pytest.approx(expected, abs=1e-3)
    assert found.max() > LEAST


def test_what_folds_is_taken_back_and_small_differences_stay(space: RigSpace) -> None:
    small = random_difference(space, 0.01, 0)
    assert torch.allclose(unfolded(space, small), small, atol=1e-6)
    for seed in range(4):
        kept = unfolded(space, random_difference(space, 1.5, seed))
        assert float(folded_shares(space, kept[None])[0]) <= LEAST and kept.abs().max() > 0
