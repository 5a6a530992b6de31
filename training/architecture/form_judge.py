# SPDX-License-Identifier: GPL-3.0-or-later
"""How alike proposed buildings are to a district's own: distances over statistics of footprint and height.

The plain method to beat is the nearest real building, of those learned from, fitted to the parcel: nearest by the
parcel's size and shape and the district. Both are put within the parcel by the same function.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
import torch

from ...core.architecture.form_code import decoded, footprint_statistics
from ...core.architecture.form_fitting import fitted
from ...core.architecture.form_network import CODE_LENGTH, FormNetwork, drawn_codes_in
from ...core.architecture.plan_shapes import largest_polygon
from ..metrics.distributions import frechet_distance
from .parcels import Built

SEED = 5


class FormJudge:
    """Judges by buildings that were not learned from; `learned` gives the units and the plain method's buildings."""

    def __init__(self, learned: Sequence[Built], judged: Sequence[Built]) -> None:
        self._learned, self._judged = list(learned), list(judged)
        known = statistics_of([(one, one.footprint, one.height_m) for one in self._learned])
        self._units = known.mean(0), known.std(0) + 1e-6
        self._known = self._scaled(known)
        self._real = self._scaled(statistics_of([(one, one.footprint, one.height_m) for one in self._judged]))
        conditions = np.array([one.conditions for one in self._learned])
        self._condition_units = conditions.mean(0), conditions.std(0) + 1e-2
        self._known_conditions = (conditions - self._condition_units[0]) / self._condition_units[1]

    def learned(self, network: FormNetwork) -> dict[str, float]:
        """`distance` of what the network proposes for the judged parcels; `nearest_training`, how far each proposal is
        from the nearest building learned from, and `nearest_training_real` the same of the real ones."""
        proposals = proposed(network, self._judged, SEED)
        made = self._scaled(statistics_of(_made(self._judged, proposals)))
        return {
            "distance": frechet_distance(made, self._real),
            "nearest_training": nearest(made, self._known),
            "nearest_training_real": nearest(self._real, self._known),
        }

    def plain(self) -> dict[str, float]:
        """`distance` of the plain method, and of the learned-from buildings as they stand."""
        made = self._scaled(statistics_of(_made(self._judged, [self._nearest_fitted(one) for one in self._judged])))
        return {
            "distance": frechet_distance(made, self._real),
            "distance_other_district": frechet_distance(self._known, self._real),
        }

    def _nearest_fitted(self, built: Built) -> tuple[shapely.Polygon, float] | None:
        mean, spread = self._condition_units
        apart = self._known_conditions - (built.conditions - mean) / spread
        source = self._learned[int(np.square(apart).sum(1).argmin())]
        local = source.frame.to_local(np.array(source.footprint.exterior.coords))
        local *= built.frame.half / source.frame.half
        whole = largest_polygon(shapely.make_valid(shapely.Polygon(built.frame.to_world(local))))
        shape = None if whole is None else fitted(whole, built.parcel)
        return None if shape is None else (shape, source.height_m)

    def _scaled(self, statistics: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = (statistics - self._units[0]) / self._units[1]
        return scaled


def proposed(network: FormNetwork, parcels: Sequence[Built], seed: int) -> list[tuple[shapely.Polygon, float] | None]:
    """A footprint and height for each parcel, by chance; None where there is no room."""
    random = torch.Generator().manual_seed(seed)
    code = torch.randn(len(parcels), CODE_LENGTH, generator=random)
    conditions = np.array([one.conditions for one in parcels])
    values, cuts = drawn_codes_in(network, conditions, code)
    made: list[tuple[shapely.Polygon, float] | None] = []
    for one, value, cut in zip(parcels, values, cuts, strict=True):
        shape, height = decoded(value, cut, one.frame)
        within = fitted(shape, one.parcel)
        made.append(None if within is None else (within, height))
    return made


def _made(
    parcels: Sequence[Built], proposals: Sequence[tuple[shapely.Polygon, float] | None]
) -> list[tuple[Built, shapely.Polygon, float]]:
    pairs = zip(parcels, proposals, strict=True)
    return [(one, proposal[0], proposal[1]) for one, proposal in pairs if proposal is not None]


def statistics_of(buildings: Sequence[tuple[Built, shapely.Polygon, float]]) -> np.ndarray:
    """(N, NUM_STATISTICS) of footprints and heights on their parcels."""
    return np.array([footprint_statistics(shape, height, one.parcel, one.frame) for one, shape, height in buildings])


def nearest(made: np.ndarray, known: np.ndarray) -> float:
    """The mean distance of each row of `made` (N, D) to the nearest of `known` (M, D)."""
    return float(torch.cdist(torch.from_numpy(made), torch.from_numpy(known)).amin(1).mean())
