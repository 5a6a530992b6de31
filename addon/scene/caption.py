# SPDX-License-Identifier: GPL-3.0-or-later
"""The caption of a maquette: its name and its main figures, as text that lies in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from ...core.asset import Material as MadeMaterial
from ...core.asset import Option
from .building_parts import collection_of
from .surface import find_or_make

CAPTION = "maquette_caption"
MOST_LINES = 6
# height of a letter of the figures and the distance from the maquette, as a share of its width; the name is larger
_LETTER, _AWAY, _NAME = 0.045, 0.05, 1.7
_INK = 0.12
_NAMES = {
    "daylit": "daylit floor area",
    "neighbour_sun": "neighbours' sun kept",
    "ground_h": "sun on the ground",
    "gfa_m2": "gross floor area",
    "gross_floor_area_m2": "gross floor area",
    "far": "FAR",
}
_SHARES = ("daylit", "neighbour_sun", "coverage")
# by the end of a figure's name
_UNITS = (("_m2", "{:,.0f} m²"), ("_m3", "{:,.0f} m³"), ("_m", "{:,.1f} m"), ("_h", "{:.1f} h"))


def bring_caption(root: Any, option: Option, box: tuple[float, float, float, float], per_metre: float) -> None:
    """The caption beneath a maquette whose ground is `box` (metres), new or changed: its name, then its figures."""
    width = (box[2] - box[0]) * per_metre
    letter, left, top = _LETTER * width, box[0] * per_metre, box[1] * per_metre - _AWAY * width
    there = {str(child[CAPTION]): child for child in root.children if is_caption(child)}
    texts = (
        ("name", option.name, _NAME * letter, top - _NAME * letter),
        ("figures", "\n".join(lines_of(option.report)), letter, top - (_NAME + 1.6) * letter),
    )
    for kind, text, size, y in texts:
        item = there.get(kind) or _new_text(f"{option.name} {kind}", kind, root)
        item.data.body = text
        if kind not in there:
            item.data.size, item.location = size, (left, y, 0.0)


def _new_text(name: str, kind: str, root: Any) -> Any:
    curve: Any = bpy.data.curves.new(name, "FONT")
    curve.materials.append(_ink())
    item: Any = bpy.data.objects.new(name, curve)
    item[CAPTION], item.parent = kind, root
    (collection_of(root) or root.users_collection[0]).objects.link(item)
    return item


def is_caption(item: Any) -> bool:
    """Whether an object is a maquette's caption."""
    return CAPTION in item


def lines_of(report: Mapping[str, float]) -> list[str]:
    """A report's figures as words, the first ones."""
    return [f"{name_of(key)} {figure(key, value)}" for key, value in list(report.items())[:MOST_LINES]]


def name_of(key: str) -> str:
    """What a figure is called."""
    if key in _NAMES:
        return _NAMES[key]
    for end in ("_share", *(end for end, _ in _UNITS)):
        key = key.removesuffix(end)
    return key.removeprefix("num_").replace("_", " ")


def figure(key: str, value: float) -> str:
    """A figure with its unit."""
    if key in _SHARES or key.endswith("_share"):
        return f"{value:.0%}"
    if key.startswith("num_"):
        return f"{value:.0f}"
    form = next((form for end, form in _UNITS if key.endswith(end)), "{:.2f}")
    return form.format(value)


def _ink() -> Any:
    dark = np.full((1, 1, 3), _INK, np.float32)
    return find_or_make(MadeMaterial("Caption", {"albedo": dark}, (0.0, 0.0), 0.0), {})
