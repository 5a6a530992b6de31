# SPDX-License-Identifier: GPL-3.0-or-later
"""One forward pass of the whole of `family`, from statistics to made maps.

Several processes share gradients only of what is called through the wrapped network's own `forward`.
Shape letters: B batch, L latent, H, W rows and columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch

from ...core.texture.family_network import FamilyNetwork


class Drawn(NamedTuple):
    """What is random in a pass: `code` (B, L) and the generator's noise, standard normal; `phase` (B, 2) radians."""

    code: torch.Tensor
    noise: list[torch.Tensor]
    phase: torch.Tensor


class FamilyPass(FamilyNetwork):
    """A FamilyNetwork, the same to the name of every weight, that can be called."""

    def forward(
        self, batch: Mapping[str, torch.Tensor], drawn: Drawn
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Maps (B, 7, H, W) without moments, mean and log variance of the latent (B, L), the guessed moments (B, 5).

        batch: "statistics", "moments", "pretend", "scale" and "cycles", see `FamilyTask`.
        """
        latent, log_variance, guess = self.encoder(batch["statistics"], batch["moments"], batch["pretend"])
        latent, log_variance = latent.float(), log_variance.float()
        code = latent + drawn.code * (0.5 * log_variance).exp()
        even = self.generator.even(code, batch["moments"], batch["scale"], batch["cycles"], drawn.noise, drawn.phase)
        return even, latent, log_variance, guess.float()
