# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow changes of colour survive a copy, and steps between copies do not."""

from __future__ import annotations

import torch

from maquette.core.texture.transfer import Correspondence
from maquette.core.texture.undertone import cell_side, laid_undertone, undertone_of

SIDE, WRAPS = 4, (True, True)


def wave(size: int = 128) -> torch.Tensor:
    """One slow wave across, (size, size, 1)."""
    line = 0.5 + 0.3 * torch.sin(2 * torch.pi * (torch.arange(size) + 0.5) / size)
    return line.expand(size, size)[..., None].contiguous()


def copied(shift: torch.Tensor, size: int = 128) -> Correspondence:
    """Every row of the output shows the exemplar `shift` columns to the right."""
    rows = torch.arange(size)[:, None].expand(size, size)
    columns = (torch.arange(size)[None] + shift[:, None]) % size
    return Correspondence(rows.contiguous(), columns.contiguous(), 1)


def test_the_undertone_of_a_copy_is_the_copy_of_the_undertone() -> None:
    tone = undertone_of(wave(), WRAPS, SIDE)
    shift = torch.full((128,), 40)
    laid = laid_undertone(copied(shift), tone, WRAPS, SIDE, 64.0)
    places = torch.arange(128)
    expected = torch.roll(tone, -40, 1)
    torch.testing.assert_close(laid.at(places, places), expected, atol=0.01, rtol=0)
    # around the torus, from anywhere
    torch.testing.assert_close(laid.at(places + 128, places - 128), laid.at(places, places), atol=1e-6, rtol=0)


def test_a_step_between_two_copies_is_spread_out() -> None:
    tone = undertone_of(wave(), WRAPS, SIDE)
    shift = torch.where(torch.arange(128) < 64, 0, 64)
    field, places = copied(shift), torch.arange(128)
    step = (torch.roll(tone, -64, 1) - tone).abs().max()
    laid = laid_undertone(field, tone, WRAPS, SIDE, 64.0).at(places, places)
    assert (laid[64] - laid[63]).abs().max() < 0.15 * step
    torch.testing.assert_close(laid.mean(), tone.mean(), atol=1e-3, rtol=0)


def test_cells_divide_the_output() -> None:
    assert cell_side((512, 256), 2) == 8
    assert cell_side((130, 128), 1) == 2
