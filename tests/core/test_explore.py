# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves on Requests: near, between, anew, and what they leave alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from moved_requests import Line, request, units

from maquette.core import explore
from maquette.core.errors import InputError
from maquette.core.generators import methods
from maquette.core.params import specs
from maquette.core.request import Request


def moves(one: Request, seed: int = 1) -> dict[str, list[Request]]:
    return {
        "explore": explore.explore(one, 6, seed),
        "vary": explore.vary(one, 6, seed, 0.5),
        "mix": explore.mix([one, replace(one, seed=77)], 6, seed),
        "between": explore.between(one, replace(one, seed=77), 6),
    }


@pytest.mark.parametrize("key", list(methods()), ids="-".join)
def test_every_method_can_be_moved_and_stays_what_was_asked(key: tuple[str, str]) -> None:
    one = request(*key)
    kept = [s.name for s in specs(type(one.params)) if s.steers == 0 or s.kind is bool or s.kind is tuple]
    kept += [s.name for s in specs(type(one.params)) if s.kind is str and not s.choices]
    for found in moves(one).values():
        assert len(found) == 6
        assert all(Request.from_json(child.to_json()) == child for child in found)
        assert all(getattr(child.params, name) == getattr(one.params, name) for child in found for name in kept)
        assert all(child.references == one.references for child in found)
    # nothing that a brief or a size says is ever moved
    never = {"size", "size_m", "programme", "model", "maps", "corners", "levels", "clips", "keep", "evaluations"}
    assert never & {spec.name for spec in specs(type(one.params))} <= set(kept)
    wild = explore.explore(one, 6, 1, strength=1.0)
    assert len({child.key for child in wild}) == 6


def test_the_same_call_gives_the_same_candidates_and_another_seed_others() -> None:
    one = request(weight=0.2)
    assert moves(one) == moves(one)
    first, other = moves(one, 1), moves(one, 2)
    assert all(first[move] != other[move] for move in ("explore", "vary", "mix"))
    assert len({child.key for child in first["vary"]}) == 6


def test_children_name_their_parents() -> None:
    one, two = request(), request(seed=9)
    assert all(child.parents == (one.key,) for child in explore.vary(one, 3, 1, 0.5))
    assert all(set(child.parents) == {one.key, two.key} for child in explore.mix([one, two], 3, 1))


def test_variants_lie_nearer_the_lower_the_strength() -> None:
    one = request(weight=0.1, legs=-0.2)
    far = [
        np.mean([np.linalg.norm(units(child) - units(one)) for child in explore.vary(one, 12, 1, strength)])
        for strength in (0.0, 0.2, 0.5, 1.0)
    ]
    assert far[0] == 0.0 and far[0] < far[1] < far[2] < far[3]
    near = [explore.vary(one, 12, 1, strength, codes=Line())[4].code for strength in (0.0, 0.3, 0.9)]
    own = (3.0, 1.0)
    away = [abs(code[0] - own[0]) for code in near if code is not None]
    assert near[0] == own and away[0] < away[1] < away[2]


def test_the_seed_stays_where_it_decides_what_is_made() -> None:
    assert {child.seed for child in explore.vary(request(), 4, 1, 0.5)} == {3}
    assert len({child.seed for child in explore.vary(request("texture", "exemplar"), 4, 1, 0.5)}) == 4
    # a plan has nothing else that moves
    assert len({child.seed for child in explore.vary(request("architecture", "plan"), 4, 1, 0.5)}) == 4


def test_numbers_carry_the_chance_of_methods_that_know_none() -> None:
    for method in ("photo", "tileable"):
        found = explore.explore(request("texture", method), 8, 1)
        assert np.std([units(child) for child in found], axis=0).max() > 0.1


def test_locked_parameters_never_move() -> None:
    one, two = request(weight=0.3, legs=0.5), request(seed=8, weight=-0.9, legs=-0.5)
    locked = ("weight", "suit")
    for found in (
        explore.explore(one, 9, 1, locked, strength=1.0),
        explore.vary(one, 9, 1, 1.0, locked),
        explore.mix([one, two], 9, 1, [0.9, 0.1], locked)[:1],
        explore.between(one, replace(two, params=replace(two.params, weight=0.3)), 5, locked),
    ):
        assert {child.params.weight for child in found} == {0.3}  # type: ignore[attr-defined]
        assert {child.params.suit for child in found} == {"plain"}  # type: ignore[attr-defined]


def test_choices_change_at_high_strength_alone() -> None:
    one = request("architecture", "building")
    calm = [*explore.explore(one, 36, 1, codes=Line()), *explore.vary(one, 36, 1, 0.5, codes=Line())]
    assert {child.params.style for child in calm} == {"plain"}  # type: ignore[attr-defined]
    bold = explore.explore(one, 36, 1, strength=1.0, codes=Line())
    assert len({child.params.style for child in bold}) > 2  # type: ignore[attr-defined]


def test_choices_carry_what_no_code_carries() -> None:
    # a building over an outline that is given: chance draws no design of it
    one = request("architecture", "building")
    looks = {(child.params.style, child.params.roof) for child in explore.explore(one, 9, 1)}  # type: ignore[attr-defined]
    assert len(looks) >= 6
    near = explore.vary(one, 36, 1, 0.35)
    own = [child for child in near if child.params.style == "plain" and child.params.roof == "flat"]  # type: ignore[attr-defined]
    assert 18 <= len(own) < 36
    locked = explore.explore(one, 9, 1, ("style", "roof"))
    assert {(child.params.style, child.params.roof) for child in locked} == {("plain", "flat")}  # type: ignore[attr-defined]
    assert all(child.params == one.params for child in explore.vary(one, 9, 1, 0.0))


def test_a_mix_is_the_weighted_mean_in_whatever_order() -> None:
    one, two, three = request(weight=-1.0), request(seed=4, weight=0.0), request(seed=5, weight=1.0)
    found = explore.mix([one, two, three], 5, 1, [1, 1, 2], codes=Line())
    assert found == explore.mix([three, one, two], 5, 1, [2, 1, 1], codes=Line())
    first = found[0]
    assert first.params.weight == pytest.approx(0.25) and first.seed == 5  # type: ignore[attr-defined]
    assert first.code == pytest.approx((4.25, 1.0))
    assert explore.mix([one, three], 1, 1, [1, 0])[0].params == one.params


def test_a_row_ends_in_the_two_themselves() -> None:
    one, two = request(weight=-0.8, suit="metal"), request(seed=6, weight=0.8)
    row = explore.between(one, two, 5, codes=Line())
    assert row[0] == one and row[-1] == two
    assert [child.params.weight for child in row] == pytest.approx([-0.8, -0.4, 0.0, 0.4, 0.8])  # type: ignore[attr-defined]
    assert [child.code for child in row[1:-1]] == [(3.75, 1.0), (4.5, 1.0), (5.25, 1.0)]


def test_designs_that_a_search_offers_are_candidates_of_their_own() -> None:
    found = explore.explore(request("architecture", "form"), 9, 1, codes=Line())
    assert len({child.code for child in found}) == 9


def test_what_has_nothing_between_is_a_sentence() -> None:
    one = request("texture", "exemplar")
    other = replace(one, references=(replace(one.references[0], sha256="b" * 64),))
    with pytest.raises(InputError, match="different files"):
        explore.mix([one, other], 3, 1)
    with pytest.raises(InputError, match="different methods"):
        explore.between(one, request("texture", "tileable"), 3)
    with pytest.raises(InputError, match="weights"):
        explore.mix([one, one], 3, 1, [1.0])
    with pytest.raises(InputError, match="weights"):
        explore.mix([one, one], 3, 1, [0.0, 0.0])


def test_importing_the_moves_needs_neither_torch_nor_cma() -> None:
    code = "import sys, maquette.core.explore; sys.exit(bool({'torch', 'cma', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
