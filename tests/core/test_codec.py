# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import FINITE, JSON, TEXT

from maquette.core.codec import canonical_json, from_plain, parse_json, show, to_plain
from maquette.core.errors import InputError


@dataclass(frozen=True)
class Inner:
    number: float
    flags: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    pair: tuple[int, str]
    inner: Inner | None = None
    by_name: dict[str, Inner] | None = None


INNERS = st.builds(Inner, FINITE, st.lists(st.booleans(), max_size=3).map(tuple))
OUTERS = st.builds(
    Outer,
    TEXT,
    st.integers(),
    st.tuples(st.integers(), TEXT),
    st.none() | INNERS,
    st.none() | st.dictionaries(TEXT, INNERS, max_size=2),
)


@given(OUTERS)
def test_round_trip_through_json(value: Outer) -> None:
    assert from_plain(Outer, parse_json(canonical_json(to_plain(value)), "it"), "it") == value


@given(JSON)
def test_canonical_json_does_not_depend_on_order(value: object) -> None:
    text = canonical_json(value)
    shuffled = json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert canonical_json(shuffled) == text
    assert text.isascii()


@given(st.binary() | st.text())
def test_any_text_is_json_or_one_sentence(text: str | bytes) -> None:
    with contextlib.suppress(InputError):
        parse_json(text, "it")


@given(JSON)
def test_any_json_is_the_type_or_one_sentence(value: object) -> None:
    with contextlib.suppress(InputError):
        from_plain(Outer, value, "it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": Infinity}', "Infinity is no JSON number"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": ', "not valid JSON"),
        (b"\xff{}", "not UTF-8 text (byte 0)"),
        ("[" * 100 + "]" * 100, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "not valid JSON"),
    ],
)
def test_what_is_wrong_with_the_text_is_said(text: str | bytes, said: str) -> None:
    with pytest.raises(InputError, match=r"^It ") as caught:
        parse_json(text, "It")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([], "It must be an object, and [] was given."),
        ({"name": "a", "count": 1}, "It lacks 'pair'. Add it."),
        ({"name": "a", "count": True, "pair": [1, "b"]}, "It, 'count' must be a whole number, and True was given."),
        ({"name": "a", "count": 1, "pair": [1]}, "It, 'pair' must be a list of 2, and [1] was given."),
        ({"name": 3, "count": 1, "pair": [1, "b"]}, "It, 'name' must be text, and 3 was given."),
        ({"nam": "a"}, "It has an unknown key 'nam'. Did you mean 'name'?"),
        ({"name": "\ud800", "count": 1, "pair": [1, "b"]}, "It, 'name' has characters that are no valid Unicode."),
    ],
)
def test_what_is_wrong_with_a_value_is_said(plain: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        from_plain(Outer, plain, "It")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_numbers_are_finite(number: float) -> None:
    with pytest.raises(InputError):
        from_plain(float, number, "It")


@given(st.text() | JSON)
def test_shown_values_are_short_and_printable(value: object) -> None:
    assert len(show(value)) < 70
    assert show(value).isprintable()
