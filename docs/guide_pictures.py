# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of guide.md from the screenshots of the guides' run: `python docs/guide_pictures.py out/guides`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).resolve().parent / "pictures"
WIDTH, QUALITY = 1200, 82


def main() -> None:
    """Each screenshot `guide-*.png`, smaller, as JPEG."""
    for path in sorted(Path(sys.argv[1]).glob("guide-*.png")):
        with Image.open(path) as picture:
            size = (WIDTH, round(picture.height * WIDTH / picture.width))
            picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(
                PICTURES / f"{path.stem}.jpg", quality=QUALITY, optimize=True
            )


if __name__ == "__main__":
    main()
