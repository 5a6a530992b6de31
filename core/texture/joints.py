# SPDX-License-Identifier: GPL-3.0-or-later
"""Where, on a torus, texels that lie side by side show different stretches of the picture they come from.

Shape letters: H, W torus.
"""

from __future__ import annotations

import torch


def joints(
    rows: torch.Tensor, columns: torch.Tensor, size: tuple[int, int], wraps: tuple[bool, bool]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Whether the next texel to the right, and the one below, is not the source's next one: two (H, W) bool.

    rows, columns: (H, W) int64, the source texel that each shows; size and wraps are the source's.
    """
    found = []
    for axis in (1, 0):
        differs = torch.zeros(rows.shape, dtype=torch.bool, device=rows.device)
        for number, sources in enumerate((rows, columns)):
            off = torch.roll(sources, -1, axis) - sources - int(number == axis)
            differs |= (off % size[number] if wraps[number] else off) != 0
        found.append(differs)
    return found[0], found[1]


def beside(joined: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """The texels on both sides of the joints: (H, W) bool."""
    right, down = joined
    return right | torch.roll(right, 1, 1) | down | torch.roll(down, 1, 0)


def dilated(mask_hw: torch.Tensor, reach: int) -> torch.Tensor:
    """The mask and all that is within a square of `reach` around it, around the torus."""
    for axis, length in enumerate(mask_hw.shape):
        wanted, seen = min(2 * reach + 1, length), 1
        while seen < wanted:
            step = min(seen, wanted - seen)
            mask_hw = mask_hw | torch.roll(mask_hw, step, axis)
            seen += step
        mask_hw = torch.roll(mask_hw, -reach, axis)
    return mask_hw
