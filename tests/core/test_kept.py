# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks hold on to Requests: told before any work where one cannot be had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maquette.core.errors import InputError
from maquette.core.generators import Method, find_method
from maquette.core.kept import MAX_DEPTH, Kept, held_keys, read_kept
from maquette.core.request import Request


@pytest.fixture
def lockable(monkeypatch: pytest.MonkeyPatch) -> Method:
    """The learned space with two kinds of parts that can be locked."""
    method = replace(find_method("texture", "family"), lockable=("albedo", "region *"))
    monkeypatch.setattr("maquette.core.request.find_method", lambda generator, name: method)
    return method


def _request(method: Method, seed: int, **more: object) -> Request:
    return Request("texture", "family", method.params(), seed, **more)  # type: ignore[arg-type]


def test_a_kept_request_comes_with_what_its_own_locks_need(lockable: Method) -> None:
    first = _request(lockable, 1)
    second = _request(lockable, 2, locks={"region 0 0 1 1": first.key})
    third = _request(lockable, 3, locks={"albedo": second.key})
    kept = read_kept({r.key: r.to_plain() for r in (first, second)})
    assert held_keys(third, kept) == {first.key, second.key}
    held, below = Kept(third, kept).of(second.key)
    assert held == second and below == {first.key: first}


def test_a_lock_without_its_request_is_told(lockable: Method) -> None:
    with pytest.raises(InputError, match="Request was not given"):
        Kept(_request(lockable, 1, locks={"albedo": "0" * 64}), {})


def test_a_request_under_a_wrong_key_is_told(lockable: Method) -> None:
    key = _request(lockable, 1).key
    with pytest.raises(InputError, match="has the key"):
        Kept(_request(lockable, 2, locks={"albedo": key}), {key: _request(lockable, 5)})


def test_a_part_that_cannot_be_locked_is_told(lockable: Method) -> None:
    with pytest.raises(InputError, match="'family' can lock albedo"):
        Kept(_request(lockable, 1, locks={"knee": "0" * 64}), {})


def test_a_method_without_parts_refuses_locks() -> None:
    with pytest.raises(InputError, match="can lock no part"):
        replace(find_method("texture", "photo"), lockable=()).check_locks(["albedo"])


def test_locks_go_only_so_deep(lockable: Method) -> None:
    chain = [_request(lockable, 0)]
    for seed in range(1, MAX_DEPTH + 2):
        chain.append(_request(lockable, seed, locks={"albedo": chain[-1].key}))
    kept = {request.key: request for request in chain}
    Kept(chain[MAX_DEPTH], kept)
    with pytest.raises(InputError, match="deep"):
        Kept(chain[-1], kept)


def test_too_many_are_refused() -> None:
    with pytest.raises(InputError, match="most"):
        read_kept({str(number): {} for number in range(300)})
