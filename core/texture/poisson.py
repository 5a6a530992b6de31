# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights from slopes on the torus: the screened Poisson equation, solved by FFT.

R. T. Frankot and R. Chellappa, A Method for Enforcing Integrability in Shape from Shading Algorithms, 1988; the
screening term as in P. Bhat et al., Fourier Analysis of the 2D Screened Poisson Equation, 2008.
"""

from __future__ import annotations

import math

import torch


def integrate_slopes(
    right: torch.Tensor, down: torch.Tensor, guide: torch.Tensor | None = None, wavelength: float = math.inf
) -> torch.Tensor:
    """The periodic surface (H, W) whose differences to the next column and row are `right` and `down`, at best.

    right, down: (H, W), `right[y, x]` asks for `surface[y, x + 1] - surface[y, x]`. With a `guide`, features much
    longer than `wavelength` texels follow it; without, the mean is zero. Minimises |grad s - g|^2 + k |s - guide|^2.
    """
    height, width = right.shape
    divergence = right - torch.roll(right, 1, 1)
    divergence += down
    divergence -= torch.roll(down, 1, 0)
    screening = (2 * math.pi / wavelength) ** 2
    if guide is not None:
        divergence -= screening * guide
    spectrum = torch.fft.rfft2(divergence)
    del divergence
    laplacian_rows = 2 * torch.cos(2 * math.pi * torch.arange(height, device=right.device) / height) - 2
    laplacian_columns = 2 * torch.cos(2 * math.pi * torch.arange(width // 2 + 1, device=right.device) / width) - 2
    for row in range(height):
        denominator = laplacian_columns + (laplacian_rows[row] - screening)
        if row == 0 and guide is None:
            denominator[0] = math.inf
        spectrum[row] /= denominator
    surface: torch.Tensor = torch.fft.irfft2(spectrum, s=(height, width))
    return surface
