# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around a mask on the torus."""

from __future__ import annotations

import pytest
import torch

from maquette.core.texture.joints import dilated


def around(mask: torch.Tensor, reach: int) -> torch.Tensor:
    """Every shift within the square, one by one."""
    found = torch.zeros_like(mask)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            found |= torch.roll(mask, (down, right), (0, 1))
    return found


@pytest.mark.parametrize(("size", "reach"), [((31, 17), 0), ((31, 17), 1), ((24, 40), 5), ((20, 30), 40)])
def test_dilation_reaches_as_far_around_the_torus(size: tuple[int, int], reach: int) -> None:
    mask = torch.rand(size, generator=torch.Generator().manual_seed(0)) < 0.01
    assert mask.any()
    assert torch.equal(dilated(mask, reach), around(mask, reach))
