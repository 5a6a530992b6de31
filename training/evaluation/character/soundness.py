# SPDX-License-Identifier: GPL-3.0-or-later
"""`family`, how sound: what deforming does to the surface of new members of every pack, and where their feet go.

Every judged character is a source as often as another; a pack's own characters are what the method is given, and its
prior knows nothing of the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ....core.asset import Asset
from ....core.character.decoding import decode
from ....core.character.rig_space import RigSpace
from ...data.character_folder import CharacterFile, packs_of
from ...metrics import surfaces
from ..sheets import Sheet
from ..study import highest, mean
from .drawing import draw
from .members import bounded, by_family
from .priors import Priors
from .study import Study

MEMBERS = 200
# posing and testing all triangles takes seconds, so every so many of them are tested
TESTED_EVERY = 8
DRAWN_A_PACK = 8
WITH_CLIPS = 46
FIGURES = ("inverted_share", "extra_intersections", "poke_through_share", "gaps", "unweighted_share")


@dataclass(frozen=True)
class Member:
    """One new member: its source, the characters of its pack, and its seed."""

    source: CharacterFile
    pack: tuple[CharacterFile, ...]
    seed: int

    @property
    def key(self) -> str:
        """What its figures are kept under."""
        return f"{self.source.name}/{self.seed}"

    def made(self, study: Study, priors: Priors, *, clips: bool) -> tuple[Asset, Asset]:
        """(source, member), with clips where they are asked for."""
        known = study.training.characters or study.judged.characters
        spaces = [study.spaces.of(character) for character in self.pack]
        number = self.pack.index(self.source)
        prior = None
        if spaces[number].bones.is_humanoid:
            prior = priors.fitted([character for character in known if character.pack != self.source.pack])
        space = RigSpace.of(self.source.read(clips=True)) if clips else spaces[number]
        difference = bounded(space, by_family(prior)(spaces, number, self.seed))
        return space.asset, decode(space, difference, clips=clips)


def members(characters: Sequence[CharacterFile], count: int) -> list[Member]:
    """`count` members, the packs in turn, so that a few are of every pack."""
    packs = [tuple(pack) for pack in packs_of(characters).values()]
    found: list[Member] = []
    round_ = 0
    while packs and len(found) < count:
        found += [Member(pack[round_ % len(pack)], pack, round_) for pack in packs]
        round_ += 1
    return found[:count]


def evaluate(study: Study, priors: Priors) -> None:
    """Takes up `family.inverted_share`, `family.extra_intersections`, `family.missing_parts` and their like."""
    part = study.part("soundness", training=[character.sha256 for character in study.training.characters])
    sheets: dict[str, list[np.ndarray]] = {}
    found = members(study.spaces.usable(study.judged.characters), MEMBERS)
    rows = []
    for number, member in enumerate(study.in_time(found, 0.9, "family: members")):
        study.say(f"family: member {member.key}")
        tested = number % TESTED_EVERY == 0
        attempt = partial(part.measured, member.key, partial(_measured, study, priors, member, tested, sheets))
        figures = study.tried(f"family: {member.key}", attempt)
        if figures is not None:
            rows.append(figures)
    if not rows:
        return study.lack("family", "No judged character has a rig that can be deformed.")
    study.give("family", {name: mean(rows, name) for name in FIGURES})
    missing = [row["missing_parts"] for row in rows]
    study.give("family", {"missing_parts": float(np.sum(missing)), "members": float(len(rows))})
    study.give("family", {"extra_intersections_high": highest(rows, "extra_intersections")})
    study.note(
        f"family: {len(rows)} members of all packs, the packs in turn, with a prior that knows nothing of the pack. "
        "Shares are means over members: of triangles turned over; of triangles that run through another one in 6 poses "
        f"and not in the source (every {TESTED_EVERY}th member); of covered vertices that come out; of touching places "
        "that part. missing_parts counts pieces and limbs below a fifth of their extent, over all members."
    )


def _measured(
    study: Study, priors: Priors, member: Member, tested: bool, sheets: dict[str, list[np.ndarray]]
) -> dict[str, float]:
    source, made = member.made(study, priors, clips=False)
    figures = {
        "inverted_share": surfaces.inverted_share(source, made),
        "missing_parts": float(surfaces.missing_parts(source, made)),
        "gaps": surfaces.gaps(source, made),
        "poke_through_share": surfaces.poke_through_share(source, made),
        "unweighted_share": surfaces.unweighted_share(made),
    }
    _draw(study, member, source, made, sheets)
    if tested:
        posed = member.made(study, priors, clips=True)
        figures["extra_intersections"] = surfaces.extra_intersections(*posed)
    return figures


def _draw(study: Study, member: Member, source: Asset, made: Asset, sheets: dict[str, list[np.ndarray]]) -> None:
    """Source and member side by side: a strip a pack, four pairs long."""
    pack = member.source.pack
    strip = sheets.setdefault(pack, [])
    if len(strip) < DRAWN_A_PACK:
        strip += [draw(source), draw(made)]
        sheet = Sheet(study.out, "family", ("source", "member") * (DRAWN_A_PACK // 2))
        sheet.add(pack, [*strip, *[None] * (DRAWN_A_PACK - len(strip))])
        sheet.write()


def evaluate_clips(study: Study, priors: Priors) -> None:
    """Takes up `clip.foot_error`."""
    part = study.part("clips", training=[character.sha256 for character in study.training.characters])
    rows = []
    chosen = [member for member in members(study.spaces.usable(study.judged.characters), WITH_CLIPS)]
    for member in study.in_time(chosen, 1.0, "clip: members"):
        study.say(f"clip: member {member.key}")
        attempt = partial(part.measured, member.key, partial(_feet, study, priors, member))
        figures = study.tried(f"clip: {member.key}", attempt)
        if figures:
            rows.append(figures)
    if not rows:
        return study.lack("clip", "No judged character has clips.")
    study.give("clip", {"foot_error": mean(rows, "mean"), "foot_error_high": mean(rows, "high")})
    study.note(
        f"clip: {len(rows)} members with clips; the lowest point above the ground in 4 frames of every clip against "
        "the source's, in shares of the height: foot_error is the mean, foot_error_high that of each member's highest."
    )


def _feet(study: Study, priors: Priors, member: Member) -> dict[str, float]:
    errors = surfaces.foot_errors(*member.made(study, priors, clips=True))
    return {"mean": float(errors.mean()), "high": float(errors.max())} if len(errors) else {}
