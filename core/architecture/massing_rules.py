# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain ways to build on a site, which any search has to beat: extrusion, perimeter block, slabs, random boxes."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch

from .massing_boxes import NUM_PER_BOX, box_profiles
from .massing_fit import fitted_storeys
from .massing_grid import MassingGrid
from .massing_score import MassingScorer, MassingScores

BLOCK_DEPTHS_M = (10.0, 12.0, 14.0, 16.0, 18.0)
SLAB_DEPTHS_M = (12.0, 14.0, 16.0)
SLAB_GAPS_M = (8.0, 10.0, 12.0, 15.0, 18.0, 22.0)
SLAB_ANGLES_DEG = (0.0, 45.0, 90.0, 135.0)
NUM_OFFSETS = 3
NUM_BOXES = 6
BATCH = 24


@dataclass(frozen=True)
class RuleResult:
    """The best design of one rule: `storeys` (ny, nx) int64 and its scores, each a number by name."""

    storeys: torch.Tensor
    scores: dict[str, float]


def all_rules(scorer: MassingScorer, seed: int, num_random: int = 240) -> dict[str, RuleResult]:
    """The best of each rule by name; a rule of which no design fits the floor area and the limits is left out."""
    grid = scorer.grid
    results = {
        "extrusion": best_of(scorer, extrusion_profile(scorer)),
        "perimeter block": best_of(scorer, perimeter_profiles(grid)),
        "slabs": best_of(scorer, slab_profiles(scorer)),
        "random boxes": best_of(scorer, random_profiles(scorer, seed, num_random)),
    }
    return {name: result for name, result in results.items() if result is not None}


def best_of(scorer: MassingScorer, profiles: torch.Tensor) -> RuleResult | None:
    """The profile (N, ny, nx) that is worth most once it has its storeys, of those that keep the limits; or None."""
    north = (float(scorer.path.north[0]), float(scorer.path.north[1]))
    best, worth = None, -math.inf
    for batch in torch.split(profiles, BATCH):
        storeys, fits = fitted_storeys(batch.to(scorer.device), scorer.brief, scorer.grid, north)
        if not fits.any():
            continue
        storeys = storeys[fits]
        scores = scorer.scores(storeys)
        first = int(scores.worth().argmax())
        if float(scores.worth()[first]) > worth:
            best, worth = RuleResult(storeys[first], scores_of(scores, first)), float(scores.worth()[first])
    return best


def scores_of(scores: MassingScores, index: int) -> dict[str, float]:
    """One design's scores by name."""
    return {field.name: float(getattr(scores, field.name)[index]) for field in fields(scores)}


def extrusion_profile(scorer: MassingScorer) -> torch.Tensor:
    """(1, ny, nx): all that may be built on, evenly; of a smaller coverage, what lies deepest in the site."""
    grid = scorer.grid
    most = int(scorer.brief.coverage * grid.site_area_m2 / grid.cell_m**2)
    mask = grid.buildable.copy()
    if mask.sum() > most:
        order = np.argsort(-np.where(mask, grid.depth_m, -np.inf), axis=None, kind="stable")
        mask.ravel()[order[most:]] = False
    return torch.from_numpy(mask)[None].float()


def perimeter_profiles(grid: MassingGrid) -> torch.Tensor:
    """(N, ny, nx): a ring along the setback, for each of the block depths."""
    inner = grid.depth_m - grid.depth_m[grid.buildable].min()
    rings = [torch.from_numpy(grid.buildable & (inner < depth - grid.cell_m / 2)) for depth in BLOCK_DEPTHS_M]
    return torch.stack(rings).float()


def slab_profiles(scorer: MassingScorer) -> torch.Tensor:
    """(N, ny, nx): parallel slabs of every depth, gap, offset and angle, along the site and along the meridian."""
    grid = scorer.grid
    north = math.atan2(float(scorer.path.north[1]), float(scorer.path.north[0]))
    angles = [math.radians(angle) + base for base in (0.0, north) for angle in SLAB_ANGLES_DEG]
    out = []
    for angle in angles:
        across = torch.from_numpy(grid.y_m * math.cos(angle) - grid.x_m * math.sin(angle))
        first = float(across[torch.from_numpy(grid.buildable)].min()) - grid.cell_m / 2
        for depth in SLAB_DEPTHS_M:
            for gap in SLAB_GAPS_M:
                for offset in range(NUM_OFFSETS):
                    start = first - offset / NUM_OFFSETS * (depth + gap)
                    out.append((across - start) % (depth + gap) < depth)
    return torch.stack(out).float()


def random_profiles(scorer: MassingScorer, seed: int, count: int) -> torch.Tensor:
    """(N, ny, nx): boxes by chance."""
    random = torch.Generator().manual_seed(seed)
    shares = torch.rand(count, NUM_BOXES, NUM_PER_BOX, generator=random)
    return torch.cat([box_profiles(batch, scorer.brief, scorer.grid) for batch in torch.split(shares, BATCH)])
