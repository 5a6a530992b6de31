# SPDX-License-Identifier: GPL-3.0-or-later
"""New members of a family: as different as the family is, and from nothing but it and the prior."""

from __future__ import annotations

import pytest
import torch

from maquette.core.character import kinship
from maquette.core.character.bones import HUMANOID_BONES
from maquette.core.character.family import source_of
from maquette.core.character.kinship import Kinship
from maquette.core.character.prior import LENGTH, ShapePrior, group_sizes, resized
from maquette.core.character.shape_code import ShapeCode, code_length


def codes(count: int, scale: float = 0.1, space: str = "humanoid") -> list[ShapeCode]:
    random = torch.Generator().manual_seed(count)
    return [ShapeCode(space, HUMANOID_BONES, scale * torch.randn(LENGTH, generator=random)) for _ in range(count)]


def drawn(kin: Kinship, prior: ShapePrior | None, variety: float = 1.0, count: int = 400) -> torch.Tensor:
    return torch.stack([kin.drawn(variety, prior, torch.Generator().manual_seed(seed)) for seed in range(count)])


def test_no_variety_is_the_source_itself_and_one_seed_gives_one_member() -> None:
    kin = Kinship.of(codes(4), 2)
    assert drawn(kin, None, 0.0, 3).abs().max() == 0
    assert torch.equal(drawn(kin, None, 1.0, 3), drawn(kin, None, 1.0, 3))


def test_members_have_the_covariance_of_the_family() -> None:
    family = codes(4, scale=0.05)
    made = drawn(Kinship.of(family, 1), None, count=4000) / kinship.WIDTH
    stacked = torch.stack([code.values for code in family])
    expected = torch.cov(stacked.T[:40])
    assert torch.allclose(torch.cov(made.T[:40]), expected, atol=0.3 * float(expected.diagonal().mean()))
    # nothing but weighted sums of how the characters differ
    differences = stacked[1:] - stacked[0]
    rest = made[:5] - made[:5] @ torch.linalg.pinv(differences) @ differences
    assert rest.abs().max() < 1e-4


def test_strangers_are_no_relatives_and_a_single_character_has_none() -> None:
    family = codes(3)
    strangers = [ShapeCode("generic-1", ("a",), torch.zeros(code_length(1)))]
    assert torch.allclose(Kinship.of([*family, *strangers], 0).deviations, Kinship.of(family, 0).deviations)
    alone = Kinship.of([*family, *strangers], 3)
    assert drawn(alone, None, 1.0, 3).abs().max() == 0


def test_families_of_several_kinds_give_no_monsters() -> None:
    wild = drawn(Kinship.of(codes(4, scale=3.0), 0), None, 0.5, 20)
    for one in wild:
        assert max(group_sizes(one).values()) <= 0.5 * kinship.MOST + 1e-5


def test_bones_that_a_relative_lacks_stay_as_they_are() -> None:
    first = ShapeCode("q", ("a", "b"), torch.zeros(code_length(2)))
    other = ShapeCode("q", ("b",), torch.ones(code_length(1)))
    made = ShapeCode("q", ("a", "b"), Kinship.of([first, other], 0).drawn(1.0, None, torch.Generator())).parts
    assert made.lengths[0] == 0 and made.radii[0].abs().max() == 0
    assert made.lengths[1] != 0 and made.radii[1].abs().min() > 0


def test_the_prior_adds_deviations_as_large_as_the_family_varies() -> None:
    torch.manual_seed(0)
    prior = ShapePrior(latent=8, hidden=16).requires_grad_(False)
    # a family whose bones are all of one length
    family = [ShapeCode(c.space, c.bones, resized(c.values, {"lengths": 0.0})) for c in codes(4)]
    kin = Kinship.of(family, 0)
    sizes = group_sizes(torch.stack([kin.natural(prior, torch.Generator().manual_seed(s)) for s in range(200)]))
    usual = group_sizes(torch.stack([prior.sample(1, torch.Generator().manual_seed(s))[0] for s in range(200)]))
    assert sizes["lengths"] < 1e-6
    for name in ("height", "radii"):
        assert float(sizes[name]) == pytest.approx(float(usual[name] * kin.spread[name]), rel=1e-3)


def test_what_the_prior_draws_has_the_distribution_that_it_took_up() -> None:
    torch.manual_seed(0)
    prior = ShapePrior(latent=4, hidden=16).requires_grad_(False)
    deviations = 0.1 * torch.randn(500, LENGTH)
    prior.take_up(deviations)
    mean, log_variance = prior.encode(deviations)
    latents = prior.place + torch.randn(20000, 4) @ prior.root.T
    assert torch.allclose(latents.mean(0), mean.mean(0), atol=0.05)
    expected = torch.cov(mean.T) + torch.diag(log_variance.exp().mean(0))
    assert torch.allclose(torch.cov(latents.T), expected, atol=0.06 * float(expected.diagonal().max()))
    again = [prior.sample(2, torch.Generator().manual_seed(3)) for _ in range(2)]
    assert torch.equal(*again)


def test_seeds_take_the_characters_in_turn_or_by_their_weights() -> None:
    assert [source_of([1.0, 1.0, 1.0], seed) for seed in range(6)] == [0, 1, 2, 0, 1, 2]
    drawn_ones = [source_of([3.0, 1.0], seed) for seed in range(400)]
    assert 0.2 < sum(drawn_ones) / 400 < 0.3
