# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the benchmarks find material sets and the prototype: folders outside the repository."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from PIL import Image

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FILES = {
    "albedo": "albedo",
    "normal": "normal",
    "roughness": "roughness",
    "height": "height",
    "ambient_occlusion": "ao",
    "metallic": "metallic",
}
# the judged results of 512 px are made from this many, so that they cannot be copies of the whole
EXEMPLAR_SIDE = 400
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


def data_folder() -> Path | None:
    """The folder of material sets: MAQUETTE_DATA, else ../shared/data, in it `pbr`; None when there is none."""
    folder = Path(os.environ.get("MAQUETTE_DATA", SHARED / "data")) / "pbr"
    return folder if folder.is_dir() else None


def prototype_folder() -> Path | None:
    """The folder of the measured prototype: MAQUETTE_PROTOTYPES, else ../shared/research/prototypes."""
    folder = Path(os.environ.get("MAQUETTE_PROTOTYPES", SHARED / "research" / "prototypes")) / "textures"
    return folder if folder.is_dir() else None


def set_names(folder: Path) -> list[str]:
    """All material sets, sorted."""
    return sorted(path.name for path in folder.iterdir() if (path / "albedo.jpg").exists())


def load_set(folder: Path, name: str) -> dict[str, np.ndarray]:
    """The maps of one set, (h, w, 3 or 1) float32 in [0, 1]."""
    maps = {}
    for map_name, file in FILES.items():
        path = folder / name / f"{file}.jpg"
        if path.exists():
            colour = map_name in ("albedo", "normal")
            image = np.asarray(Image.open(path).convert("RGB" if colour else "L"), dtype=np.float32) / 255
            maps[map_name] = image if colour else image[..., None]
    return maps


def exemplar_crop(maps: dict[str, np.ndarray], side: int = EXEMPLAR_SIDE) -> dict[str, np.ndarray]:
    """The exemplar that the 512 px figures are made from: the top left `side` pixels of every map of a set."""
    return {name: np.ascontiguousarray(image[:side, :side]) for name, image in maps.items()}


def prototype_module(folder: Path, name: str) -> ModuleType:
    """One module of the prototype, imported from where it lies."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(name)


def run_prototype(folder: Path, maps: dict[str, np.ndarray], size: int, seed: int = 0) -> dict[str, np.ndarray]:
    """All maps by the prototype, with the settings that its report names."""
    pmtex, quilt = prototype_module(folder, "pmtex"), prototype_module(folder, "quilt")

    def start(level: torch.Tensor, height: int, width: int, generator: torch.Generator) -> tuple[torch.Tensor, ...]:
        block = max(8, int(0.3 * min(level.shape[1:])))
        return tuple(quilt.quilt(level, height, width, block, max(2, block // 3), generator)[:2])

    features = _prototype_features(maps)
    found = pmtex.synth(features, (size, size), seed=seed, P=7, k=24, min_ex=64, init=start)
    outputs = {}
    for name, image in maps.items():
        stacked = torch.from_numpy(image).permute(2, 0, 1)
        if name == "height":
            made = pmtex.poisson_height(found["sy"], found["sx"], stacked)
        else:
            made = pmtex.apply_field(found["sy"], found["sx"], stacked, normal=name == "normal")
        outputs[name] = made.permute(1, 2, 0).contiguous().numpy()
    return outputs


def _prototype_features(maps: dict[str, np.ndarray]) -> torch.Tensor:
    """The guide stack that the prototype's report describes: standardised maps and thin structure at two scales."""
    weights = {"albedo": 1.0, "height": 1.0, "normal": 1.0, "roughness": 0.5}
    groups = []
    for name, weight in weights.items():
        if name in maps:
            image = torch.from_numpy(maps[name]).permute(2, 0, 1)[: 2 if name == "normal" else 3]
            groups.append(weight * (image - image.mean((1, 2), keepdim=True)) / image.std().clamp(min=1e-3))
    grey = torch.from_numpy(maps["albedo"]).permute(2, 0, 1).mean(0, keepdim=True)
    for side in (9, 21):
        around = F.avg_pool2d(F.pad(grey[None], (side // 2,) * 4, mode="replicate"), side, 1)[0]
        detail = (grey - around) / grey.std().clamp(min=1e-3)
        groups += [detail.relu(), (-detail).relu()]
    return torch.cat(groups)
