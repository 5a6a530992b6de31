# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of a building's parts: each takes its own chance, so that what one parameter changes leaves the rest."""

from __future__ import annotations

import numpy as np


def part_seed(seed: int, part: str) -> int:
    """A seed for one part of the building, so that other parts' chance does not move it."""
    return int(np.random.SeedSequence([seed, *part.encode()]).generate_state(1)[0])
