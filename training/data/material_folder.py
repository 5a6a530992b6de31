# SPDX-License-Identifier: GPL-3.0-or-later
"""Material sets in a folder: found by name, checked whole, each map's source kept; read as the maps of one material.

A set is a folder of its own or shares one with others; names are those of `naming`. `index.json`, if there is one,
gives names their class and constant metallic. Nothing outside the folder is ever read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...core.codec import show
from ...core.errors import InputError
from ...core.texture.maps import MAPS
from .finding import find_candidates
from .judging import judge
from .material_set import LeftOut, MapFile, MaterialSet, read_maps
from .splitting import split_by_family

__all__ = ["LeftOut", "MapFile", "MaterialSet", "Scan", "read_maps", "scan", "split_by_family"]

ScanProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Scan:
    """What a folder holds: `sets` sorted by name, `left_out` with reasons, `notes` on what was changed or assumed."""

    folder: Path
    sets: tuple[MaterialSet, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    def report(self) -> str:
        """What was taken, what was not and why, as lines of text."""
        maps = {name: sum(name in s.files or name in s.constants for s in self.sets) for name in MAPS}
        counts: dict[str, int] = {}
        for material in self.sets:
            counts[material.category] = counts.get(material.category, 0) + 1
        lines = [
            f"{len(self.sets)} materials of {len({s.family for s in self.sets})} families were taken.",
            "Maps: " + ", ".join(f"{name} {count}" for name, count in maps.items() if count),
            "Categories: " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
            *self.notes,
        ]
        if self.left_out:
            lines += [f"Left out were {len(self.left_out)}:", *(f"  {one.name}: {one.reason}" for one in self.left_out)]
        return "\n".join(lines)


def scan(folder: Path, progress: ScanProgress = lambda fraction, text: None) -> Scan:
    """All material sets under the folder, every picture decoded once; an InputError when there is not one.

    progress: called with the share that is done, 0 to 1, and what is being looked at; what it raises ends the scan.
    """
    candidates, left_out = find_candidates(folder)
    sets: list[MaterialSet] = []
    notes: list[str] = []
    taken: dict[str, str] = {}
    for number, candidate in enumerate(candidates):
        progress(number / len(candidates), f"Looking at {candidate.name}")
        verdict = judge(candidate)
        left_out += verdict.left_out
        material = verdict.material
        if material is None:
            continue
        if material.sha256 in taken:
            left_out.append(LeftOut(material.name, f"its albedo is the same file as that of {taken[material.sha256]}"))
            continue
        taken[material.sha256] = material.name
        sets.append(material)
        notes += verdict.notes
    progress(1.0, f"{len(sets)} materials")
    if not sets:
        raise _nothing_found(folder, left_out)
    return Scan(folder, tuple(sets), tuple(left_out), tuple(notes))


def _nothing_found(folder: Path, left_out: list[LeftOut]) -> InputError:
    names = "A material is an albedo and what goes with it: Bricks_Color.jpg, Bricks_NormalGL.jpg, Bricks_Roughness.jpg"
    if not left_out:
        return InputError(f"There are no pictures in {show(str(folder))}. {names}.")
    reasons = "; ".join(f"{one.name}: {one.reason}" for one in left_out[:3])
    return InputError(f"No material in {show(str(folder))} can be used ({reasons}). {names}.")
