# SPDX-License-Identifier: GPL-3.0-or-later
"""What is marked on a picture: by a mask, by a rectangle, or by both."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..files.picture import read_picture
from ..request import Reference
from .material_request import SAME_ASPECT, resampled

ROLE = "mask"
WHITE = 0.5


def read_mask(references: Iterable[Reference], size: tuple[int, int]) -> np.ndarray | None:
    """What the mask's picture marks (white) of a picture of `size` (rows, columns): (H, W) bool; None without one."""
    paths = [Path(reference.path) for reference in references if reference.role == ROLE]
    if not paths:
        return None
    image = read_picture(paths[0], 1)
    height, width = image.shape[:2]
    if abs((width / height) / (size[1] / size[0]) - 1) > SAME_ASPECT:
        raise InputError(
            f"The mask is {width} x {height} px and the picture {size[1]} x {size[0]}. "
            "Paint the mask on the picture itself, or give one of its size."
        )
    marked: np.ndarray = resampled(image, size)[..., 0] >= WHITE
    return marked


def rectangle(size: tuple[int, int], x: float, y: float, width: float, height: float) -> np.ndarray:
    """The texels of a picture of `size` (rows, columns) in a rectangle given in shares of it: (H, W) bool."""
    marked = np.zeros(size, bool)
    top, bottom = (round(edge * size[0]) for edge in (y, y + height))
    left, right = (round(edge * size[1]) for edge in (x, x + width))
    marked[top:bottom, left:right] = True
    return marked


def check_marked(marked: np.ndarray) -> None:
    """InputError where nothing is marked, or everything."""
    if not marked.any():
        raise InputError(
            "Nothing of the picture is marked. Paint white on the mask, or give a rectangle's width and height."
        )
    if marked.all():
        raise InputError("All of the picture is marked, so there is nothing to take from. Mark less of it.")
