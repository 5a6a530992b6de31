# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training says while it runs, and how it is paused and stopped from outside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import Cancelled

PAUSE_STEP_S = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    `images` of `total_images` were shown to the network, `rate` of them a second, so that `seconds_left` remain.
    `figures` are the latest losses and scores, `sheet` the latest picture of samples (None before the first).
    """

    images: int
    total_images: int
    rate: float
    seconds_left: float
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)
    sheet: Path | None = None
    paused: bool = False


class Control:
    """The line between a training and whoever started it: `report` outwards, pause and cancel inwards."""

    def __init__(self, hear: Callable[[Progress], None] = lambda progress: None) -> None:
        self._hear = hear
        self._go_on = threading.Event()
        self._go_on.set()
        self._cancelled = threading.Event()
        self._last: Progress | None = None

    def report(self, progress: Progress) -> None:
        """Tell how far the training is."""
        self._last = progress
        self._hear(progress)

    def check(self) -> None:
        """Called between steps: waits while paused, raises Cancelled once cancelled."""
        while not self._go_on.wait(PAUSE_STEP_S) and not self._cancelled.is_set():
            pass
        if self._cancelled.is_set():
            raise Cancelled("The training was stopped. The same command goes on from the last checkpoint.")

    @property
    def is_paused(self) -> bool:
        """Whether the training waits at its next `check`."""
        return not self._go_on.is_set()

    def pause(self) -> None:
        """Wait at the next check."""
        self._go_on.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._go_on.set()

    def cancel(self) -> None:
        """End at the next check."""
        self._cancelled.set()
