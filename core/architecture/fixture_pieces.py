# SPDX-License-Identifier: GPL-3.0-or-later
"""Furniture and sanitary ware as plain blocks: closed boxes that touch and never overlap, in metres.

In a piece's own space: x along the wall that it stands against, y into the room, z up; the origin in the middle of its
back's foot. Sizes are those of common ranges (Neufert, Architects' Data: kitchens, bathrooms, bedrooms).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..asset import Mesh
from .boxes import Box, box_corners, six_sided

SLOTS = ("fixture", "fixture dark", "worktop", "textile", "furniture")
_WHITE, _DARK, _TOP, _CLOTH, _WOOD = range(len(SLOTS))
Part = tuple[Box, int]


@dataclass(frozen=True)
class Piece:
    """A kind of fixture. `name` is its mesh's, `word` stands in the ids of its copies; `front_m` must be free before
    it; `is_centred` pieces ask for the middle of a wall, the others for a corner."""

    name: str
    word: str
    ifc_class: str
    parts: tuple[Part, ...]
    front_m: float = 0.6
    is_centred: bool = False

    @property
    def size(self) -> np.ndarray:
        """(3,) metres, what is kept free behind a chair among them."""
        high = np.array([box for box, _ in self.parts])[:, 1::2].max(0)
        return np.asarray(high * (2, 1, 1))

    def mesh(self) -> Mesh:
        """The piece as a closed mesh with UVs in metres."""
        corners = box_corners([box for box, _ in self.parts])
        return six_sided(self.name, corners, np.array([slot for _, slot in self.parts]), SLOTS)


def _across(width: float, y: tuple[float, float], z: tuple[float, float], slot: int, x: float = 0.0) -> Part:
    return (x - width / 2, x + width / 2, *y, *z), slot


def _legs(width: float, y: tuple[float, float], height: float, slot: int, thick: float = 0.05) -> tuple[Part, ...]:
    xs, ys = (-width / 2 + thick / 2, width / 2 - thick / 2), (y[0], y[1] - thick)
    return tuple(_across(thick, (y, y + thick), (0.0, height), slot, x) for x in xs for y in ys)


def _chair(x: float, y: float, faces: int) -> tuple[Part, ...]:
    """A chair of 0.42 m with its middle at (x, y); `faces` 1 looks along y, -1 against it."""
    back = (y - 0.21, y - 0.17) if faces > 0 else (y + 0.17, y + 0.21)
    return (
        _across(0.42, (y - 0.21, y + 0.21), (0.40, 0.45), _WOOD, x),
        _across(0.36, (y - 0.18, y + 0.18), (0.0, 0.40), _DARK, x),
        _across(0.42, back, (0.45, 0.85), _WOOD, x),
    )


def _counter(width: float) -> Piece:
    """A kitchen counter: cupboards on a plinth, a worktop, a sink with its tap and a stove."""
    stove, sink = width / 2 - 0.4, -width / 2 + 0.45
    parts = (
        _across(width, (0.0, 0.52), (0.0, 0.1), _DARK),
        _across(width, (0.0, 0.57), (0.1, 0.87), _WHITE),
        _across(width, (0.0, 0.6), (0.87, 0.9), _TOP),
        _across(0.56, (0.06, 0.54), (0.9, 0.91), _DARK, stove),
        _across(0.5, (0.12, 0.5), (0.9, 0.91), _WHITE, sink),
        _across(0.03, (0.05, 0.08), (0.9, 1.12), _DARK, sink),
        _across(0.56, (0.57, 0.58), (0.2, 0.8), _DARK, stove),
    )
    return Piece(f"kitchen counter {round(width * 100)}", "kitchen counter", "IfcFurniture", parts, 0.8)


def _table(width: float, chairs: tuple[float, ...]) -> Piece:
    """A dining table between two rows of chairs; the nearer row stands against the wall."""
    around = tuple(part for x in chairs for y, faces in ((0.31, 1), (1.59, -1)) for part in _chair(x, y, faces))
    parts = (
        _across(width, (0.52, 1.38), (0.71, 0.75), _WOOD),
        *_legs(width, (0.52, 1.38), 0.71, _WOOD),
        *around,
    )
    return Piece(f"dining table {round(width * 100)}", "table", "IfcFurniture", parts, 0.3, True)


def _bed(width: float) -> Piece:
    pillows = (0.0,) if width < 1.2 else (-width / 4, width / 4)
    parts = (
        _across(width, (0.0, 0.05), (0.0, 0.95), _WOOD),
        _across(width, (0.05, 2.05), (0.0, 0.28), _WOOD),
        _across(width, (0.05, 2.05), (0.28, 0.5), _CLOTH),
        *(_across(0.6, (0.08, 0.45), (0.5, 0.6), _WHITE, x) for x in pillows),
    )
    return Piece(f"bed {round(width * 100)}", "bed", "IfcFurniture", parts, 0.6, width > 1.2)


def _cupboard(name: str, word: str, size: tuple[float, float, float], front_m: float = 0.6) -> Piece:
    """A closed cupboard with two doors; the parts of its face stand out a little, so that they can be seen."""
    width, deep, high = size
    doors = (
        _across(width / 2 - 0.02, (deep - 0.02, deep), (0.08, high - 0.02), _WHITE, x * width / 4) for x in (-1, 1)
    )
    parts = (_across(width, (0.0, deep - 0.02), (0.0, high), _WOOD), *doors)
    return Piece(f"{name} {round(width * 100)}", word, "IfcFurniture", parts, front_m)


def _sofa(width: float) -> Piece:
    arm = width / 2 - 0.1
    parts = (
        _across(width - 0.4, (0.22, 0.9), (0.06, 0.44), _CLOTH),
        _across(width - 0.4, (0.0, 0.22), (0.06, 0.8), _CLOTH),
        *(_across(0.2, (0.0, 0.9), (0.06, 0.6), _CLOTH, x) for x in (-arm, arm)),
        _across(width - 0.1, (0.1, 0.8), (0.0, 0.06), _DARK),
    )
    return Piece(f"sofa {round(width * 100)}", "sofa", "IfcFurniture", parts, 0.7, True)


def _desk(width: float) -> Piece:
    parts = (
        _across(width, (0.0, 0.6), (0.71, 0.74), _WOOD),
        *_legs(width, (0.0, 0.6), 0.71, _DARK),
        *_chair(0.0, 0.85, -1),
    )
    return Piece(f"desk {round(width * 100)}", "desk", "IfcFurniture", parts, 0.2)


_TUB = (
    _across(1.7, (0.0, 0.75), (0.0, 0.12), _WHITE),
    _across(1.7, (0.0, 0.08), (0.12, 0.56), _WHITE),
    _across(1.7, (0.67, 0.75), (0.12, 0.56), _WHITE),
    *(_across(0.1, (0.08, 0.67), (0.12, 0.56), _WHITE, x) for x in (-0.8, 0.8)),
)
_SHOWER = (
    _across(0.9, (0.0, 0.9), (0.0, 0.06), _WHITE),
    _across(0.04, (0.0, 0.04), (0.06, 2.0), _DARK),
    _across(0.2, (0.04, 0.24), (1.96, 2.0), _DARK),
)
_PAN = (
    _across(0.38, (0.0, 0.18), (0.0, 0.82), _WHITE),
    _across(0.26, (0.18, 0.6), (0.0, 0.36), _WHITE),
    _across(0.38, (0.18, 0.66), (0.36, 0.42), _WHITE),
)


def _sanitary(name: str, word: str, parts: tuple[Part, ...], front_m: float) -> Piece:
    return Piece(name, word, "IfcSanitaryTerminal", parts, front_m)


def _basin(width: float, deep: float) -> Piece:
    parts = (
        _across(width, (0.0, deep), (0.72, 0.86), _WHITE),
        _across(0.18, (0.0, 0.18), (0.0, 0.72), _WHITE),
        _across(0.03, (0.04, 0.14), (0.86, 0.98), _DARK),
    )
    return _sanitary(f"basin {round(width * 100)}", "basin", parts, 0.55)


_FRIDGE_PARTS = (
    _across(0.6, (0.0, 0.6), (0.0, 1.85), _WHITE),
    _across(0.56, (0.6, 0.62), (0.05, 1.15), _WHITE),
    _across(0.56, (0.6, 0.62), (1.2, 1.82), _WHITE),
)
_FRIDGE = Piece("fridge", "fridge", "IfcElectricAppliance", _FRIDGE_PARTS, 0.7)
_TOILET = _sanitary("toilet", "toilet", _PAN, 0.5)
_WARDROBES = tuple(_cupboard("wardrobe", "wardrobe", (w, 0.6, 2.1)) for w in (1.8, 1.2, 0.8))
_SHELVES = tuple(_cupboard("shelf", "shelf", (w, 0.35, 1.9), 0.5) for w in (1.2, 0.8, 0.6))
_LOW = tuple(_cupboard("sideboard", "sideboard", (w, 0.42, 0.55)) for w in (1.8, 1.2))
_TABLES = (_table(1.8, (-0.55, 0.0, 0.55)), _table(1.2, (-0.28, 0.28)))
_DESKS = (_desk(1.4), _desk(1.0))

# what a room of each use gets, in this order: of each line the first that fits
WISHES: dict[str, tuple[tuple[Piece, ...], ...]] = {
    "kitchen": (tuple(map(_counter, (3.0, 2.4, 1.8, 1.5))), (_FRIDGE,), (_table(1.2, (-0.28, 0.28)),)),
    "dining": (_TABLES, _LOW),
    "living": (tuple(map(_sofa, (2.2, 1.7))), _LOW, _TABLES, _SHELVES),
    "bedroom": (tuple(map(_bed, (1.6, 0.9))), _WARDROBES, _DESKS),
    "study": (_DESKS, _SHELVES, _SHELVES),
    "bath": (
        (_sanitary("bath", "bath", _TUB, 0.5), _sanitary("shower", "shower", _SHOWER, 0.5)),
        (_basin(0.6, 0.48), _basin(0.4, 0.3)),
        (_TOILET,),
    ),
    "toilet": ((_TOILET,), (_basin(0.4, 0.3),)),
    "storage": (_SHELVES,),
}
