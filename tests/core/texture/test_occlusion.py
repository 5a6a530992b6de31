# SPDX-License-Identifier: GPL-3.0-or-later
"""Ambient occlusion by strips equals the plain sums over whole maps."""

from __future__ import annotations

import math

import pytest
import torch

from maquette.core.texture import occlusion
from maquette.core.texture.occlusion import HORIZON_SHARES, NUM_HORIZONS, occlusion_from_height


def plainly(height: torch.Tensor, relief: float) -> torch.Tensor:
    """Every horizon looked for on the whole rolled map at once."""
    width = height.shape[1]
    surface = height * (relief * width)
    visible = torch.zeros_like(surface)
    for number in range(NUM_HORIZONS):
        angle = 2 * math.pi * number / NUM_HORIZONS
        horizon = torch.zeros_like(surface)
        for distance in sorted({max(1, round(share * width)) for share in HORIZON_SHARES}):
            down, right = round(distance * math.sin(angle)), round(distance * math.cos(angle))
            rise = (torch.roll(surface, (-down, -right), (0, 1)) - surface) / math.hypot(down, right)
            horizon = torch.maximum(horizon, rise)
        visible += 1 / (1 + horizon.square())
    return visible / NUM_HORIZONS


@pytest.mark.parametrize("size", [(16, 16), (96, 160), (33, 300), (200, 48)])
def test_strips_make_no_difference(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    height = torch.rand(size, generator=torch.Generator().manual_seed(0))
    expected = plainly(height, 0.05)
    assert expected.std() > 0.01
    for texels in (1, 2**11, 2**18):
        monkeypatch.setattr(occlusion, "STRIP_TEXELS", texels)
        found = occlusion_from_height(height, 0.05, lambda fraction, text: None)
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)
