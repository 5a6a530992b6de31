# SPDX-License-Identifier: GPL-3.0-or-later
"""What the names of material libraries mean: which map a file is, of which asset, family and category.

Known are the names of ambientCG (Bricks075A_1K-JPG_NormalGL), Poly Haven (rock_ground_nor_gl_1k, _arm_), Substance
(T_Oak_BaseColor, _ORM, _Glossiness), glTF (baseColor, metallicRoughness) and plain ones (albedo.jpg).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

# (words, the maps they name by channel (None is the whole picture), inverted, convention of normals)
RED, GREEN, BLUE = 0, 1, 2
_WHOLE = {
    "albedo": "albedo basecolor color colour diffuse diff col basecolour",
    "normal": "normal normals nor norm nrm normalmap",
    "roughness": "roughness rough",
    "metallic": "metallic metalness metal",
    "height": "height displacement disp bump heightmap displace",
    "ambient_occlusion": "ambientocclusion ao occlusion occ",
}
_GLOSSINESS = "glossiness gloss smoothness"
_PACKED = {
    "orm": {"ambient_occlusion": RED, "roughness": GREEN, "metallic": BLUE},
    "arm": {"ambient_occlusion": RED, "roughness": GREEN, "metallic": BLUE},
    "occlusionroughnessmetallic": {"ambient_occlusion": RED, "roughness": GREEN, "metallic": BLUE},
    "rma": {"roughness": RED, "metallic": GREEN, "ambient_occlusion": BLUE},
    "metallicroughness": {"roughness": GREEN, "metallic": BLUE},
}
_UNUSED = (
    "opacity alpha mask emission emissive specular spec speclevel translucency preview thumbnail thumb render sphere "
    "ior id curvature cavity coat anisotropy"
)
_OPENGL, _DIRECTX = frozenset(("gl", "opengl", "ogl")), frozenset(("dx", "directx"))
_LONGEST_PHRASE = 3
# a resolution, a file format, bits or a tile number; says nothing about what the file shows
_RESOLUTION = re.compile(r"\d{1,2}k|\d{3,5}x\d{3,5}|(?:128|256|512|1024|2048|4096|8192)(?:px)?")
_NEUTRAL = re.compile(r"jpe?g|png|tiff?|exr|webp|(?:8|16|32)bit|seamless")
_VARIANT = re.compile(r"(.*\d)[A-Za-z]")
_PLAIN_PREFIX = re.compile(r"([A-Za-z][A-Za-z_]*?)__(.+)")

# a category, and the words (in a name split at capitals, digits and marks) that tell it; the first that fits counts
CATEGORY_WORDS = (
    ("wood_floor", "woodfloor parquet laminate"),
    ("wallpaper", "wallpaper"),
    ("roof", "roof roofing shingle shingles"),
    ("paving", "paving pavement cobblestone cobble cobbles pavers"),
    ("planks", "plank planks siding woodsiding decking"),
    ("brick", "brick bricks masonry"),
    ("marble", "marble onyx travertine granite terrazzo"),
    ("plaster", "plaster plastered stucco"),
    ("concrete", "concrete cement chipped_concrete"),
    ("asphalt", "asphalt road tarmac"),
    ("carpet", "carpet rug tatami"),
    ("fabric", "fabric cloth leather denim textile wool caban cotton linen knit"),
    ("metal", "metal steel iron rust rusted copper aluminium aluminum bronze brass diamondplate foil chainmail"),
    ("bark", "bark"),
    ("gravel", "gravel pebbles"),
    ("sand", "sand beach dune"),
    ("snow", "snow ice"),
    ("grass", "grass lawn moss"),
    ("tiles", "tile tiles porcelain ceramic"),
    ("rock", "rock rocks cliff boulder"),
    ("stone", "stone stones slate slates"),
    ("wood", "wood oak pine bamboo chipboard plywood osb cork timber"),
    ("ground", "ground soil mud leaves dirt forest clay"),
    ("paper", "paper cardboard"),
    ("plastic", "plastic rubber"),
)
OTHER = "other"
# nothing of these is ever bare metal: a missing metallic map of theirs is a map of zeros
DIELECTRIC = frozenset(name for name, _ in CATEGORY_WORDS) - {"metal"}


@dataclass(frozen=True)
class FileName:
    """A file's name taken apart: `asset` "" when the name is a map's alone, `channels` the maps it holds.

    `resolution` is its tag ("1k", ""); `directx` None when the name does not say.
    """

    asset: str
    resolution: str
    channels: dict[str, int | None]
    inverted: bool = False
    directx: bool | None = None


def parse_file_name(stem: str) -> FileName | None:
    """What a file's name without its ending says; None when no map is named in it. Unused maps have no channels."""
    tokens = [token for token in re.split(r"[\s._\-]+", stem) if token]
    tokens, resolution = _without_tags(tokens)
    tokens, directx = _without_convention(tokens)
    for length in range(min(_LONGEST_PHRASE, len(tokens)), 0, -1):
        found = _named_maps("".join(tokens[-length:]).lower())
        if found is None:
            continue
        channels, inverted, convention = found
        rest, tag = _without_tags(tokens[:-length])
        if len(rest) > 1 and rest[0].lower() == "t":
            rest = rest[1:]
        directx = convention if directx is None else directx
        return FileName(_joined(stem, rest), resolution or tag, channels, inverted, directx)
    return None


def asset_of(name: str) -> str:
    """The asset's id in the name of a set: without the category that a plain layout puts before it."""
    match = _PLAIN_PREFIX.fullmatch(name)
    return match[2] if match else name


def family_of(asset: str) -> str:
    """The asset's id without its variant letter: Bricks075A and Bricks075B are one brick; rock_ground_02 is its own."""
    match = _VARIANT.fullmatch(asset)
    return match[1] if match else asset


def category_of(name: str) -> str:
    """The category in a set's name: its prefix in a plain layout, else what its words tell, else "other"."""
    match = _PLAIN_PREFIX.fullmatch(name)
    return match[1].lower() if match else category_of_words(name)


def category_of_words(name: str) -> str:
    """The first category of CATEGORY_WORDS one of whose words stands in the name."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    words += [first + second for first, second in itertools.pairwise(words)]
    return next((category for category, known in CATEGORY_WORDS if set(known.split()) & set(words)), OTHER)


def _named_maps(phrase: str) -> tuple[dict[str, int | None], bool, bool | None] | None:
    """(map: channel, inverted, DirectX or not or unsaid) of a phrase without marks; None for no map."""
    for name, words in _WHOLE.items():
        if phrase in words.split():
            return {name: None}, False, None
    if phrase in _GLOSSINESS.split():
        return {"roughness": None}, True, None
    if phrase in _PACKED:
        return {name: channel for name, channel in _PACKED[phrase].items()}, False, None
    if phrase in _UNUSED.split():
        return {}, False, None
    for suffixes, directx in ((_OPENGL, False), (_DIRECTX, True)):
        for suffix in suffixes:
            if phrase.endswith(suffix) and phrase.removesuffix(suffix) in _WHOLE["normal"].split():
                return {"normal": None}, False, directx
    return None


def _without_tags(tokens: list[str]) -> tuple[list[str], str]:
    """The tokens without resolution and format at their end, and the resolution."""
    resolution = ""
    while tokens and (_RESOLUTION.fullmatch(tokens[-1].lower()) or _NEUTRAL.fullmatch(tokens[-1].lower())):
        if _RESOLUTION.fullmatch(tokens[-1].lower()):
            resolution = tokens[-1].lower()
        tokens = tokens[:-1]
    return tokens, resolution


def _without_convention(tokens: list[str]) -> tuple[list[str], bool | None]:
    last = tokens[-1].lower() if tokens else ""
    if len(tokens) > 1 and last in _OPENGL | _DIRECTX:
        return tokens[:-1], last in _DIRECTX
    return tokens, None


def _joined(stem: str, tokens: list[str]) -> str:
    """The part of the stem that the tokens make up, with its own marks between them."""
    if not tokens:
        return ""
    start = stem.index(tokens[0])
    end = start
    for token in tokens:
        end = stem.index(token, end) + len(token)
    return stem[start:end]
