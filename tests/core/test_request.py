# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import JSON, TEXT, params_of, requests

from maquette.core.errors import InputError
from maquette.core.params import specs
from maquette.core.request import MAX_TEXT_BYTES, Reference, Request
from maquette.core.texture.params import ExemplarParams

PLAIN = {"generator": "texture", "method": "exemplar", "references": ["photo.jpg"]}


@given(requests(hashed=False))
def test_round_trip_through_json(request_: Request) -> None:
    assert Request.from_json(request_.to_json()) == request_


@given(requests())
def test_the_key_ignores_paths_order_and_what_is_left_out(request_: Request) -> None:
    moved = replace(request_, references=tuple(replace(r, path=f"elsewhere/{r.path}") for r in request_.references))
    shuffled = json.loads(request_.to_json(), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    defaults = {spec.name: spec.default for spec in specs(type(request_.params))}
    short = {name: value for name, value in shuffled["params"].items() if value != defaults[name]}
    assert moved.key == request_.key
    assert Request.from_plain(shuffled).key == request_.key
    assert Request.from_plain({**shuffled, "params": short}).key == request_.key
    assert request_.cache_key != request_.key


def test_a_code_has_one_spelling_of_zero() -> None:
    plain = Request.from_plain({**PLAIN, "references": [{"role": "albedo", "path": "a", "sha256": "0" * 64}]})
    assert replace(plain, code=(-0.0, 1.0)).key == replace(plain, code=(0.0, 1.0)).key
    with pytest.raises(InputError, match="finite"):
        replace(plain, code=(float("nan"),))


@given(requests(), st.data())
def test_every_parameter_changes_the_key(request_: Request, data: st.DataObject) -> None:
    other = data.draw(params_of(type(request_.params)))
    for spec in specs(type(request_.params)):
        changed = replace(request_.params, **{spec.name: getattr(other, spec.name)})
        assert (replace(request_, params=changed).key == request_.key) == (changed == request_.params)


@given(requests())
def test_all_else_changes_the_key(request_: Request) -> None:
    assume(request_.references)
    first, *rest = request_.references
    others = [
        replace(request_, seed=(request_.seed + 1) % 2**31),
        replace(request_, references=(replace(first, sha256=f"{int(first.sha256, 16) ^ 1:064x}"), *rest)),
        replace(request_, references=(replace(first, weight=first.weight / 2), *rest)),
        replace(request_, code=(*(request_.code or ()), 0.5)),
        replace(request_, parents=(*request_.parents, "0" * 64)),
        replace(request_, locks={**(request_.locks or {}), "a locked part": "0" * 64}),
    ]
    assert len({request_.key, *(other.key for other in others)}) == len(others) + 1


@given(JSON)
def test_any_json_is_a_request_or_one_sentence(value: Any) -> None:
    with contextlib.suppress(InputError):
        Request.from_plain(value)


@given(st.binary() | st.text())
def test_any_text_is_a_request_or_one_sentence(text: str | bytes) -> None:
    with contextlib.suppress(InputError):
        Request.from_json(text)


@given(requests(hashed=False), st.data())
def test_a_mutated_request_is_read_or_refused_in_one_sentence(request_: Request, data: st.DataObject) -> None:
    plain = request_.to_plain()
    place = data.draw(st.sampled_from([plain, plain["params"], *plain["references"][:1]]))
    place[data.draw(st.sampled_from(list(place)) | TEXT)] = data.draw(JSON)
    with contextlib.suppress(InputError):
        Request.from_plain(plain)


@given(requests(hashed=False), st.data())
def test_a_damaged_text_is_read_or_refused_in_one_sentence(request_: Request, data: st.DataObject) -> None:
    text = bytearray(request_.to_json().encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        Request.from_json(bytes(text))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "made by a newer Maquette; this one reads up to 1. Update Maquette."),
        ({"version": "1"}, "'version' must be a whole number from 1; '1' was given."),
        ({"sed": 1}, "unknown key 'sed'. Did you mean 'seed'?"),
        ({"generator": "textures"}, "There is no generator 'textures'. Did you mean 'texture'?"),
        ({"method": "exemplr"}, "no method 'exemplr'. Did you mean 'exemplar'?"),
        ({"seed": -1}, "'seed' must be a whole number from 0 to 2147483647; -1 was given."),
        ({"seed": 1.5}, "'seed' must be a whole number, and 1.5 was given."),
        ({"params": {"size": 10**9}}, "'size' must lie between 64 and 8192 px; 1000000000 was given."),
        ({"params": {"sise": 64}}, "unknown key 'sise'. Did you mean 'size'?"),
        ({"params": 3}, "'params' must be an object, and 3 was given."),
        ({"references": []}, "'exemplar' needs a reference picture for albedo, and none was given. Choose one."),
        (
            {"references": ["a", *2 * [{"role": "mask", "path": "b"}]]},
            "'exemplar' takes one mask picture; 2 were given.",
        ),
        ({"references": [{"role": "glow", "path": "a"}]}, "takes references of albedo, normal,"),
        ({"references": ["a\0b"]}, "path holds a zero byte"),
        ({"references": [{"role": "albedo"}]}, "neither a path nor a hash"),
        ({"references": "photo.jpg"}, "'references' must be a list, and 'photo.jpg' was given."),
        ({"references": ["a"] * 100}, "has 100 references; 64 are the most."),
        ({"references": [{"role": "albedo", "path": "a", "sha256": "0"}]}, "64 hexadecimal digits; '0' was given"),
        ({"references": [{"role": "albedo", "path": "a", "weight": 0}]}, "'weight' must lie above 0"),
        ({"parents": ["x"]}, "hold keys of 64 hexadecimal digits; 'x' was given"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        Request.from_plain({**PLAIN, **change})
    assert said in str(caught.value)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(InputError, match=r"characters long"):
        Request.from_json(" " * (MAX_TEXT_BYTES + 1))


def test_references_are_hashed_and_a_changed_one_is_told(photo: Path) -> None:
    hashed = Request("texture", "exemplar", ExemplarParams(), references=(Reference("albedo", str(photo)),)).hashed()
    assert hashed.hashed() == hashed
    photo.write_bytes(photo.read_bytes() + b"more")
    with pytest.raises(InputError, match=r"has changed since this Request was made"):
        hashed.hashed()


def test_a_request_without_hashes_has_no_key() -> None:
    with pytest.raises(InputError, match=r"has no hash yet"):
        _ = Request.from_plain(PLAIN).key


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_cannot_be_hashed(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "it"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no named pipes")
        os.mkfifo(path)
    said = {"missing": "does not exist", "folder": "is a folder", "pipe": "is a device or a pipe"}[kind]
    request = Request("texture", "exemplar", ExemplarParams(), references=(Reference("albedo", str(path)),))
    with pytest.raises(InputError, match=said):
        request.hashed()
