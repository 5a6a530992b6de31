# SPDX-License-Identifier: GPL-3.0-or-later
"""What the processes of one training agree on. With one process, nothing is asked and nothing changes."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric


def over_all(fabric: Fabric, value: torch.Tensor, how: str = "mean") -> torch.Tensor:
    """The value's "mean" or "max" over all processes; every one of them has to call this, with the same shape."""
    if fabric.world_size == 1:
        return value
    agreed = fabric.all_reduce(value.to(fabric.device), reduce_op=how)
    assert isinstance(agreed, torch.Tensor)
    return agreed
