# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of the character methods under way: which characters are judged, and which were trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ....core.asset import Asset
from ....core.character.rig_space import RigSpace
from ....core.errors import InputError
from ...data.character_folder import CharacterFile, CharacterScan, scan_characters
from .. import study


class Spaces:
    """Characters and their rig spaces, in memory once they have been asked for."""

    def __init__(self) -> None:
        self._spaces: dict[str, RigSpace] = {}
        self._assets: dict[str, Asset] = {}

    def of(self, character: CharacterFile) -> RigSpace:
        """The character's rig space; its Asset has no clips."""
        if character.sha256 not in self._spaces:
            self._spaces[character.sha256] = RigSpace.of(character.read())
        return self._spaces[character.sha256]

    def usable(self, characters: Sequence[CharacterFile]) -> tuple[CharacterFile, ...]:
        """Those that have a rig space."""
        return tuple(character for character in characters if self._has(character))

    def _has(self, character: CharacterFile) -> bool:
        try:
            self.of(character)
        except InputError:
            return False
        return True


@dataclass(kw_only=True)
class Study(study.Study):
    """See `evaluation.study`; the judged and the training characters."""

    judged: CharacterScan
    training: CharacterScan
    spaces: Spaces = field(default_factory=Spaces)


def find_characters(folder: Path) -> CharacterScan:
    """The characters of a folder; none where there are none, with the reason among what was left out."""
    try:
        return scan_characters(folder)
    except InputError as error:
        return CharacterScan(folder, (), (str(error),))
