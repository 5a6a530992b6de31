# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast search, the votes and the cuts against plain references."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from maquette.core.texture.patches import DESCRIPTOR_LENGTH, PATCH, PatchIndex, index_patches, patch_window
from maquette.core.texture.quilting import cheapest_cut, quilt
from maquette.core.texture.search import DIRECTIONS, Matches, improve_matches, matching_cost, nearest_exact
from maquette.core.texture.voting import closest_texels, vote

from .synthetic import noise


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def features(rows: int, columns: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(noise(rows, columns, seed)).permute(2, 0, 1).contiguous()


@pytest.fixture
def index() -> PatchIndex:
    return index_patches(features(40, 48), (False, True), generator())


def test_descriptors_keep_the_weighted_distances_of_patches(index: PatchIndex) -> None:
    image = features(40, 48)
    padded = torch.cat([image, image[:, :, : PATCH - 1]], 2).numpy()
    window = patch_window()
    pairs = np.random.default_rng(0).integers(0, index.num_patches, (50, 2))
    described, plain = [], []
    for pair in pairs:
        rows, columns = pair // index.num_columns, pair % index.num_columns
        first, second = (padded[:, r : r + PATCH, c : c + PATCH] for r, c in zip(rows, columns, strict=True))
        plain.append((window * (first - second) ** 2).sum())
        one, other = index.descriptors_nk[torch.from_numpy(pair)]
        described.append(float((one - other).square().sum()))
    # 20 numbers in place of 147: never more than the true distance, and most of it
    assert (np.array(described) <= np.array(plain) * (1 + 1e-4)).all()
    assert np.mean(described) > 0.7 * np.mean(plain)
    assert index.descriptors_nk.shape[1] == DESCRIPTOR_LENGTH


def test_the_exact_search_finds_the_plain_minimum(index: PatchIndex) -> None:
    queries = torch.randn(200, DESCRIPTOR_LENGTH, generator=generator(1)) * 0.1
    price = torch.rand(index.num_patches, generator=generator(2)) * 0.05
    distances = (queries[:, None] - index.descriptors_nk[None]).square().sum(2) + price
    torch.testing.assert_close(
        distances.gather(1, nearest_exact(index, queries, price)[:, None])[:, 0], distances.amin(1), atol=1e-5, rtol=0
    )


def test_patchmatch_comes_near_the_exact_search(index: PatchIndex) -> None:
    queries = index.describe(features(32, 32, seed=5), 2)
    free = torch.zeros(index.num_patches)
    flat = queries.reshape(-1, DESCRIPTOR_LENGTH)
    best = matching_cost(index, flat, nearest_exact(index, flat, free), None)
    rows = torch.randint(0, index.num_rows, (16, 16), generator=generator(3))
    columns = torch.randint(0, index.num_columns, (16, 16), generator=generator(4))
    start = matching_cost(index, flat, (rows * index.num_columns + columns).reshape(-1), None)
    matches = Matches(rows, columns, start.reshape(16, 16).clone())
    beats: list[int] = []
    for turn in range(8):
        improve_matches(index, queries, matches, free, 2, (4, 1), generator(6), lambda turn=turn: beats.append(turn))
    # a sweep can be stopped between any two of its trials
    assert len(beats) > 8 * len(DIRECTIONS)
    assert matches.cost.sum() < 1.3 * best.sum()
    again = matching_cost(index, flat, (matches.rows * index.num_columns + matches.columns).reshape(-1), None)
    torch.testing.assert_close(matches.cost.reshape(-1), again)


def test_votes_are_the_weighted_mean_of_all_covering_patches(index: PatchIndex) -> None:
    rows = torch.randint(0, index.num_rows, (5, 6), generator=generator(1))
    columns = torch.randint(0, index.num_columns, (5, 6), generator=generator(2))
    total, weight = np.zeros((10, 12, 3)), np.zeros((10, 12, 1))
    texels = index.texels_nc.reshape(-1, index.texel_columns, 3).numpy()
    for row, column, i, j in itertools.product(range(5), range(6), range(PATCH), range(PATCH)):
        share = index.window_pp[i, j]
        place = (2 * row + i) % 10, (2 * column + j) % 12
        total[place] += share * texels[rows[row, column] + i, columns[row, column] + j]
        weight[place] += share
    image = vote(index, rows, columns, 2).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(image, total / weight, atol=1e-5)


def test_the_closest_texel_of_an_undisturbed_copy_is_its_own() -> None:
    image = features(32, 32)
    index = index_patches(image, (True, True), generator())
    rows = (torch.arange(16) * 2)[:, None].expand(16, 16).contiguous()
    columns = (torch.arange(16) * 2)[None].expand(16, 16).contiguous()
    voted = vote(index, rows, columns, 2)
    torch.testing.assert_close(voted, image, atol=1e-5, rtol=0)
    source_rows, source_columns = closest_texels(index, rows, columns, 2, voted)
    assert torch.equal(source_rows % 32, torch.arange(32)[:, None].expand(32, 32))
    assert torch.equal(source_columns % 32, torch.arange(32)[None].expand(32, 32))


def test_the_cut_is_the_cheapest_of_all_paths() -> None:
    error = np.random.default_rng(0).random((5, 4))
    paths = (p for p in itertools.product(range(4), repeat=5) if all(abs(a - b) <= 1 for a, b in itertools.pairwise(p)))
    cheapest = min(sum(error[row, column] for row, column in enumerate(path)) for path in paths)
    assert error[np.arange(5), cheapest_cut(error)].sum() == pytest.approx(cheapest)


def test_quilting_covers_the_torus_with_texels_of_the_exemplar() -> None:
    rows, columns = quilt(
        features(40, 48), (50, 70), (False, True), (None, None), 12, 0.1, generator(), lambda _f, _t: None
    )
    assert rows.shape == columns.shape == (50, 70)
    assert rows.min() >= 0
    assert rows.max() < 40
    assert columns.min() >= 0
    assert columns.max() < 48


def test_more_variety_copies_smaller_pieces() -> None:
    largest = []
    for copied in (0.5, 0.03):
        rows, columns = quilt(
            features(96, 96), (128, 128), (False, False), (None, None), 24, copied, generator(), lambda _f, _t: None
        )
        offsets = (rows - torch.arange(128)[:, None]) * 1000 + columns - torch.arange(128)
        largest.append(int(offsets.unique(return_counts=True)[1].max()))
    assert largest[1] < 0.7 * largest[0]
