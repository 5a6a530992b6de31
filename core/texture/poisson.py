# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights from slopes on the torus: the screened Poisson equation, solved by FFT.

R. T. Frankot and R. Chellappa, A Method for Enforcing Integrability in Shape from Shading Algorithms, 1988; the
screening term as in P. Bhat et al., Fourier Analysis of the 2D Screened Poisson Equation, 2008.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch

STRIP_TEXELS = 2**21


def integrate_slopes(
    right: torch.Tensor,
    down: torch.Tensor,
    guide: torch.Tensor | None = None,
    wavelength: float = math.inf,
    progress: Callable[[float], None] = lambda _fraction: None,
) -> torch.Tensor:
    """The periodic surface (H, W) whose differences to the next column and row are `right` and `down`, at best.

    right, down: (H, W), `right[y, x]` asks for `surface[y, x + 1] - surface[y, x]`. With a `guide`, features much
    longer than `wavelength` texels follow it; without, the mean is zero. Minimises |grad s - g|^2 + k |s - guide|^2.
    """
    height, width = right.shape
    screening = (2 * math.pi / wavelength) ** 2
    surface = right - torch.roll(right, 1, 1)
    surface += down
    surface -= torch.roll(down, 1, 0)
    if guide is not None:
        surface.sub_(guide, alpha=screening)
    spectrum = torch.empty((height, width // 2 + 1), dtype=_complex(right.dtype), device=right.device)
    # by strips along one axis at a time: little memory, and never long without a word
    for part in _strips(height, width, lambda fraction: progress(fraction / 3)):
        spectrum[part] = torch.fft.rfft(surface[part])
    turns = (torch.arange(n, dtype=right.dtype, device=right.device) / n for n in (height, width))
    laplacian = [2 * torch.cos(2 * math.pi * turn) - 2 for turn in turns]
    for part in _strips(width // 2 + 1, height, lambda fraction: progress((1 + fraction) / 3)):
        denominator = laplacian[0][:, None] + laplacian[1][None, part] - screening
        if guide is None and part.start == 0:
            denominator[0, 0] = math.inf
        spectrum[:, part] = torch.fft.ifft(torch.fft.fft(spectrum[:, part], dim=0) / denominator, dim=0)
    for part in _strips(height, width, lambda fraction: progress((2 + fraction) / 3)):
        surface[part] = torch.fft.irfft(spectrum[part], n=width)
    return surface


def _complex(real: torch.dtype) -> torch.dtype:
    return torch.complex128 if real == torch.float64 else torch.complex64


def _strips(count: int, length: int, progress: Callable[[float], None]) -> Iterator[slice]:
    """Slices of `count` lines of `length` texels, a few million texels each."""
    step = max(1, STRIP_TEXELS // length)
    for start in range(0, count, step):
        progress(start / count)
        yield slice(start, min(start + step, count))
