# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures side by side on one sheet, each with its number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

_GAP, _MARGIN, _LABEL = 12, 24, 22
_PAPER, _INK = (46, 46, 48), (214, 214, 214)


def contact_sheet(pictures: Mapping[str, Path], path: Path) -> None:
    """Write a PNG of pictures (square, of one size) by their labels, about as many rows as columns."""
    images = {label: _read(file) for label, file in pictures.items()}
    side = max(image.width for image in images.values())
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    step = (side + _GAP, side + _LABEL + _GAP)
    size = (2 * _MARGIN + columns * step[0] - _GAP, 2 * _MARGIN + rows * step[1] - _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (label, image) in enumerate(images.items()):
        x, y = _MARGIN + number % columns * step[0], _MARGIN + number // columns * step[1]
        sheet.paste(image, (x, y))
        draw.text((x + 2, y + side + 5), label, fill=_INK)
    sheet.save(path, format="PNG")


def _read(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")
