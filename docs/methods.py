# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of all texture methods, docs/pictures/methods.jpg: what is given beside what is made, under a light.

python docs/methods.py OUT DATA      (in the project's environment; DATA/pbr holds the material sets named below)
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from maquette.core import engine
from maquette.core.request import Request

CELL, GAP, LINE = 300, 6, 18
LIGHT = np.array([-0.5, 0.5, 0.7]) / np.linalg.norm([-0.5, 0.5, 0.7])
CROP = (60, 40, 460, 440)


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
    sets = Path(sys.argv[2]) / "pbr"
    slates, gravel, bricks = (
        sets / name / "albedo.jpg"
        for name in ("stone__castle_wall_slates", "gravel__bicolour_gravel", "brick__Bricks066")
    )
    with tempfile.TemporaryDirectory() as folder:
        crop, mask = Path(folder, "crop.png"), Path(folder, "mask.png")
        cropped = Image.open(slates).crop(CROP)
        cropped.save(crop)
        marked, marks = Image.open(slates), Image.new("L", (512, 512))
        for canvas, colour in ((marks, 255), (marked, (255, 60, 160))):
            ImageDraw.Draw(canvas).ellipse((170, 150, 360, 330), fill=colour)
        marks.save(mask)
        filled = made("inpaint", [str(slates), {"role": "mask", "path": str(mask)}])
        pairs = [
            (
                "exemplar",
                "a photograph, and a tile of it",
                shown(gravel),
                plain(made("exemplar", [str(gravel)], size=512)),
            ),
            (
                "tileable",
                "2 x 2 of a crop, and made to tile",
                twice(cropped),
                twice(plain(made("tileable", [str(crop)]))),
            ),
            ("inpaint", "what is marked, made anew", marked, plain(filled)),
            ("extend", "more around a crop, closed to a tile", cropped, plain(made("extend", [str(crop)]))),
            (
                "photo",
                "a photograph, and its maps under a light",
                shown(bricks),
                lit(made("photo", [str(bricks)], strength=3.0)),
            ),
            (
                "family",
                "two materials by chance",
                lit(made("family", [], seed=3, size=512, category="rock")),
                lit(made("family", [], seed=5, size=512, category="fabric")),
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


def shown(path: Path) -> Image.Image:
    """A picture file."""
    return Image.open(path).convert("RGB")


def plain(maps: Mapping[str, np.ndarray]) -> Image.Image:
    """The albedo alone."""
    return Image.fromarray(np.round(maps["albedo"] * 255).astype(np.uint8))


if __name__ == "__main__":
    main()
