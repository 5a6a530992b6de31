# SPDX-License-Identifier: GPL-3.0-or-later
"""The learned space of building forms: a conditional variational autoencoder over form codes.

K. Sohn et al., Learning Structured Output Representation using Deep Conditional Generative Models, 2015: what is drawn
for a parcel follows a prior that knows the parcel and its district. Shape letters: N buildings.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .form_code import NUM_CONDITIONS, NUM_CUTS, NUM_PLACED, NUM_VALUES, turned

LATENT = 16
# which side of the parcel a building's middle is on, along x and y
NUM_SIGNS = 2
# a code of a Request: the latent's numbers, then those of each value, each cut and each sign
CODE_LENGTH = LATENT + NUM_VALUES + NUM_CUTS + NUM_SIGNS
_LOG_SPREAD = (-5.0, 2.0)


class FormNetwork(nn.Module):
    """Encoder, prior and decoder of codes: values (N, NUM_VALUES) and flags (N, NUM_CUTS) given conditions
    (N, NUM_CONDITIONS). `place`, `spread` and their like for conditions are mean and spread of the training data."""

    place: torch.Tensor
    spread: torch.Tensor
    condition_place: torch.Tensor
    condition_spread: torch.Tensor

    def __init__(self, latent: int = LATENT, hidden: int = 256) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = _layers(NUM_VALUES + NUM_CUTS + NUM_CONDITIONS, hidden, 2 * latent)
        self.prior = _layers(NUM_CONDITIONS, hidden, 2 * latent)
        self.decoder = _layers(latent + NUM_CONDITIONS, hidden, 2 * NUM_VALUES + NUM_CUTS)
        # on which side of its land a building stands is one of two things: told apart, the rest as if mirrored
        self.sides = _layers(NUM_CONDITIONS, 64, NUM_SIGNS)
        self.register_buffer("place", torch.zeros(NUM_VALUES))
        self.register_buffer("spread", torch.ones(NUM_VALUES))
        self.register_buffer("condition_place", torch.zeros(NUM_CONDITIONS))
        self.register_buffer("condition_spread", torch.ones(NUM_CONDITIONS))

    @torch.no_grad()
    def take_up(self, values: torch.Tensor, cuts: torch.Tensor, conditions: torch.Tensor) -> None:
        """Let numbers be told in units of how these differ; a cut's numbers where the cut is there."""
        there = present(cuts)
        count = there.sum(0).clamp_min(1)
        mean = (values * there).sum(0) / count
        self.place.copy_(mean)
        self.spread.copy_((((values - mean).square() * there).sum(0) / count).sqrt().clamp_min(1e-2))
        self.condition_place.copy_(conditions.mean(0))
        self.condition_spread.copy_(conditions.std(0).clamp_min(1e-2))

    def losses(
        self, values: torch.Tensor, cuts: torch.Tensor, conditions: torch.Tensor, noise: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(nats a building that the code costs given the latent, nats that the latent costs given the parcel)."""
        given = self._given(conditions)
        there = present(cuts)
        scaled = (values - self.place) / self.spread * there
        mean, log_spread = self._halves(self.encoder(torch.cat([scaled, cuts, given], 1)))
        before, log_before = self._halves(self.prior(given))
        drawn = mean + noise * log_spread.exp()
        made, log_made, logits = self._decoded(drawn, given)
        error = (0.5 * ((scaled - made) / log_made.exp()).square() + log_made) * there
        flags = functional.binary_cross_entropy_with_logits(logits, cuts, reduction="none")
        ratio = (2 * (log_spread - log_before)).exp()
        apart = ((mean - before) / log_before.exp()).square()
        divergence = 0.5 * (ratio + apart - 1) - (log_spread - log_before)
        return (error.sum(1) + flags.sum(1)).mean(), divergence.sum(1).mean()

    def sign_loss(self, conditions: torch.Tensor, signs: torch.Tensor) -> torch.Tensor:
        """Nats that the signs (N, NUM_SIGNS) of buildings as they stand cost given the parcels as they are."""
        logits = self.sides(self._given(conditions))
        return functional.binary_cross_entropy_with_logits(logits, signs, reduction="none").sum(1).mean()

    @torch.no_grad()
    def draw_signs(self, conditions: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """(N, NUM_SIGNS) bool for parcels (N, NUM_CONDITIONS) and codes (N, CODE_LENGTH)."""
        drawn: torch.Tensor = _chance(code[:, -NUM_SIGNS:]) < self.sides(self._given(conditions)).sigmoid()
        return drawn

    @torch.no_grad()
    def draw(self, conditions: torch.Tensor, code: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Values (N, NUM_VALUES) and flags (N, NUM_CUTS) bool for codes (N, CODE_LENGTH) of standard normal numbers, in
        parcels that are mirrored as their signs say.

        The same code in another parcel is the like building there; near codes are like buildings.
        """
        given = self._given(conditions)
        of_latent, of_values, of_cuts, _ = torch.split(code, [self.latent, NUM_VALUES, NUM_CUTS, NUM_SIGNS], 1)
        mean, log_spread = self._halves(self.prior(given))
        made, log_made, logits = self._decoded(mean + of_latent * log_spread.exp(), given)
        # beyond three spreads nothing was seen
        values = (made + of_values.clamp(-3, 3) * log_made.exp()) * self.spread + self.place
        return values, _chance(of_cuts) < logits.sigmoid()

    def _given(self, conditions: torch.Tensor) -> torch.Tensor:
        return ((conditions - self.condition_place) / self.condition_spread).clamp(-4, 4)

    def _decoded(self, latent: torch.Tensor, given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        numbers = self.decoder(torch.cat([latent, given], 1))
        made, log_made, logits = torch.split(numbers, [NUM_VALUES, NUM_VALUES, NUM_CUTS], 1)
        return made, log_made.clamp(*_LOG_SPREAD), logits

    @staticmethod
    def _halves(both: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_spread = both.chunk(2, dim=1)
        return mean, log_spread.clamp(*_LOG_SPREAD)


def drawn_codes_in(network: FormNetwork, conditions: np.ndarray, code: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Values (N, NUM_VALUES) float64 and flags (N, NUM_CUTS) of the buildings of codes (N, CODE_LENGTH) on parcels of
    `conditions` (N, NUM_CONDITIONS), as they stand there."""
    signs = network.draw_signs(torch.from_numpy(conditions).float(), code).numpy()
    blank = np.zeros((len(signs), NUM_VALUES)), np.zeros((len(signs), NUM_CUTS), bool)
    _, _, seen = turned(*blank, conditions, signs)
    values, cuts = network.draw(torch.from_numpy(seen).float(), code)
    made, flags, _ = turned(values.double().numpy(), cuts.numpy(), seen, signs)
    return made, flags


def _chance(normal: torch.Tensor) -> torch.Tensor:
    """Standard normal numbers as shares of their distribution, in [0, 1]."""
    return 0.5 * (1 + torch.erf(normal / 2**0.5))


def present(cuts: torch.Tensor) -> torch.Tensor:
    """(N, NUM_VALUES) 1 where a value says something: always for the rectangle, with its flag for a cut."""
    flags = cuts.float()
    corners = flags[:, :4].repeat_interleave(2, 1)
    sides = flags[:, 4:].repeat_interleave(3, 1)
    return torch.cat([torch.ones(len(cuts), NUM_PLACED, device=cuts.device), corners, sides], 1)


def _layers(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, outputs)
    )
