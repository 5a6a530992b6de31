# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: of each large pack a part that the methods are given, and a part that they do not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data.character_folder import CharacterFile, families_of, halves, packs_of

LEAST_IN_PACK, LEAST_JUDGED = 8, 2
SPLITS = 4


@dataclass(frozen=True)
class Trial:
    """One split of a pack: `given` to the methods, `unseen` by them; variants of a character are on one side.

    Both are in an order drawn by the seed; the first `size` of each are compared, so that the sets are of one size.
    """

    pack: str
    seed: int
    given: tuple[CharacterFile, ...]
    unseen: tuple[CharacterFile, ...]

    @property
    def size(self) -> int:
        """How many characters a compared set has."""
        return min(len(self.given), len(self.unseen))

    @property
    def key(self) -> str:
        """What the trial is kept under."""
        return f"{self.pack}/{self.seed}"


def trials(judged: Sequence[CharacterFile], training: Sequence[CharacterFile]) -> list[Trial]:
    """The trials of all packs of 8 or more, split by split.

    A pack that the training data have too gives its judged characters against the training ones; one that they do not
    have, or not in another part, is halved.
    """
    known = packs_of(training)
    seen = {character.sha256 for character in training}
    found = []
    for seed in range(SPLITS):
        for pack, members in packs_of(judged).items():
            new = [character for character in members if character.sha256 not in seen]
            sides = _beside(new, known.get(pack, [])) if new else None
            sides = sides or _halved(new if new else members, seed)
            if sides is not None:
                found.append(Trial(pack, seed, _shuffled(sides[0], seed), _shuffled(sides[1], seed)))
    return found


Sides = tuple[Sequence[CharacterFile], Sequence[CharacterFile]]


def _beside(new: Sequence[CharacterFile], known: Sequence[CharacterFile]) -> Sides | None:
    """The training part of a pack without variants of what is judged, and what is judged."""
    family = families_of([character.name for character in (*known, *new)])
    judged = {family[character.name] for character in new}
    given = [character for character in known if family[character.name] not in judged]
    enough = len(given) + len(new) >= LEAST_IN_PACK and len(given) >= LEAST_JUDGED
    # one character in variants has no neighbour of its own set
    return (given, new) if enough and len(judged) >= LEAST_JUDGED else None


def _halved(members: Sequence[CharacterFile], seed: int) -> Sides | None:
    if len(members) < LEAST_IN_PACK:
        return None
    sides = halves(members, seed)
    return sides if min(len(sides[0]), len(sides[1])) >= LEAST_JUDGED else None


def _shuffled(characters: Sequence[CharacterFile], seed: int) -> tuple[CharacterFile, ...]:
    ordered = sorted(characters, key=lambda character: character.name)
    return tuple(ordered[i] for i in np.random.default_rng(seed).permutation(len(ordered)))
