# SPDX-License-Identifier: GPL-3.0-or-later
"""What the designer decided about parts of a generated datablock that were changed by hand, or that shall stay.

A part is one thing that a new result brings as a whole: "map albedo", "mesh Body", "clip Walk", "bones", "material
Skin", "place storey 1 wall". Decisions lie on the datablock, so that each part is asked about once.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

# on a datablock: the decision by part, as JSON
DECISIONS = "maquette_decisions"
KEEP, REPLACE, LOCK = "KEEP", "REPLACE", "LOCK"
# the part that is all of it
WHOLE = "whole"


@dataclass(frozen=True)
class HandEdit:
    """One part that is not as it was made: what it is called, and what was done to it."""

    part: str
    label: str
    what: str


@dataclass(frozen=True)
class Hands:
    """What a new result has to respect: the locked parts, and those that the designer gives up for it."""

    locked: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()

    def keeps(self, part: str, edited: bool) -> bool:
        """Whether a part stays: a locked one always, an edited one unless it was given up."""
        return part in self.locked or (edited and part not in self.replaced)


NO_HANDS = Hands()


def hands_of(thing: Any, replaced: Collection[str] = ()) -> Hands:
    """What a new result for this datablock has to respect."""
    locked = frozenset(part for part, decision in decisions_of(thing).items() if decision == LOCK)
    return Hands(locked, frozenset(replaced) - locked)


def decisions_of(thing: Any) -> dict[str, str]:
    """The decisions by part."""
    return dict(_parsed(str(thing.get(DECISIONS, ""))))


def decide(thing: Any, part: str, decision: str) -> None:
    """Remember KEEP or LOCK; anything else is forgotten, so that the part is asked about again."""
    decisions = {**decisions_of(thing), part: decision}
    kept = {part: decision for part, decision in decisions.items() if decision in (KEEP, LOCK)}
    if kept:
        thing[DECISIONS] = json.dumps(kept, sort_keys=True)
    elif DECISIONS in thing:
        del thing[DECISIONS]


def is_locked(thing: Any) -> bool:
    """Whether all of it stays as it is."""
    return decisions_of(thing).get(WHOLE) == LOCK


@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}
    return {str(part): str(decision) for part, decision in found.items()} if isinstance(found, dict) else {}
