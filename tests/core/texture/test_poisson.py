# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces come back from their differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.texture.poisson import integrate_slopes
from maquette.core.texture.resampling import resize


def surface(rows: int, columns: int) -> torch.Tensor:
    drawn = torch.randn(rows, columns, generator=torch.Generator().manual_seed(0))
    return drawn - drawn.mean()


@pytest.mark.parametrize("size", [(32, 48), (31, 45)])
def test_the_known_surface_is_found(size: tuple[int, int]) -> None:
    known = surface(*size)
    found = integrate_slopes(torch.roll(known, -1, 1) - known, torch.roll(known, -1, 0) - known)
    torch.testing.assert_close(found, known, atol=1e-4, rtol=0)


def test_a_guide_decides_only_what_is_long() -> None:
    known = surface(64, 64)
    slopes = torch.roll(known, -1, 1) - known, torch.roll(known, -1, 0) - known
    torch.testing.assert_close(integrate_slopes(*slopes, known + 0.5, 16.0), known + 0.5, atol=1e-4, rtol=0)
    flat = torch.zeros_like(known)
    step = torch.where(torch.arange(64) < 32, 0.0, 1.0).expand(64, 64)
    smoothed = integrate_slopes(flat, flat, step, 16.0)
    assert float((torch.roll(smoothed, -1, 1) - smoothed).abs().max()) < 0.3
    assert float(smoothed.mean()) == pytest.approx(0.5, abs=1e-4)


def test_resizing_keeps_a_wave_and_its_wrap() -> None:
    wave = torch.sin(2 * torch.pi * (torch.arange(60) + 0.5) / 30).expand(8, 60)[..., None].contiguous()
    resized = resize(wave, (8, 66), (True, True))[0, :, 0].numpy()
    expected = np.sin(2 * np.pi * (np.arange(66) + 0.5) / 33)
    np.testing.assert_allclose(resized, expected, atol=0.01)
