# SPDX-License-Identifier: GPL-3.0-or-later
"""The same sums on the processor whatever else runs there: networks add up in another order with another thread."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

NUM_THREADS = 2


@contextlib.contextmanager
def fixed_threads(device: torch.device) -> Iterator[None]:
    """Within it the processor works with NUM_THREADS threads; on a GPU nothing changes.

    So one Request gives the same bytes in a window, in a batch of several workers, and on a machine of any size.
    """
    before = torch.get_num_threads()
    if device.type == "cpu":
        torch.set_num_threads(NUM_THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)
