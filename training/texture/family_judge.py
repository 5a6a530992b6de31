# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges `family` while it trains: how near projections come to held-out materials, beside the nearest recoloured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ...core.texture.family_network import FamilyNetwork
from ...core.texture.family_space import drawn, project, rendered
from ...core.texture.photo_network import normals_of_slopes
from ..data.material_folder import MaterialSet, read_maps
from ..evaluation.texture.family_baselines import recoloured
from ..evaluation.texture.materials import completed
from ..metrics.distributions import FeatureSpace, fit_space, judged
from ..metrics.material_features import crops_of, group_sizes, grouped_features
from ..task import Split

Maps = dict[str, np.ndarray]
NUM_CROPS = 16
SIDE = 256
NUM_SAMPLES = 8
SHEET_COLUMNS = 8


class FamilyJudge:
    """The held-out materials of a split, a space of features fitted to the others, and the plain answers."""

    def __init__(self, split: Split[MaterialSet], training: Sequence[Mapping[str, np.ndarray]]) -> None:
        self._given = [read_maps(material, 512) for material in split.held_out]
        self._training = [completed(maps) for maps in training]
        groups = [grouped_features(crops_of(maps, NUM_CROPS)) for maps in self._training]
        self._features = [np.concatenate(list(g.values()), 1) for g in groups]
        sizes = group_sizes(groups[0])
        self._space = fit_space(np.concatenate(self._features), list(sizes.values()))
        self._colourless = _without_colour(self._features, sizes)
        self._real = [self._projected(completed(maps)) for maps in self._given]

    def judge(self, network: FamilyNetwork) -> dict[str, float]:
        """`score` is the Frechet distance of projections; `sample_variety` the spread of samples beside real ones."""
        made = []
        for number, maps in enumerate(self._given):
            code = project(network, maps)
            stack = rendered(network, [code], (SIDE, SIDE), 0.0, torch.Generator().manual_seed(number))
            made.append(self._projected(unstacked(stack)))
        figures = self._figures(made)
        generator = torch.Generator().manual_seed(0)
        codes = [drawn(network, "", 1.0, generator) for _ in range(NUM_SAMPLES)]
        samples = [rendered(network, [code], (SIDE, SIDE), 0.0, generator) for code in codes]
        means = np.stack([self._projected(unstacked(s)).mean(0) for s in samples])
        real = np.stack([cloud.mean(0) for cloud in self._real])
        figures["sample_variety"] = float(means.std(0).mean() / max(1e-9, real.std(0).mean()))
        return figures

    def baselines(self) -> dict[str, float]:
        """The same figures for the nearest training material in the asked one's colours."""
        means = np.stack([self._colourless.project(features).mean(0) for features in self._features])
        answers = []
        for maps in map(completed, self._given):
            found = grouped_features(crops_of(maps, NUM_CROPS))
            wanted = self._colourless.project(np.concatenate(list(found.values()), 1)).mean(0)
            nearest = self._training[int(((means - wanted) ** 2).sum(1).argmin())]
            answers.append(self._projected(recoloured(nearest, maps["albedo"])))
        return self._figures(answers)

    def sheet(self, network: FamilyNetwork) -> np.ndarray:
        """Rows of albedo and normals: held-out materials, their projections, samples."""
        generator = torch.Generator().manual_seed(0)
        shown = self._given[:: max(1, len(self._given) // SHEET_COLUMNS)][:SHEET_COLUMNS]
        made = [unstacked(rendered(network, [project(network, m)], (SIDE, SIDE), 0.0, generator)) for m in shown]
        codes = [drawn(network, "", 1.0, generator) for _ in shown]
        samples = [unstacked(rendered(network, [code], (SIDE, SIDE), 0.0, generator)) for code in codes]
        cropped = [{name: image[:SIDE, :SIDE] for name, image in completed(maps).items()} for maps in shown]
        rows = [(cells, name) for cells in (cropped, made, samples) for name in ("albedo", "normal")]
        return np.concatenate([np.concatenate([_small(c[name]) for c in cells], 1) for cells, name in rows], 0)

    def _projected(self, maps: Mapping[str, np.ndarray]) -> np.ndarray:
        found = grouped_features(crops_of(maps, NUM_CROPS))
        return self._space.project(np.concatenate(list(found.values()), 1))

    def _figures(self, made: Sequence[np.ndarray]) -> dict[str, float]:
        found = judged(np.concatenate(made), np.concatenate(self._real))
        return {"score": found["distance"], **found}


def unstacked(stack: torch.Tensor) -> Maps:
    """Maps (H, W, C) encoded in [0, 1] of a made stack (1, 7, H, W)."""
    normals = normals_of_slopes(stack[:, 3:5]) * 0.5 + 0.5
    parts = {"albedo": stack[:, :3], "normal": normals, "roughness": stack[:, 5:6], "metallic": stack[:, 6:7]}
    return {
        name: np.ascontiguousarray(p[0].permute(1, 2, 0).cpu().numpy(), dtype=np.float32) for name, p in parts.items()
    }


def _without_colour(features: Sequence[np.ndarray], sizes: Mapping[str, int]) -> FeatureSpace:
    """The space in which colours count nothing."""
    space = fit_space(np.concatenate(features), list(sizes.values()))
    places = np.concatenate([np.full(size, name == "colour") for name, size in sizes.items()])
    axes = np.where(places[:, None], 0.0, space.axes)
    return FeatureSpace(space.mean, space.scale, axes)


def _small(image: np.ndarray) -> np.ndarray:
    reduced = F.interpolate(
        torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None], (160, 160), mode="area"
    )
    shrunk: np.ndarray = reduced[0].permute(1, 2, 0).numpy()
    return shrunk
