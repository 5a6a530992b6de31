# SPDX-License-Identifier: GPL-3.0-or-later
"""The contact sheet: all candidates of a run in one image, each with its number, for an Image Editor."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...core.files import plain_image
from ...core.protocol import MAX_CANDIDATES
from ..image_editor import open_editors, show
from ..package import cache_folder
from . import thumbnails
from .candidates import shown

NAME = "Maquette Candidates"
MAX_SIDE, CELL, GAP = 1024, 256, 8
INTERVAL_S = 1.0
BACKGROUND, MARK, INK = 0.12, 0.06, 0.92
_PICKED = (0.28, 0.52, 0.98)
# five rows of three dots a digit, from the top: each figure is a row's dots as bits
_DIGITS = ("75557", "26227", "71747", "71717", "55711", "74717", "74757", "71122", "75757", "75717")
_pixels_of: dict[str, np.ndarray] = {}
_last = 0.0


def columns(count: int) -> int:
    """How many candidates stand beside each other."""
    return max(1, math.ceil(math.sqrt(count)))


def cell_size(count: int) -> int:
    """How many pixels wide a candidate's place is, its gap included."""
    return min(CELL, MAX_SIDE // columns(count))


def sheet(pictures: Mapping[int, np.ndarray], count: int, picked: Sequence[int] = ()) -> np.ndarray:
    """(H, W, 3) float32 sRGB, top row first: candidates (h, w, 3), at most a cell less its gap large, by number in a
    grid of `count` cells; those that are picked are framed, and cells whose candidate is not there yet are empty."""
    across, cell = columns(count), cell_size(count)
    rows = math.ceil(count / across)
    image = np.full((rows * cell, across * cell, 3), BACKGROUND, np.float32)
    for number, picture in pictures.items():
        if number >= count:
            continue
        top, left = number // across * cell, number % across * cell
        place = image[top : top + cell, left : left + cell]
        if number in picked:
            place[:] = _PICKED
        height, width = picture.shape[:2]
        y, x = (cell - height) // 2, (cell - width) // 2
        place[y : y + height, x : x + width] = picture
        draw_number(place, number + 1, GAP // 2, max(2, cell // 64))
    return image


def draw_number(image: np.ndarray, number: int, at: int, scale: int) -> None:
    """A number on a dark plate in the image's upper left corner, `at` pixels away from it, `scale` pixels a dot."""
    text = str(number)
    plate = np.full((7, 4 * len(text) + 1), MARK, np.float32)
    for index, letter in enumerate(text):
        plate[1:6, 4 * index + 1 : 4 * index + 4] = np.where(digit(int(letter)), INK, MARK)
    large = plate.repeat(scale, axis=0).repeat(scale, axis=1)
    image[at : at + large.shape[0], at : at + large.shape[1]] = large[..., None]


def digit(number: int) -> np.ndarray:
    """(5, 3) bool of a digit."""
    rows = [int(row) for row in _DIGITS[number]]
    return np.array([[row >> (2 - column) & 1 for column in range(3)] for row in rows], bool)


def update_sheet(scene: Any, always: bool = False) -> Any:
    """Bring the image of the sheet up to date; only where it is there or `always`. The image, None where it is not."""
    found: Any = bpy.data.images.get((NAME, None))
    if found is None and not always:
        return None
    items = shown(scene)
    count = max(scene.maquette_candidates.count, max((item.number + 1 for item in items), default=1))
    pictures = {item.number: _picture(item, cell_size(count) - GAP) for item in items}
    marked = [item.number for item in items if item.picked]
    pixels = sheet({n: p for n, p in pictures.items() if p is not None}, count, marked)
    return _put(found, pixels)


def show_sheet(scene: Any) -> Any:
    """The sheet in an Image Editor: one that is open, else a window of its own."""
    image = update_sheet(scene, always=True)
    if not bpy.app.background:
        show(image)
    return image


def is_open() -> bool:
    """Whether an Image Editor shows the sheet."""
    return any(getattr(area.spaces.active.image, "name", "") == NAME for _, area in open_editors())


def follow(scene: Any) -> None:
    """Bring the sheet up to date where it is shown, at most every `INTERVAL_S`: candidates come one after the other."""
    global _last
    if time.monotonic() - _last >= INTERVAL_S and is_open():
        update_sheet(scene)
        _last = time.monotonic()


def _picture(item: Any, side: int) -> np.ndarray | None:
    """A candidate's picture, decoded once: the large one while its file is there, else the one that is saved."""
    known = f"{item.name} {item.key} {side}"
    if known not in _pixels_of:
        if len(_pixels_of) > 2 * MAX_CANDIDATES:
            _pixels_of.clear()
        path = Path(item.file) if item.file else None
        pixels = thumbnails.read_picture(path) if path is not None else None
        if pixels is None:
            saved = thumbnails.saved_file(item.thumbnail)
            pixels = thumbnails.read_picture(saved) if saved is not None else None
        if pixels is None:
            return None
        _pixels_of[known] = thumbnails.fitted(pixels, side)
    return _pixels_of[known]


def _put(image: Any, pixels: np.ndarray) -> Any:
    """Show pixels by a file of the cache: an image that was painted would ask to be saved."""
    path = cache_folder() / "sheets" / f"{os.getpid()}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plain_image.png(np.round(pixels * 255).astype(np.uint8), srgb=True))
    if image is None:
        image = bpy.data.images.load(str(path), check_existing=False)
        image.name = NAME
    else:
        image.filepath = str(path)
        image.reload()
    return image
