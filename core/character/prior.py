# SPDX-License-Identifier: GPL-3.0-or-later
"""How humanoid characters differ: a variational autoencoder over deviations of their shape codes.

It says which deviations go together (a longer arm has a longer forearm, a wide chest a wide waist), not how large they
are: that is told by the designer's own characters. D. P. Kingma and M. Welling, Auto-Encoding Variational Bayes, 2014.
Shape letters: N deviations, D numbers of a code, Z numbers of the latent.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from .bones import HUMANOID_BONES
from .shape_code import CodeParts, code_length

LENGTH = code_length(len(HUMANOID_BONES))
# the groups of numbers whose sizes are told apart
GROUPS = ("height", "lengths", "offsets", "radii")


class ShapePrior(nn.Module):
    """Encoder and decoder of deviations (N, D) of humanoid codes, in units of `spread` (D,).

    `place` (Z,) and `root` (Z, Z) are mean and root of the covariance of the training deviations' latents: what is
    drawn has their distribution, not the standard normal one, which fits them less.
    """

    spread: torch.Tensor
    place: torch.Tensor
    root: torch.Tensor

    def __init__(self, latent: int = 32, hidden: int = 256) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(LENGTH, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 2 * latent)
        )
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, LENGTH)
        )
        # deviations are nearly linear in what makes them: the networks only learn the rest
        self.linear_in, self.linear_out = nn.Linear(LENGTH, latent, bias=False), nn.Linear(latent, LENGTH, bias=False)
        self.register_buffer("spread", torch.ones(LENGTH))
        self.register_buffer("place", torch.zeros(latent))
        self.register_buffer("root", torch.eye(latent))

    def encode(self, deviations: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(mean, log variance), each (N, Z), of the latents of deviations (N, D)."""
        scaled = deviations / self.spread
        mean, log_variance = self.encoder(scaled).chunk(2, dim=1)
        return mean + self.linear_in(scaled), log_variance.clamp(-10, 4)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Deviations (N, D) of latents (N, Z)."""
        made: torch.Tensor = (self.decoder(latent) + self.linear_out(latent)) * self.spread
        return made

    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """(N, D) deviations as those of training characters and bodies."""
        drawn = torch.randn(count, len(self.place), generator=random)
        return self.decode(self.place + drawn @ self.root.T)

    @torch.no_grad()
    def take_up(self, deviations: torch.Tensor) -> None:
        """Let what is drawn have the distribution of these deviations' latents."""
        mean, log_variance = self.encode(deviations)
        covariance = torch.cov(mean.T) + torch.diag(log_variance.exp().mean(0)) if len(mean) > 1 else torch.eye(
            len(self.place)
        )  # fmt: skip
        self.place.copy_(mean.mean(0))
        self.root.copy_(torch.linalg.cholesky(covariance + 1e-6 * torch.eye(len(covariance))))


def group_sizes(deviations: torch.Tensor) -> dict[str, torch.Tensor]:
    """The root mean square of each group of numbers of deviations (..., D), over all of them."""
    parts = CodeParts.of(deviations)
    return {name: getattr(parts, name).square().mean().sqrt() for name in GROUPS}


def resized(deviations: torch.Tensor, factors: dict[str, Any]) -> torch.Tensor:
    """Deviations (..., D) with each group of numbers multiplied by its factor."""
    changed = deviations.clone()
    parts = CodeParts.of(changed)
    for name, factor in factors.items():
        getattr(parts, name).mul_(factor)
    return changed
