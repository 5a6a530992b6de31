# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans drawn side by side: rooms by use with names and areas, doors, windows, and what each plan misses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely
from PIL import Image, ImageDraw

from ....core.architecture.plan_solid import windows_of
from ....core.architecture.plan_solver import SolvedPlan, solved
from ...data.plan_programmes import plan_task

SIDE, MARGIN, COLUMNS = 330, 14, 6
COLOURS = {
    "living": (250, 228, 180), "kitchen": (255, 205, 165), "dining": (250, 215, 150), "bedroom": (190, 215, 240),
    "study": (200, 225, 200), "bath": (170, 228, 228), "toilet": (160, 215, 220), "hall": (234, 234, 234),
    "storage": (212, 202, 192), "stairs": (200, 200, 215),
}  # fmt: skip
INK, DOOR, FRONT, GLASS, MISSED = (40, 40, 40), (255, 255, 255), (215, 50, 40), (90, 160, 220), (180, 0, 0)


def draw_plans(numbers: Iterable[int], seed: int, path: Path) -> None:
    """The plans of these tasks of `seed` as one picture."""
    pictures = []
    for number in numbers:
        task = plan_task(number, seed)
        pictures.append(_drawn(solved(task.outline, task.front_door, task.programme, number), f"{number} {task.shape}"))
    height = SIDE + 18
    sheet = Image.new("RGB", (COLUMNS * SIDE, -(-len(pictures) // COLUMNS) * height), "white")
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (place % COLUMNS * SIDE, place // COLUMNS * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _drawn(found: SolvedPlan, title: str) -> Image.Image:
    picture = Image.new("RGB", (SIDE, SIDE + 18), "white")
    pen = ImageDraw.Draw(picture)
    low, span = found.plan.outline.outer.min(0), float(np.ptp(found.plan.outline.outer, axis=0).max())
    scale = (SIDE - 2 * MARGIN) / span

    def at(points: np.ndarray) -> list[tuple[float, float]]:
        return [(MARGIN + (x - low[0]) * scale, SIDE - MARGIN - (y - low[1]) * scale) for x, y in points]

    for room in found.plan.rooms:
        pen.polygon(at(room.ring), fill=COLOURS[room.use], outline=INK, width=2)
    for ring in found.plan.outline.rings:
        pen.polygon(at(ring), outline=INK, width=5)
    for window in windows_of(found.plan):
        pen.line(at(np.stack(window)), fill=GLASS, width=4)
    for door in found.plan.doors:
        pen.line(at(np.stack([door.start, door.end])), fill=FRONT if "" in door.rooms else DOOR, width=6)
    for room in found.plan.rooms:
        shape = shapely.Polygon(room.ring)
        place = np.array(shape.representative_point().coords)
        pen.text(at(place)[0], f"{room.name}\n{shape.area:.1f}", fill=(0, 0, 0), anchor="mm")
    missed = ", ".join(f"{rule} {where}" for rule, where in found.verdict.unmet)
    pen.text((4, SIDE), f"{title}: {missed}"[:52] if missed else title, fill=MISSED if missed else INK)
    return picture
