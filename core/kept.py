# SPDX-License-Identifier: GPL-3.0-or-later
"""The Requests that a Request's locks hold on to, by their keys: what a locked part is made of again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codec import show
from .errors import InputError
from .request import Request

# each lock may stand on a result with locks of its own
MAX_DEPTH = 16
MAX_KEPT = 256


def read_kept(plain: Mapping[str, Any]) -> dict[str, Request]:
    """Requests by key from plain JSON; InputError where there are too many or one is none."""
    if len(plain) > MAX_KEPT:
        raise InputError(f"{len(plain)} kept Requests were given; {MAX_KEPT} are the most.")
    return {key: Request.from_plain(item, f"The kept Request {key[:8]}") for key, item in plain.items()}


def held_keys(request: Request, kept: Mapping[str, Request]) -> set[str]:
    """The keys that a Request's locks name, and those that the Requests behind them name in turn."""
    found: set[str] = set()
    waiting = list((request.locks or {}).values())
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += list((kept[key].locks or {}).values()) if key in kept else []
    return found


class Kept:
    """What one Request's locks name. Made before any work: InputError where a part cannot be locked, where a Request is
    missing or is another than its key says, where locks go in a ring or too deep."""

    def __init__(self, request: Request, kept: Mapping[str, Request], depth: int = 0) -> None:
        self._kept: dict[str, Request] = {}
        locks = request.locks or {}
        request.declaration.check_locks(locks)
        if locks and depth >= MAX_DEPTH:
            raise InputError(f"Locks hold on to results with locks more than {MAX_DEPTH} deep. Unlock some of them.")
        for part, key in locks.items():
            if key not in kept:
                raise InputError(
                    f"The lock of {show(part)} holds on to a result ({key[:8]}) whose Request was not given. "
                    "Give it with the job, or take the lock off."
                )
            held = kept[key].hashed()
            if held.key != key:
                raise InputError(f"The Request kept for {show(part)} has the key {held.key[:8]}, not {key[:8]}.")
            Kept(held, kept, depth + 1)
            self._kept[key] = held
        self._all = {key: kept[key] for key in held_keys(request, kept)}

    def of(self, key: str) -> tuple[Request, dict[str, Request]]:
        """The Request with this key, and what its own locks need."""
        held = self._kept[key]
        return held, {below: self._all[below] for below in held_keys(held, self._all)}
