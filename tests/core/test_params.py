# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import JSON, params_of

from maquette.core.codec import canonical_json, parse_json
from maquette.core.errors import InputError
from maquette.core.generators import Method, methods
from maquette.core.params import Params, ParamSpec, specs

METHODS = list(methods().values())
SPECS = [(method.params, spec) for method in METHODS for spec in specs(method.params)]
EVERY_METHOD = pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.generator}-{method.name}")


@EVERY_METHOD
@given(data=st.data())
def test_round_trip_through_json(method: Method, data: st.DataObject) -> None:
    params = data.draw(params_of(method.params))
    plain = parse_json(canonical_json(params.to_plain()), "it")
    assert method.params.from_plain(plain) == params
    assert set(plain) == {spec.name for spec in specs(method.params)}


@EVERY_METHOD
@given(given_=st.dictionaries(st.sampled_from(["size", "size_m", "maps", "relief", "siz"]), JSON) | JSON)
def test_any_json_is_params_or_one_sentence(method: Method, given_: Any) -> None:
    with contextlib.suppress(InputError):
        method.params.from_plain(given_)


@pytest.mark.parametrize(("kind", "spec"), SPECS, ids=lambda value: getattr(value, "name", None))
def test_the_reach_is_kept(kind: type[Params], spec: ParamSpec) -> None:
    for bad in (v for v in (spec.minimum, spec.maximum) if v is not None):
        beyond = bad - 1 if bad == spec.minimum else bad + 1
        with pytest.raises(InputError, match=f"'{spec.name}' must lie between .* was given"):
            kind.from_plain({spec.name: [beyond] * spec.length if spec.kind is tuple else spec.kind(beyond)})
    if spec.choices:
        with pytest.raises(InputError, match=f"'{spec.name}' knows .*; 'nonsense' was given"):
            kind.from_plain({spec.name: ["nonsense"] if spec.kind is tuple else "nonsense"})


@pytest.mark.parametrize(("kind", "spec"), SPECS, ids=lambda value: getattr(value, "name", None))
def test_the_default_is_valid_and_described(kind: type[Params], spec: ParamSpec) -> None:
    assert getattr(kind(), spec.name) == spec.default
    assert spec.description and not spec.description.endswith(".")


@pytest.mark.parametrize("size", [-1, 10**9, 1.5, "1024", None, True, float("nan")])
def test_a_wrong_size_is_said(size: object) -> None:
    params = methods()["texture", "exemplar"].params
    with pytest.raises(InputError, match=r"The parameter 'size' must"):
        params.from_plain({"size": size})


def test_a_set_has_one_spelling() -> None:
    params = methods()["texture", "exemplar"].params
    assert params(maps=("normal", "albedo")) == params(maps=("albedo", "normal", "normal"))  # type: ignore[call-arg]
