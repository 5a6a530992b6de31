# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings drawn side by side: hours of sun seen from the south-west, and the plan with the floors that stay dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from ....core.architecture.massing import Massing
from ....core.architecture.massing_mesh import masses, neighbours_mesh
from ....core.architecture.massing_options import Offer, Task
from ....core.architecture.massing_plates import storeys_on
from ....core.architecture.massing_sun_map import SunMap
from ....core.asset import Asset
from ....core.thumbnail_model import model
from ....core.thumbnail_scene import triangles_of

SIDE, PLAN, TEXT = 300, 230, 34
# so much of what is around is seen in the plan
AROUND_CELLS = 14
# how much of the hours' false colours shows on the walls
TINT = 0.7
PAPER, LAND, PLOT, AROUND, INK = (255, 255, 255), (236, 236, 232), (206, 214, 200), (176, 176, 176), (30, 30, 30)


def draw_site(task: Task, offers: Sequence[Offer], reports: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """One row of pictures: the offers on their site with what they measure."""
    row = Image.new("RGB", (SIDE * len(offers), SIDE + PLAN + TEXT), PAPER)
    for place, offer in enumerate(offers):
        report = reports[offer.name]
        row.paste(_seen(task, offer.massing), (place * SIDE, TEXT))
        row.paste(_plan(task, offer.massing), (place * SIDE, TEXT + SIDE))
        text = f"{offer.name}\ndaylit {report['daylit_share']:.3f}, neighbours' sun {report['neighbour_sun_share']:.3f}"
        ImageDraw.Draw(row).multiline_text((place * SIDE + 4, 2), text, fill=INK)
    path.parent.mkdir(parents=True, exist_ok=True)
    row.save(path)


def join_rows(paths: Sequence[Path], sheet: Path) -> None:
    """The rows below each other as one picture; rows that are not there are left out."""
    rows = [_opened(path) for path in paths if path.exists()]
    if not rows:
        return
    whole = Image.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)), PAPER)
    top = 0
    for row in rows:
        whole.paste(row, (0, top))
        top += row.height
    whole.save(sheet)


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def _seen(task: Task, massing: Massing) -> Image.Image:
    """The massing among its neighbours from the south-west, lit by the sun at noon."""
    grid = task.fine.grid
    storeys = storeys_on(massing, grid)
    heights = torch.from_numpy(np.maximum(storeys * task.brief.storey_height_m, grid.neighbour_m)).float()
    sun = SunMap(grid, task.fine.path, task.fine.sweep.shadow_heights(heights[None])[0])
    around = (neighbours_mesh(task.site.neighbours),) if task.site.neighbours else ()
    asset = Asset("massing", meshes=(masses("option", massing, sun), *around))
    triangles = triangles_of(asset, TINT)
    assert triangles is not None
    light = model(triangles, asset, SIDE)
    return Image.fromarray((255 * _srgb(light.clip(0, 1)) + 0.5).astype(np.uint8))


def _srgb(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)


def _plan(task: Task, massing: Massing) -> Image.Image:
    """The cells of the fine grid, north of the scene up where the site is not turned: bright by height, blue by the
    share of floors that stay dark."""
    scorer, grid = task.fine, task.fine.grid
    storeys = torch.from_numpy(storeys_on(massing, grid))[None]
    lit = np.zeros(grid.shape)
    lit[scorer.window] = scorer.lit_floors(storeys, scorer.shadows(storeys)[0])[0].numpy()
    count = storeys[0].numpy()
    dark = (1 - lit / np.maximum(count, 1)).clip(0, 1)[..., None]
    tall = (0.45 + 0.55 * count / task.brief.most_storeys)[..., None]
    colours = np.where(grid.site[..., None], PLOT, LAND).astype(float)
    colours = np.where(grid.neighbour_m[..., None] > 0, AROUND, colours)
    masses_seen = tall * ((1 - dark) * np.array([255, 214, 90]) + dark * np.array([70, 80, 200]))
    colours = np.where(count[..., None] > 0, masses_seen, colours)
    rows, columns = (slice(max(one.start - AROUND_CELLS, 0), one.stop + AROUND_CELLS) for one in scorer.window)
    picture = Image.fromarray(colours[rows, columns][::-1].clip(0, 255).astype(np.uint8))
    scale = min((SIDE - 12) / picture.width, (PLAN - 12) / picture.height)
    picture = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.BICUBIC)
    sheet = Image.new("RGB", (SIDE, PLAN), PAPER)
    sheet.paste(picture, ((SIDE - picture.width) // 2, 6))
    return sheet
