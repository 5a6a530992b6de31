# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact sheets: strips of pictures with a caption each, to be looked at beside the figures.

Each strip is a file of its own, so that a sheet is whole also when an evaluation was stopped and gone on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ...core.errors import HostError

CELL = 256
GAP = 6
CAPTION = 14
BACKGROUND = (24, 24, 24)
ROWS = 12


class Sheet:
    """Strips in a folder `out`/strips/NAME, written as `out`/NAME.jpg, in more files where there are many."""

    def __init__(self, out: Path, name: str, titles: Sequence[str]) -> None:
        self._out, self._name, self._titles = out, name, titles
        self._strips = out / "strips" / name

    def add(self, caption: str, images: Sequence[np.ndarray | None]) -> None:
        """A strip of images, each (H, W, 1 or 3) float in [0, 1]; None leaves a gap."""
        strip = Image.new("RGB", (len(images) * (CELL + GAP), CELL + CAPTION), BACKGROUND)
        draw = ImageDraw.Draw(strip)
        for place, image in enumerate(images):
            if image is not None:
                strip.paste(_picture(image), (place * (CELL + GAP), CAPTION))
            title = self._titles[place] if place < len(self._titles) else ""
            draw.text((place * (CELL + GAP) + 2, 1), f"{caption}: {title}" if place == 0 else title, fill="white")
        _save(strip, self._strips / f"{caption.replace('/', '_')}.png")

    def write(self) -> None:
        """Write the sheets of all strips that there are, by name."""
        paths = sorted(self._strips.glob("*.png")) if self._strips.is_dir() else []
        for number, start in enumerate(range(0, len(paths), ROWS)):
            strips = [Image.open(path) for path in paths[start : start + ROWS]]
            size = (max(strip.width for strip in strips), sum(strip.height + GAP for strip in strips))
            sheet = Image.new("RGB", size, BACKGROUND)
            top = 0
            for strip in strips:
                sheet.paste(strip, (0, top))
                top += strip.height + GAP
            suffix = f"_{number + 1}" if len(paths) > ROWS else ""
            _save(sheet, self._out / f"{self._name}{suffix}.jpg")
        if len(paths) > ROWS:
            # what stood here while there were few
            (self._out / f"{self._name}.jpg").unlink(missing_ok=True)


def rolled(image: np.ndarray) -> np.ndarray:
    """The tile moved by half its size: a seam would be a cross through the middle."""
    return np.roll(image, (image.shape[0] // 2, image.shape[1] // 2), (0, 1))


def _picture(image: np.ndarray) -> Image.Image:
    colours = np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image
    picture = Image.fromarray(np.round(np.clip(colours, 0, 1) * 255).astype(np.uint8))
    return picture.resize((CELL, CELL), Image.Resampling.LANCZOS)


def _save(picture: Image.Image, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, quality=90)
    except OSError as error:
        raise HostError(f"'{path}' cannot be written: {error.strerror}. Choose another --out.") from error
