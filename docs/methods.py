# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of all texture methods, docs/pictures/methods.jpg: what is given beside what is made, under a light.

python docs/methods.py OUT      (in the project's environment; the photographs are scikit-image's)
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import skimage
from PIL import Image, ImageDraw

from maquette.core import engine
from maquette.core.request import Request

CELL, GAP, LINE = 300, 6, 18
LIGHT = np.array([-0.5, 0.5, 0.7]) / np.linalg.norm([-0.5, 0.5, 0.7])
CROP = (60, 40, 420, 460)


def made(method: str, references: list[Any], seed: int = 0, **params: Any) -> dict[str, np.ndarray]:
    """The maps of one method."""
    plain = {"generator": "texture", "method": method, "params": params, "references": references, "seed": seed}
    return engine.generate(Request.from_plain(plain)).materials[0].maps


def lit(maps: Mapping[str, np.ndarray]) -> Image.Image:
    """The tile under one light, 2 x 2 where it is small."""
    normal = maps["normal"] * 2 - 1
    shade = np.clip((normal * LIGHT).sum(2, keepdims=True) / LIGHT[2], 0, 2) * (0.4 + 0.6 * maps["ambient_occlusion"])
    picture = np.clip((maps["albedo"] ** 2.2 * shade) ** (1 / 2.2), 0, 1)
    return Image.fromarray(np.round(picture * 255).astype(np.uint8))


def cell(picture: Image.Image) -> Image.Image:
    """The middle square of a picture at the sheet's size."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize((CELL, CELL), Image.Resampling.LANCZOS)


def twice(picture: Image.Image) -> Image.Image:
    """Two by two of a tile, which shows its seams if there are any."""
    wide = Image.new("RGB", (2 * picture.width, 2 * picture.height))
    for number in range(4):
        wide.paste(picture, (number % 2 * picture.width, number // 2 * picture.height))
    return wide


def main() -> None:
    """Make the sheet."""
    data = Path(skimage.__file__).parent / "data"
    brick, gravel = (Image.open(data / f"{name}.png").convert("RGB") for name in ("brick", "gravel"))
    with tempfile.TemporaryDirectory() as folder:
        paths = {"gravel": str(data / "gravel.png"), "crop": f"{folder}/crop.png", "mask": f"{folder}/mask.png"}
        cropped = gravel.crop(CROP)
        cropped.save(paths["crop"])
        marked = brick.copy()
        mask = Image.new("L", brick.size)
        for canvas, colour in ((mask, 255), (marked, (255, 60, 160))):
            ImageDraw.Draw(canvas).ellipse((170, 150, 360, 330), fill=colour)
        mask.save(paths["mask"])
        brick_path = str(data / "brick.png")
        pairs = [
            ("exemplar", "a photograph, and 1024 px of it", gravel, lit(made("exemplar", [paths["gravel"]]))),
            (
                "tileable",
                "2 x 2 of a crop, and made to tile",
                twice(cropped),
                twice(lit(made("tileable", [paths["crop"]]))),
            ),
            (
                "inpaint",
                "what is marked, made anew",
                marked,
                lit(made("inpaint", [brick_path, {"role": "mask", "path": paths["mask"]}])),
            ),
            ("extend", "more around it, closed to a tile", brick, lit(made("extend", [brick_path]))),
            ("photo", "the maps it shows, lit", brick, lit(made("photo", [brick_path], strength=1.5))),
            (
                "family",
                "two materials by chance",
                lit(made("family", [], seed=3, size=512)),
                lit(made("family", [], seed=11, size=512)),
            ),
        ]
    rows = (len(pairs) + 1) // 2
    sheet = Image.new("RGB", (4 * CELL + 3 * GAP, rows * (CELL + LINE + GAP)), "white")
    for number, (name, text, given, result) in enumerate(pairs):
        left, top = number % 2 * 2 * (CELL + GAP), number // 2 * (CELL + LINE + GAP)
        sheet.paste(cell(given), (left, top))
        sheet.paste(cell(result), (left + CELL + GAP, top))
        ImageDraw.Draw(sheet).text((left + 2, top + CELL + 3), f"{name}: {text}", fill="black")
    sheet.save(sys.argv[1], quality=90)


if __name__ == "__main__":
    main()
