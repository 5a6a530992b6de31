# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for what is liked, against a hidden taste."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from moved_requests import Line, request, units

from maquette.core import explore
from maquette.core.errors import InputError
from maquette.core.explore_search import EvolutionSearch, weights_of
from maquette.core.request import Request

ROUNDS, COUNT = 5, 9


def stars(apart: float) -> float:
    return round(float(np.clip(5 - 4 * apart, 0, 5)) * 2) / 2


def told(search: EvolutionSearch, requests: list[Request], target: np.ndarray) -> EvolutionSearch:
    for one in requests:
        search.tell(one, stars(float(np.linalg.norm(units(one) - target))))
    return search


def nearest_two(requests: list[Request]) -> float:
    places = np.array([units(one) for one in requests])
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    return float(apart[np.triu_indices(len(places), 1)].min())


@pytest.mark.parametrize("taste", range(4))
def test_what_is_offered_comes_nearer_to_a_hidden_taste(taste: int) -> None:
    base = request()
    target = np.random.default_rng(taste).uniform(0.2, 0.8, len(units(base)))
    seen = explore.vary(base, COUNT, taste, 1.0)
    means, least = [], np.inf
    for number in range(ROUNDS):
        new = told(EvolutionSearch(number), seen, target).ask(COUNT)
        seen += new
        means.append(np.mean([np.linalg.norm(units(one) - target) for one in new]))
        least = min(least, nearest_two(new))
    chance = [one for number in range(ROUNDS) for one in explore.vary(base, COUNT, 50 + number, 1.0)]
    by_chance = np.mean([np.linalg.norm(units(one) - target) for one in chance])
    assert means[-1] < 0.85 * by_chance and means[-1] < means[0]
    # no two candidates of a round are alike
    assert least > 0.12


def test_the_same_ratings_in_any_order_give_the_same_candidates() -> None:
    rated = list(zip(explore.vary(request(), 6, 1, 1.0), (5, 0, 3, 4, 1, 2), strict=True))
    found = []
    for order in (rated, rated[::-1]):
        search = EvolutionSearch(3)
        for one, rating in order:
            search.tell(one, float(rating))
        found.append(search.ask(5))
    assert found[0] == found[1] and len({one.key for one in found[0]}) == 5
    # bred from those that count
    worst = rated[1][0].key
    assert all(worst not in one.parents and len(one.parents) == 5 for one in found[0])


@pytest.mark.parametrize("count", [1, 2, 9])
def test_one_rating_is_enough_and_equal_ones_are_looked_around(count: int) -> None:
    rated = explore.vary(request(legs=0.4), count, 2, 0.6)
    search = EvolutionSearch(1)
    for one in rated:
        search.tell(one, 3.0)
    found = search.ask(12)
    middle = np.mean([units(one) for one in rated], axis=0)
    assert np.linalg.norm(np.mean([units(one) for one in found], axis=0) - middle) < 0.3
    assert nearest_two(found) > 0.05


def test_codes_are_searched_with_the_numbers() -> None:
    rated = [replace(one, code=(float(place), 1.0)) for place, one in zip((2, 4, 9), [request()] * 3, strict=True)]
    search = EvolutionSearch(1, codes=Line())
    for one, rating in zip(rated, (5.0, 5.0, 0.0), strict=True):
        search.tell(one, rating)
    found = [one.code for one in search.ask(9)]
    assert len(set(found)) == 9
    # near the liked ones, and what all codes share is kept
    assert all(code is not None and code[1] == pytest.approx(1.0) for code in found)


def test_locked_numbers_and_whole_seeds_stay() -> None:
    search = EvolutionSearch(1, ("weight",))
    search.tell(request(weight=0.5), 5.0)
    assert {(one.params.weight, one.seed) for one in search.ask(9)} == {(0.5, 3)}  # type: ignore[attr-defined]


def test_a_method_without_numbers_is_explored_by_its_seed() -> None:
    search = EvolutionSearch(1)
    search.tell(request("architecture", "plan"), 4.0)
    assert len({one.seed for one in search.ask(6)}) == 6


def test_a_later_rating_counts() -> None:
    one, other = explore.vary(request(), 2, 1, 1.0)
    search = EvolutionSearch(1)
    for rated, rating in ((one, 5.0), (other, 0.0), (one, 0.0), (other, 5.0)):
        search.tell(rated, rating)
    assert {child.parents for child in search.ask(3)} == {(other.key,)}


def test_weights_count_the_best_most() -> None:
    assert weights_of(np.array([1.0, 3.0, 5.0])) == pytest.approx([0.0, 0.2, 0.8])
    assert weights_of(np.array([2.0, 2.0])) == pytest.approx([0.5, 0.5])


def test_bad_ratings_are_sentences() -> None:
    search: Any = EvolutionSearch(1)
    with pytest.raises(InputError, match="Nothing is rated"):
        search.ask(3)
    with pytest.raises(InputError, match="between 0 and 5"):
        search.tell(request(), 7.0)
    search.tell(request(), 3.0)
    with pytest.raises(InputError, match="different methods"):
        search.tell(request("texture", "photo"), 3.0)
