# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine lends a generator while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import EngineError

if TYPE_CHECKING:
    import torch

    from .asset import Asset


Progress = Callable[[float, str], None]


def span(progress: Progress, start: float, share: float) -> Progress:
    """The progress of a part that begins at `start` and makes up `share` of the whole."""
    return lambda fraction, text: progress(start + share * fraction, text)


def _nothing_else(request: Mapping[str, Any]) -> Asset:
    raise EngineError("This engine makes one thing at a time.")


def _nothing_kept(key: str) -> Asset:
    raise EngineError("Nothing is kept here.")


@dataclass(frozen=True)
class Context:
    """The device to work on and the way to speak meanwhile.

    `progress(fraction, text)` is called at least a few times a second: it raises Cancelled when the designer asked to
    stop. `tile` bounds the rows that are worked on at once, None where memory is plenty. `make(request)` is what
    another generator answers to a plain Request, kept for the next time: generators know nothing of each other.
    `preview` asks for a quick look at the same design, its longest side in pixels; None for the whole. `kept(key)` is
    what the Request with this key makes at the same size: what a lock of the Request holds on to.
    """

    device: torch.device
    tile: int | None
    progress: Progress
    warn: Callable[[str], None]
    make: Callable[[Mapping[str, Any]], Asset] = _nothing_else
    preview: int | None = None
    kept: Callable[[str], Asset] = _nothing_kept
