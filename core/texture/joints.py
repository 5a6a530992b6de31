# SPDX-License-Identifier: GPL-3.0-or-later
"""Where, on a torus, texels that lie side by side show different stretches of the picture they come from.

Shape letters: H, W torus.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812


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
    image = mask_hw[None, None].float()
    reaches = [min(reach, length - 1) for length in mask_hw.shape]
    image = F.max_pool2d(F.pad(image, (reaches[1],) * 2 + (0, 0), mode="circular"), (1, 2 * reaches[1] + 1), 1)
    image = F.max_pool2d(F.pad(image, (0, 0) + (reaches[0],) * 2, mode="circular"), (2 * reaches[0] + 1, 1), 1)
    return image[0, 0] > 0
