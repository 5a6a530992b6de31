# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in the space of codes a new member of a family may lie, seen from one of its characters.

The characters themselves say how they differ: a new one lies around its source, off by a random weighted sum of what
sets its relatives apart (a mixture of normal distributions, one around each character, of the family's own covariance:
D. W. Scott, Multivariate Density Estimation, 1992, chapter 6), and a little in the ways of the prior, by as much as
the family varies. Relatives are those whose codes may be compared. Shape letters: M relatives, D numbers of a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .prior import GROUPS, ShapePrior, group_sizes, resized
from .shape_code import ShapeCode

# standard deviation of the kernel at variety 1, as a share of the family's own
WIDTH = 2.0
# root mean square of what any group of numbers may deviate by at variety 1: families that are several kinds of animals
# differ by more than skin bears
MOST = 0.4
# which share of the kernel's variance is the prior's
NATURAL = 0.5


@dataclass(frozen=True)
class Kinship:
    """One character among its relatives.

    `deviations` (M + 1, D) are those of it and its relatives from the mean of all, the source first; `spread` is how
    much one of the family deviates from that mean, by group of numbers.
    """

    code: ShapeCode
    deviations: torch.Tensor
    spread: dict[str, torch.Tensor]

    @property
    def is_alone(self) -> bool:
        """Whether the character has no relatives."""
        return len(self.deviations) == 1

    @classmethod
    def of(cls, codes: Sequence[ShapeCode], source: int) -> Kinship:
        """The kinship of the character numbered `source`."""
        code = codes[source]
        others = [one for number, one in enumerate(codes) if number != source and one.space == code.space]
        places = torch.stack([code.zero(), *(code.difference_to(other) for other in others)])
        deviations = places - places.mean(0)
        scale = (len(places) / max(1, len(places) - 1)) ** 0.5
        return cls(code, deviations, {name: scale * size for name, size in group_sizes(deviations).items()})

    def drawn(self, variety: float, prior: ShapePrior | None, random: torch.Generator) -> torch.Tensor:
        """(D,) the difference from the source to a new member; `variety` in [0, 1], 0 is the source itself."""
        numbers = torch.randn(len(self.deviations), generator=random)
        own = numbers @ self.deviations / max(1, len(self.deviations) - 1) ** 0.5
        if prior is not None and prior.spread.shape == own.shape:
            own = (1 - NATURAL) ** 0.5 * own + NATURAL**0.5 * self.natural(prior, random)
        drawn = WIDTH * variety * own
        most = {name: MOST * variety / size.clamp_min(1e-6) for name, size in group_sizes(drawn).items()}
        return resized(drawn, {name: factor.clamp_max(1.0) for name, factor in most.items()})

    def natural(self, prior: ShapePrior, random: torch.Generator) -> torch.Tensor:
        """(D,) a deviation that the prior draws, by group as large as the family's."""
        usual = group_sizes(prior.spread)
        factors = {name: self.spread[name] / usual[name].clamp_min(1e-6) for name in GROUPS}
        return resized(prior.sample(1, random)[0], factors)
