# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the research prototype of the texture synthesis, where its folder is at hand.

It lies outside the project: in the folder that MAQUETTE_PROTOTYPES names, else in ../shared/research/prototypes.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def prototype_folder() -> Path | None:
    """The folder of the measured prototype, or None where it is not."""
    folder = Path(os.environ.get("MAQUETTE_PROTOTYPES", SHARED / "research" / "prototypes")) / "textures"
    return folder if (folder / "pmtex.py").is_file() else None


def prototype_module(folder: Path, name: str) -> ModuleType:
    """One module of the prototype, imported from where it lies."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module(name)


def run_prototype(folder: Path, maps: dict[str, np.ndarray], size: int, seed: int = 0) -> dict[str, np.ndarray]:
    """All maps (h, w, C) at (size, size, C) by the prototype, with the settings that its report names."""
    pmtex, quilt = prototype_module(folder, "pmtex"), prototype_module(folder, "quilt")

    def start(level: torch.Tensor, height: int, width: int, generator: torch.Generator) -> tuple[torch.Tensor, ...]:
        block = max(8, int(0.3 * min(level.shape[1:])))
        return tuple(quilt.quilt(level, height, width, block, max(2, block // 3), generator)[:2])

    features = _guide_features(maps)
    found = pmtex.synth(features, (size, size), seed=seed, P=7, k=24, min_ex=64, init=start)
    outputs = {}
    for name, image in maps.items():
        stacked = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)
        if name == "height":
            made = pmtex.poisson_height(found["sy"], found["sx"], stacked)
        else:
            made = pmtex.apply_field(found["sy"], found["sx"], stacked, normal=name == "normal")
        outputs[name] = made.permute(1, 2, 0).contiguous().numpy()
    return outputs


def _guide_features(maps: dict[str, np.ndarray]) -> torch.Tensor:
    """The guide stack that the prototype's report describes: standardised maps and thin structure at two scales."""
    weights = {"albedo": 1.0, "height": 1.0, "normal": 1.0, "roughness": 0.5}
    groups = []
    for name, weight in weights.items():
        if name in maps:
            image = torch.from_numpy(np.ascontiguousarray(maps[name])).permute(2, 0, 1)
            image = image[: 2 if name == "normal" else 3]
            groups.append(weight * (image - image.mean((1, 2), keepdim=True)) / image.std().clamp(min=1e-3))
    grey = torch.from_numpy(np.ascontiguousarray(maps["albedo"])).permute(2, 0, 1).mean(0, keepdim=True)
    for side in (9, 21):
        around = F.avg_pool2d(F.pad(grey[None], (side // 2,) * 4, mode="replicate"), side, 1)[0]
        detail = (grey - around) / grey.std().clamp(min=1e-3)
        groups += [detail.relu(), (-detail).relu()]
    return torch.cat(groups)
