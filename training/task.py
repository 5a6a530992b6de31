# SPDX-License-Identifier: GPL-3.0-or-later
"""What the loop needs to know of a model: its networks, a step, a judgement, a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer


class Item(Protocol):
    """A material or a character: its name, the family of its variants, and the hash of its file."""

    @property
    def name(self) -> str:
        """Unique in its folder."""
        ...

    @property
    def family(self) -> str:
        """What its variants share."""
        ...

    @property
    def sha256(self) -> str:
        """Of the file that it is known by."""
        ...


ItemKind = TypeVar("ItemKind", bound=Item, covariant=True)


@dataclass(frozen=True)
class Split(Generic[ItemKind]):
    """The data of a training: items to learn from, and items of other families to be judged on."""

    train: tuple[ItemKind, ...]
    held_out: tuple[ItemKind, ...]


class Task(Protocol):
    """One model in training.

    `networks` are trained by the `optimisers` of the same names; `shipped` names the one whose moving average becomes
    the model. Everything random in a step comes from its generator.
    """

    model: str
    shipped: str
    networks: dict[str, nn.Module]
    optimisers: dict[str, Optimizer]
    config: dict[str, Any]

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """Learn from batch `number` with the wrapped networks; returns losses by name."""
        ...

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Figures on held-out families; `score` is the one that early stopping looks at, lower is better."""
        ...

    def baselines(self) -> dict[str, float]:
        """The same figures for the plain methods that the model has to beat."""
        ...

    def sheet(self, network: nn.Module) -> np.ndarray:
        """Samples as one sRGB picture (H, W, 3) float32 in [0, 1]."""
        ...

    def tensors(self) -> dict[str, torch.Tensor]:
        """Further state that a checkpoint has to keep, besides networks and optimisers."""
        ...

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Take up the state that `tensors` gave."""
        ...

    def worries(self, figures: Mapping[str, float]) -> str:
        """A sentence when the figures tell that the training is going wrong (a collapse), else ""."""
        ...
