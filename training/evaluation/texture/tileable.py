# SPDX-License-Identifier: GPL-3.0-or-later
"""`tileable`: 400 px crops that do not tile, made to tile: is the seam gone, and is the rest as it was?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ....core.texture.material_request import resampled
from ...data.material_folder import MaterialSet
from ...metrics.texture import seam_z
from ..sheets import Sheet, rolled
from ..study import Part, highest, mean
from .making import has_method, tile_maps
from .materials import cropped, judged_maps, suite, write_pictures
from .study import Study
from .timing import NotTimed, timed

SPEED_SETS = 5


def evaluate(study: Study) -> None:
    """Takes up the figures `tileable.*`."""
    if not has_method("tileable"):
        return study.lack("tileable", "This Maquette has no method 'tileable'.")
    study.note("tileable: the top left 400 px of 512, all maps; seam_z of the albedo, before: of the crop itself.")
    study.note(
        "tileable: change_outside is the mean absolute difference of all maps, outside the band along the cuts, to the "
        "picture's texel at the same place of the tile, over the picture as often as the tile goes into it."
    )
    _times(study)
    part = study.part("tileable")
    sheet = Sheet(study.out, "tileable", ("crop, moved by half", "tileable", "moved by half"))
    rows = []
    for material in study.in_time(study.judged.sets, 0.8, "tileable"):
        if material.name not in part.items:
            study.say(f"tileable: {material.name}")
        row = study.tried(f"tileable: {material.name}", partial(_judged, part, sheet, material))
        if row is not None:
            rows.append(row)
    sheet.write()
    if rows:
        study.give("tileable", {f"{name}_max": highest(rows, name) for name in ("seam_z", "seam_z_before")})
        below = float(np.mean([row.get("seam_z", 0.0) <= 3 for row in rows]))
        study.give("tileable", {"seam_free_share": below, "seam_z": mean(rows, "seam_z")})
        shares = ("change_outside", "change_in_band", "band_share", "kept_share")
        study.give("tileable", {name: mean(rows, name) for name in shares})


def _judged(part: Part, sheet: Sheet, material: MaterialSet) -> dict[str, float]:
    if material.name in part.items:
        return part.items[material.name]
    crop = cropped(judged_maps(material))
    made, offset, changed = tile_maps(crop)
    sheet.add(material.name, [rolled(crop["albedo"]), made["albedo"], rolled(made["albedo"])])
    return part.measured(material.name, partial(compared, crop, made, offset, changed))


def compared(
    picture: Mapping[str, np.ndarray],
    made: Mapping[str, np.ndarray],
    offset: tuple[int, int],
    changed: np.ndarray,
) -> dict[str, float]:
    """The figures of one tile: maps of the picture (h, w, C) and the tile (H, W, C), whose first texel is the
    picture's at `offset`; `changed` (H, W) is the band along the cuts."""
    before, after = (torch.from_numpy(np.ascontiguousarray(m["albedo"])).permute(2, 0, 1) for m in (picture, made))
    figures = {
        "seam_z": seam_z(after),
        "seam_z_before": seam_z(before),
        "band_share": float(changed.mean()),
        "kept_share": changed.size / (picture["albedo"].shape[0] * picture["albedo"].shape[1]),
    }
    change = _change(picture, made, offset)
    for name, where in (("change_outside", ~changed), ("change_in_band", changed)):
        if where.any():
            figures[name] = float(change[where].mean())
    return figures


def _change(picture: Mapping[str, np.ndarray], made: Mapping[str, np.ndarray], offset: tuple[int, int]) -> np.ndarray:
    """(H, W) mean absolute difference of all maps to the picture where the tile lies on it, the least of all places."""
    first, tile = (np.concatenate([maps[name] for name in made], axis=2) for maps in (picture, made))
    height, width = tile.shape[:2]
    least = np.full((height, width), np.inf, np.float32)
    for down in range(-1, first.shape[0] // height + 1):
        for right in range(-1, first.shape[1] // width + 1):
            top, left = offset[0] + down * height, offset[1] + right * width
            rows = slice(max(0, -top), min(height, first.shape[0] - top))
            columns = slice(max(0, -left), min(width, first.shape[1] - left))
            if rows.start >= rows.stop or columns.start >= columns.stop:
                continue
            place = first[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left]
            difference = np.abs(place - tile[rows, columns]).mean(2)
            least[rows, columns] = np.minimum(least[rows, columns], difference)
    return least


def _times(study: Study) -> None:
    """Seconds of a Request with a 512 px picture that does not tile: the median over a few sets, warm."""
    study.note(
        "tileable: seconds_512 is a Request with a 512 px albedo that does not tile, albedo made alone, from file to "
        f"array, warm: the mean over {SPEED_SETS} sets of the median of three runs; seconds_512_all_maps makes all."
    )
    part = study.part("tileable_times")
    found: dict[str, list[dict[str, float]]] = {"seconds_512": [], "seconds_512_all_maps": []}
    for material in suite(study.judged.sets)[:SPEED_SETS]:
        with tempfile.TemporaryDirectory() as folder:
            albedo = resampled(cropped(judged_maps(material))["albedo"], (512, 512))
            pictures = write_pictures({"albedo": albedo}, Path(folder))
            for name, params in (("seconds_512", {"maps": ["albedo"]}), ("seconds_512_all_maps", {})):
                left = min(120.0, study.deadline - time.monotonic())
                job: dict[str, Any] = {
                    "method": "tileable",
                    "pictures": pictures,
                    "params": params,
                    "runs": 3,
                    "warm": 1,
                }
                try:
                    key = f"{material.name} {name}"
                    found[name].append(part.measured(key, partial(timed, "method", limit_s=left, **job)))
                except NotTimed as error:
                    study.lack(f"tileable.{name}", str(error))
    study.give("tileable", {name: mean(rows, "seconds") for name, rows in found.items() if rows})
