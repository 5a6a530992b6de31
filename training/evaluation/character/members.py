# SPDX-License-Identifier: GPL-3.0-or-later
"""New characters out of some given ones, as differences from one of them: by `family`, and by the plain methods.

D numbers of a code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from ....core.character.family import drawn
from ....core.character.kinship import Kinship
from ....core.character.params import FamilyParams
from ....core.character.plausibility import plausible
from ....core.character.prior import ShapePrior
from ....core.character.rig_space import RigSpace
from ....core.character.shape_code import CodeParts

# what usual NPC randomisers do: each bone longer or shorter, thicker or thinner by chance
SCALE = 0.15
VARIETY: float = FamilyParams().variety

# (rig spaces of the given characters, the number of the source, a seed) to a difference (D,)
Way = Callable[[Sequence[RigSpace], int, int], torch.Tensor]


def by_family(prior: ShapePrior | None, variety: float = VARIETY) -> Way:
    """What `family` draws, with this prior."""

    def way(spaces: Sequence[RigSpace], source: int, seed: int) -> torch.Tensor:
        kinship = Kinship.of([space.code for space in spaces], source)
        return drawn(spaces[source], kinship, variety, prior, seed)

    return way


def by_components(spaces: Sequence[RigSpace], source: int, seed: int) -> torch.Tensor:
    """Gaussian PCA in the space of codes: the mean of the relatives, and normal numbers along all their components."""
    random = torch.Generator().manual_seed(seed)
    kinship = Kinship.of([space.code for space in spaces], source)
    numbers = torch.randn(len(kinship.deviations), generator=random)
    drawn: torch.Tensor = numbers @ kinship.deviations / max(1, len(kinship.deviations) - 1) ** 0.5
    return drawn - kinship.deviations[0]


def by_scale(spaces: Sequence[RigSpace], source: int, seed: int) -> torch.Tensor:
    """A random scale of every bone along and around it."""
    random = torch.Generator().manual_seed(seed)
    difference = spaces[source].code.zero()
    parts = CodeParts.of(difference)
    count = len(spaces[source].code.bones)
    parts.lengths.copy_(SCALE * torch.randn(count, generator=random))
    parts.radii.copy_((SCALE * torch.randn(count, generator=random))[:, None, None].expand_as(parts.radii))
    return difference


def bounded(space: RigSpace, difference: torch.Tensor) -> torch.Tensor:
    """The difference (D,) as far as skin bears it; the methods and the plain ones alike are bounded so."""
    return plausible(difference[None], space.bones)[0]
