# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of a house: one plan on every storey, but for storeys on which something else is pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .building_parts import Extra, merged
from .building_shells import PlateShell
from .fixtures import fixtures_of
from .floor_plan import FloorPlan
from .interiors import interiors_of
from .plan_rules import Verdict
from .programme import Programme
from .site import Site
from .stairs import StairRun
from .storey_plans import pinned_storeys, plan_of
from .storeys import Storey


@dataclass(frozen=True)
class House:
    """Plans with the storeys that have them, the stairs, and the verdicts on plans that miss a rule."""

    plans: tuple[tuple[FloorPlan, tuple[Storey, ...]], ...]
    stairs: tuple[StairRun, ...]
    verdicts: tuple[Verdict, ...]

    def extra(self, shells: Sequence[PlateShell], slab_m: float) -> Extra:
        """Inner walls, doors, spaces and fixtures of every storey."""
        made = []
        for plan, storeys in self.plans:
            made += [interiors_of(plan, storeys, slab_m), fixtures_of(plan, storeys, shells)]
        return merged(made)


def house_of(
    storeys: Sequence[Storey], shells: Sequence[PlateShell], site: Site, programme: Programme, seed: int
) -> House | None:
    """The house; None where it is none. A programme larger than the floor is an InputError."""
    kept = pinned_storeys(site, len(storeys))
    plans, verdicts = [], []
    stairs: tuple[StairRun, ...] = ()
    for index in dict.fromkeys(kept):
        found = plan_of(storeys, shells, site, programme, seed, index)
        if found is None:
            return None
        own = tuple(storey for storey, of in zip(storeys, kept, strict=True) if of == index)
        plans.append((found[0], own))
        stairs = found[1]
        verdicts += [] if found[2].valid else [found[2]]
    return House(tuple(plans), stairs, tuple(verdicts))
