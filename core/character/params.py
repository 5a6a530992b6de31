# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of every character method.

The attributes are sliders in [-1, 1], 0 where the character stays as it is; each moves what it names and leaves what
the others name (see `attributes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..params import Params, param

ATTRIBUTES = ("height", "weight", "muscle", "age", "head", "arms", "legs", "hands", "torso", "stylisation")
KEPT = ("head", "body", "arms", "hands", "legs", "feet", "proportions")
# what of a character a Request's locks can keep
LOCKED_PARTS = ("head", "body", "arms", "hands", "legs", "feet")
LOCKABLE = (*LOCKED_PARTS, "mesh *")
# the parts that `mix` takes from different characters
MIXED = ("head", "body", "legs", "feet")
MAX_LEVELS = 4
MAX_CHARACTERS = 64


def slider(description: str) -> Any:
    """One attribute: -1 to 1, 0 changes nothing."""
    return param(0.0, description, minimum=-1.0, maximum=1.0, steers=0.8)


def variety_param(what: str, default: float = 0.5) -> Any:
    """How far chance may go."""
    return param(default, what, minimum=0.0, maximum=1.0)


def picked_param(part: str) -> Any:
    """Which of the characters lends a part."""
    return param(
        0,
        f"Which of the characters lends the {part}, counted from 1; 0 leaves it to the seed",
        minimum=0,
        maximum=MAX_CHARACTERS,
        label=f"{part.capitalize()} of",
        steers=0.0,
    )


@dataclass(frozen=True)
class CharacterParams(Params):
    """What every character method takes: the attributes, what stays as it is, and what comes with the character."""

    height: float = slider("Body height, all proportions kept")
    weight: float = slider("Girth of torso and limbs")
    muscle: float = slider("Breadth of shoulders and upper body against the waist")
    age: float = slider(
        "Older towards 1: thinner limbs on a heavier trunk; younger towards -1: fuller limbs on a slimmer one"
    )
    head: float = slider("Size of the head against the body")
    arms: float = slider("Length of the arms")
    legs: float = slider("Length of the legs against the torso")
    hands: float = slider("Size of the hands")
    torso: float = slider("Length of the torso")
    stylisation: float = slider(
        "Towards 1 a toy with a large head and hands on short legs, towards -1 a slender figure"
    )
    keep: tuple[str, ...] = param((), "What stays as it is in the character", choices=KEPT)
    clips: bool = param(True, "Whether the animation clips come with the character, fitted to its bones")
    levels: int = param(
        0,
        "How many coarser versions of the meshes to make, each with half the faces",
        minimum=0,
        maximum=MAX_LEVELS,
        steers=0.0,
    )


@dataclass(frozen=True)
class VariationParams(CharacterParams):
    """A new member around one character."""

    variety: float = variety_param("How far chance moves the proportions; 0 moves them by the attributes alone", 0.5)


@dataclass(frozen=True)
class TransferParams(CharacterParams):
    """One character with another's proportions."""

    strength: float = param(0.7, "How much of the other's proportions: 0 none, 1 all", minimum=0.0, maximum=1.0)


@dataclass(frozen=True)
class MixParams(CharacterParams):
    """One character of the parts of several."""

    head_of: int = picked_param("head")
    body_of: int = picked_param("body")
    legs_of: int = picked_param("legs")
    feet_of: int = picked_param("feet")
    variety: float = variety_param("How far chance moves the proportions; 0 moves them by the attributes alone", 0.0)


@dataclass(frozen=True)
class FamilyParams(CharacterParams):
    """A new member of the characters' own family."""

    model: str = param("shipped", "Which learned model knows how humanoids differ")
    variety: float = variety_param(
        "How far from its source a member may lie, as a share of how the family differs", 0.5
    )
