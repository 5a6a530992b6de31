# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings drawn side by side: hours of sun from the south-west, and the plan with the floors that stay dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from ....core.architecture.massing import Massing
from ....core.architecture.massing_mesh import masses, neighbours_mesh
from ....core.architecture.massing_options import Offer, Task
from ....core.architecture.massing_plates import storeys_on
from ....core.architecture.massing_sun_map import SunMap
from ....core.asset import Mesh

SIDE, PLAN, TEXT = 300, 170, 30
# from where it is looked at: against the clock from the scene's +X, and above the ground
AZIMUTH, ALTITUDE = math.radians(-125), math.radians(38)
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
    """The massing among its neighbours in parallel projection, far faces first."""
    grid = task.fine.grid
    storeys = storeys_on(massing, grid)
    heights = torch.from_numpy(np.maximum(storeys * task.brief.storey_height_m, grid.neighbour_m)).float()
    sun = SunMap(grid, task.fine.path, task.fine.sweep.shadow_heights(heights[None])[0])
    faces = _faces(masses("massing", massing, sun))
    if task.site.neighbours:
        faces += _faces(neighbours_mesh(task.site.neighbours))
    plot = task.site.plot
    assert plot is not None
    land = np.column_stack([plot.outer, np.full(len(plot.outer), -0.1)])
    middle = np.append(land[:, :2].mean(0), 8.0)
    scale = SIDE / (1.75 * float(np.ptp(plot.outer, axis=0).max()) + 10)
    right, up, out = _axes()
    picture = Image.new("RGB", (SIDE, SIDE), LAND)
    pen = ImageDraw.Draw(picture)

    def at(points: np.ndarray) -> list[tuple[float, float]]:
        flat = (points - middle) @ np.stack([right, -up], 1) * scale + SIDE / 2
        return [(float(x), float(y)) for x, y in flat]

    pen.polygon(at(land), fill=PLOT)
    for points, colour in sorted(faces, key=lambda face: float(face[0].mean(0) @ out)):
        pen.polygon(at(points), fill=colour)
    return picture


def _axes() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is right and up in the picture, and out of it towards the eye."""
    out = np.array([math.cos(AZIMUTH) * math.cos(ALTITUDE), math.sin(AZIMUTH) * math.cos(ALTITUDE), math.sin(ALTITUDE)])
    right = np.array([-math.sin(AZIMUTH), math.cos(AZIMUTH), 0.0])
    return right, np.cross(out, right), out


def _faces(mesh: Mesh) -> list[tuple[np.ndarray, tuple[int, int, int]]]:
    """The faces that look towards the eye: corners (n, 3) and a colour, the sun's or a grey by its slope."""
    out, made = _axes()[2], []
    sun = mesh.colors.get("sun")
    starts = mesh.face_starts.tolist()
    for first, last in pairwise(starts):
        points = mesh.positions[mesh.corners[first:last]].astype(np.float64)
        normal = np.cross(points[1] - points[0], points[2] - points[0])
        if normal @ out <= 0:
            continue
        light = 0.72 + 0.28 * float(normal[2] / max(float(np.linalg.norm(normal)), 1e-12))
        shade = np.array(AROUND) / 255 if sun is None else _srgb(sun[first:last, :3].mean(0))
        red, green, blue = (int(255 * min(1.0, light * one)) for one in shade)
        made.append((points, (red, green, blue)))
    return made


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
    picture = Image.fromarray(colours[::-1].clip(0, 255).astype(np.uint8))
    scale = min(SIDE / picture.width, PLAN / picture.height)
    picture = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.BOX)
    sheet = Image.new("RGB", (SIDE, PLAN), PAPER)
    sheet.paste(picture, ((SIDE - picture.width) // 2, 0))
    return sheet
