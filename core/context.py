# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine lends a generator while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


Progress = Callable[[float, str], None]


def span(progress: Progress, start: float, share: float) -> Progress:
    """The progress of a part that begins at `start` and makes up `share` of the whole."""
    return lambda fraction, text: progress(start + share * fraction, text)


@dataclass(frozen=True)
class Context:
    """The device to work on and the way to speak meanwhile.

    `progress(fraction, text)` is called at least a few times a second: it raises Cancelled when the designer asked to
    stop. `tile` bounds the rows that are worked on at once, None where memory is plenty.
    """

    device: torch.device
    tile: int | None
    progress: Progress
    warn: Callable[[str], None]
