# SPDX-License-Identifier: GPL-3.0-or-later
"""The patches of one exemplar level: compressed descriptors to search in, texels to vote with.

Shape letters: h, w exemplar; H, W output; C channels; N patches; K descriptor length; P patch side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from .regions import Regions

PATCH = 7
DESCRIPTOR_LENGTH = 20
NUM_SAMPLES = 3072
FIXED_POINT = 4096.0


@dataclass(frozen=True)
class PatchIndex:
    """All patches of an exemplar level, each named by the row and column of its first texel.

    descriptors_nk: principal components of the Gaussian-weighted patches; their squared distances approximate the
    weighted patch distance. texels_nc: the exemplar, wrapped around by P - 1 where it wraps, flattened row by row with
    `texel_columns` columns. `wraps`: whether rows and columns of the exemplar continue on its other side. `regions`:
    the exemplars of a sheet of several; no patch lies across two of them.
    """

    num_rows: int
    num_columns: int
    texel_columns: int
    wraps: tuple[bool, bool]
    basis_kcpp: torch.Tensor
    descriptors_nk: torch.Tensor
    texels_nc: torch.Tensor
    window_pp: np.ndarray
    regions: Regions | None = None

    @property
    def num_patches(self) -> int:
        """N."""
        return self.num_rows * self.num_columns

    def legal_rows(self, rows: torch.Tensor) -> torch.Tensor:
        """Brings any row numbers to existing patches: around where the exemplar wraps, else to the nearest."""
        return rows % self.num_rows if self.wraps[0] else rows.clamp(0, self.num_rows - 1)

    def legal_columns(self, columns: torch.Tensor) -> torch.Tensor:
        """As `legal_rows`, for columns."""
        return columns % self.num_columns if self.wraps[1] else columns.clamp(0, self.num_columns - 1)

    def legal(self, rows: torch.Tensor, columns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Brings any places to existing patches, of the exemplar that is nearest."""
        if self.regions is not None:
            return self.regions.inside(rows, columns, PATCH)
        return self.legal_rows(rows), self.legal_columns(columns)

    def allowed(self) -> torch.Tensor | None:
        """Which patches may be used, (N,) bool, or None where all may."""
        if self.regions is None:
            return None
        allowed = self.regions.allowed(self.num_rows, self.num_columns, PATCH)
        return allowed.reshape(-1).to(self.descriptors_nk.device)

    def describe(self, image_chw: torch.Tensor, stride: int) -> torch.Tensor:
        """Descriptors of the patches of a toroidal image, one each `stride` texels: (H / stride, W / stride, K)."""
        wrapped = F.pad(image_chw[None], (0, PATCH - 1, 0, PATCH - 1), mode="circular")
        return F.conv2d(wrapped, self.basis_kcpp, stride=stride)[0].permute(1, 2, 0).contiguous()


def patch_window() -> np.ndarray:
    """Gaussian weights of the texels of a patch, (P, P), sum 1."""
    axis = np.arange(PATCH) - (PATCH - 1) / 2
    line = np.exp(-(axis**2) / (2 * (PATCH / 2.5) ** 2))
    window = np.outer(line, line)
    return np.asarray(window / window.sum())


def index_patches(
    features_chw: torch.Tensor,
    wraps: tuple[bool, bool],
    generator: torch.Generator,
    regions: Regions | None = None,
) -> PatchIndex:
    """Projects every patch of an exemplar level on the principal components of a random sample of them."""
    pad = (0, PATCH - 1 if wraps[1] else 0, 0, PATCH - 1 if wraps[0] else 0)
    texels_chw = F.pad(features_chw[None], pad, mode="circular")[0]
    num_channels, texel_rows, texel_columns = texels_chw.shape
    window = patch_window()
    basis = _principal_patches(texels_chw, window, generator)
    described = F.conv2d(texels_chw[None], basis)[0]
    return PatchIndex(
        num_rows=texel_rows - PATCH + 1,
        num_columns=texel_columns - PATCH + 1,
        texel_columns=texel_columns,
        wraps=wraps,
        basis_kcpp=basis,
        descriptors_nk=described.permute(1, 2, 0).reshape(-1, basis.shape[0]).contiguous(),
        texels_nc=texels_chw.permute(1, 2, 0).reshape(-1, num_channels).contiguous(),
        window_pp=window,
        regions=regions,
    )


def _principal_patches(texels_chw: torch.Tensor, window: np.ndarray, generator: torch.Generator) -> torch.Tensor:
    """Convolution kernels (K, C, P, P) whose responses are the principal components of the weighted patches."""
    num_channels, height, width = texels_chw.shape
    num_rows, num_columns = height - PATCH + 1, width - PATCH + 1
    chosen = torch.randint(0, num_rows * num_columns, (NUM_SAMPLES,), generator=generator).numpy()
    texels = texels_chw.cpu().numpy()
    steps = np.arange(PATCH)
    rows, columns = chosen[:, None] // num_columns + steps, chosen[:, None] % num_columns + steps
    samples = texels[:, rows[:, :, None], columns[:, None, :]].transpose(1, 0, 2, 3)
    weighted = (samples * np.sqrt(window)).reshape(NUM_SAMPLES, -1)
    # fixed point: sums of integers are exact in float64, so no number of threads changes the basis
    integers = np.round((weighted - weighted.mean(0)) * FIXED_POINT).astype(np.float64)
    covariance = integers.T @ integers
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :DESCRIPTOR_LENGTH]
    axes = np.round(axes.T * FIXED_POINT**2) / FIXED_POINT**2
    kernels = axes.reshape(-1, num_channels, PATCH, PATCH) * np.sqrt(window)
    return torch.from_numpy(np.ascontiguousarray(kernels, dtype=np.float32)).to(texels_chw.device)
