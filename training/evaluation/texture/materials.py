# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials that are judged, those that were trained on, and what is left out for a model that has seen it.

Both folders are laid out alike: `pbr` in it holds material sets with OpenGL normals. The judged one is named by the
caller; the training data are in MAQUETTE_DATA, else ../shared/data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ....core.errors import InputError
from ....core.texture.maps import MAPS
from ...data.material_folder import MaterialSet, read_maps, scan

# named before anything was measured: one of each class
SUITE = (
    "brick__Bricks059",
    "tiles__Tiles046",
    "paving__PavingStones131",
    "planks__Planks011",
    "wood__Wood026",
    "fabric__Fabric036",
    "gravel__Gravel022",
    "rock__Rock020",
    "bark__bark_brown_01",
    "concrete__Concrete015",
    "stone__castle_wall_slates",
    "roof__clay_roof_tiles",
)
# materials are judged at this size, their crops at CROP_SIDE: a crop of a tile does not tile
SIDE = 512
CROP_SIDE = 400
# what stands for a map that a set lacks: no relief, the middle, no metal
SUBSTITUTES = {"normal": (0.5, 0.5, 1.0), "roughness": (0.5,), "metallic": (0.0,)}


@dataclass(frozen=True)
class Materials:
    """The usable sets of a folder, sorted by name, and what was left out of it with the reasons."""

    sets: tuple[MaterialSet, ...]
    left_out: tuple[str, ...]

    def only(self, sets: Sequence[MaterialSet]) -> Materials:
        """The same folder with these sets alone."""
        return replace(self, sets=tuple(sets))


def find_materials(folder: Path) -> Materials:
    """The material sets in the `pbr` of a folder; none where there is no such folder."""
    try:
        found = scan(folder / "pbr")
    except InputError as error:
        return Materials((), (str(error),))
    # the layout says OpenGL: a guess from the pixels would judge the guess as well
    sets = tuple(replace(material, normals_directx=False) for material in found.sets)
    return Materials(sets, tuple(f"{one.name}: {one.reason}" for one in found.left_out))


def unseen(sets: Sequence[MaterialSet], card: Mapping[str, Any]) -> tuple[MaterialSet, ...]:
    """The sets whose albedo is not in the training list of a model's card."""
    seen = set(card.get("training_sha256", ()))
    return tuple(material for material in sets if material.sha256 not in seen)


def suite(sets: Sequence[MaterialSet], count: int = len(SUITE)) -> tuple[MaterialSet, ...]:
    """The named suite where all of it is there, else `count` sets: the first of each class by name, then the rest."""
    by_name = {material.name: material for material in sets}
    if all(name in by_name for name in SUITE):
        return tuple(by_name[name] for name in SUITE)
    ordered = sorted(sets, key=lambda material: material.name)
    classes = {name.split("__")[0]: place for place, name in enumerate(SUITE)}
    first = {material.category: material for material in reversed(ordered)}
    chosen = sorted(first.values(), key=lambda m: (classes.get(m.category, len(classes)), m.name))
    rest = [material for material in ordered if material not in chosen]
    return tuple((chosen + rest)[:count])


def judged_maps(material: MaterialSet) -> dict[str, np.ndarray]:
    """The maps of a set, (H, W, 3 or 1) float32 in [0, 1], brought down so that the shorter side is at most 512."""
    return read_maps(material, SIDE)


def complete_maps(material: MaterialSet) -> dict[str, np.ndarray]:
    """Albedo, normal, roughness and metallic of a set; one that is missing is a constant of `SUBSTITUTES`."""
    return completed(judged_maps(material))


def completed(maps: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Albedo, normal, roughness and metallic of maps that have at least the albedo; see `complete_maps`."""
    size = maps["albedo"].shape[:2]
    substitutes = {n: np.broadcast_to(np.array(v, np.float32), (*size, len(v))) for n, v in SUBSTITUTES.items()}
    return {name: maps[name] if name in maps else substitutes[name] for name in ("albedo", *SUBSTITUTES)}


def cropped(maps: Mapping[str, np.ndarray], side: int = CROP_SIDE) -> dict[str, np.ndarray]:
    """The top left part of every map, at most `side` texels a side and never the whole: it does not tile."""
    height, width = (min(side, n * CROP_SIDE // SIDE) for n in maps["albedo"].shape[:2])
    return {name: np.ascontiguousarray(image[:height, :width]) for name, image in maps.items()}


def write_pictures(maps: Mapping[str, np.ndarray], folder: Path) -> dict[str, str]:
    """Write the maps as 8-bit PNG files, as a designer would give them; returns the paths by role."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, image in maps.items():
        pixels = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
        path = folder / f"{name}.png"
        Image.fromarray(pixels if MAPS[name].channels == 3 else pixels[..., 0]).save(path)
        paths[name] = str(path)
    return paths
