# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of guide.md and loop.md from the window's screenshots: `python docs/guide_pictures.py OUT`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).resolve().parent / "pictures"
WIDTH, QUALITY = 1200, 82
# what of a screenshot of 1440 x 900 px tells something: left, upper, right, lower
CROPS = {"guide-massings": (300, 240, 1180, 690), "guide-train": (880, 85, 1172, 290)}
# one moment of the loop stands for all
LOOP = "loop-character-4-applied"


def main() -> None:
    """Each screenshot `guide-*.png` and one of the loop, smaller, as JPEG."""
    folder = Path(sys.argv[1])
    for path in [*sorted(folder.glob("guide-*.png")), *folder.glob(f"{LOOP}.png")]:
        with Image.open(path) as screen:
            picture = screen.convert("RGB").crop(CROPS.get(path.stem, (0, 0, *screen.size)))
            picture.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
            name = "loop" if path.stem == LOOP else path.stem
            picture.save(PICTURES / f"{name}.jpg", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main()
