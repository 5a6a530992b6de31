# SPDX-License-Identifier: GPL-3.0-or-later
"""What the designer asked of a generated datablock and is not made yet: values beside those of its Request.

    Request (what it was made from) + draft (what was changed since) = the wish that Regenerate makes

Both lie on the datablock, so that every tab shows its own values, undo takes them back, and files keep them.
"""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any

from ...core.errors import InputError
from ...core.request import Request
from .record import REQUEST, applied

# on a datablock: the parameters that were changed, as JSON; "seed" stands among them
DRAFT, SEED = "maquette_draft", "seed"
# a material of an older Maquette does not say how it lies on objects
CHOICES = {"mapping": "AUTO", "relief_as": "SHADING"}


def draft_of(thing: Any) -> dict[str, Any]:
    """The values that are wished for and not made yet, by parameter; `seed` is the seed."""
    return dict(_parsed(str(thing.get(DRAFT, ""))))


def wish_of(thing: Any) -> Request:
    """The Request with the draft in it; an InputError where either cannot be read."""
    return _wish(str(thing[REQUEST]), str(thing.get(DRAFT, "")), thing.name)


def wish_for(thing: Any, name: str, value: Any) -> None:
    """Ask for another value, a plain one; asking for what was made takes the wish back."""
    made = made_of(thing)
    known = {**made.params.to_plain(), SEED: made.seed, **applied(thing)}
    before = known.get(name)
    draft = draft_of(thing)
    if value == before:
        draft.pop(name, None)
    else:
        draft[name] = value
    _store(thing, draft)


def choices_of(thing: Any) -> dict[str, str]:
    """How a material lies on objects, `mapping` and `relief_as`: as it was put into the scene, or as is wished for."""
    draft = draft_of(thing)
    return {name: str(draft.get(name, value)) for name, value in {**CHOICES, **applied(thing)}.items()}


def made_of(thing: Any) -> Request:
    """The Request that a datablock was made from; an InputError where it cannot be read."""
    return _wish(str(thing[REQUEST]), "", thing.name)


def settle(thing: Any, request: Request) -> None:
    """A datablock was made anew: wishes that this Request fulfils, and those that it knows nothing of, are done."""
    draft = draft_of(thing)
    made = {**request.params.to_plain(), SEED: request.seed}
    _store(thing, {name: value for name, value in draft.items() if made.get(name, value) != value})


def forget_draft(thing: Any) -> None:
    """Take all wishes back."""
    _store(thing, {})


def _store(thing: Any, draft: dict[str, Any]) -> None:
    if draft:
        thing[DRAFT] = json.dumps(draft, sort_keys=True)
    elif DRAFT in thing:
        del thing[DRAFT]


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


@functools.lru_cache(maxsize=256)
def _wish(text: str, draft: str, name: str) -> Request:
    """Drawing asks for every value of a tab: the text is read once."""
    request = Request.from_json(text, f"The Request on '{name}'")
    wished = dict(_parsed(draft))
    seed = wished.pop(SEED, request.seed)
    plain = request.params.to_plain()
    # a value of another method, or of an older Maquette, is none
    wanted = {key: value for key, value in wished.items() if key in plain}
    try:
        params = type(request.params).from_plain({**plain, **wanted})
        return replace(request, params=params, seed=seed)
    except InputError as error:
        raise InputError(f"What is asked of '{name}' cannot be made. {error}") from error
