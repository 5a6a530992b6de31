# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a training is, how fast it goes, when to speak and when to save."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric

from ..core.errors import Cancelled
from .control import Control, Progress
from .presets import Settings
from .processes import over_all

REPORT_EVERY_S = 0.5
CHECKPOINT_EVERY_S = 120.0


@dataclass
class State:
    """Where a training is. `score` is the best so far, reached after `best_images`; `unimproved` looks came since."""

    step: int = 0
    images: int = 0
    seconds: float = 0.0
    score: float = math.inf
    best_images: int = 0
    unimproved: int = 0
    done: bool = False


class Clock:
    """Rate, time left, and when to speak and to save; `worry` is said in place of all being well."""

    def __init__(self, state: State, settings: Settings, control: Control, fabric: Fabric) -> None:
        self._state, self._settings, self._control, self._fabric = state, settings, control, fabric
        self._spoken = 0.0
        self._saved = self._last = time.monotonic()
        self._rate = 0.0
        self.worry = ""

    def wait(self) -> None:
        """Let the host pause or stop the training; the time of a pause does not count."""
        before = time.monotonic()
        stopped: Cancelled | None = None
        try:
            self._control.check()
        except Cancelled as error:
            stopped = error
        self._agree(stopped)
        self._last += time.monotonic() - before

    def _agree(self, stopped: Cancelled | None) -> None:
        """All processes stop at one step if any of them is to: one that went on would wait for the others."""
        wished = over_all(self._fabric, torch.tensor(float(stopped is not None)), "max")
        if stopped is None and float(wished) > 0:
            stopped = Cancelled("The training was stopped in another process.")
        if stopped is not None:
            raise stopped

    def say(self, text: str) -> None:
        """Report a stage that is no step."""
        self._report(text, {})

    def saved(self) -> None:
        """A checkpoint was written."""
        self._saved = time.monotonic()

    def checkpoint_is_due(self) -> bool:
        """Whether the last checkpoint is long ago; the same on every process."""
        due: bool = self._fabric.broadcast(time.monotonic() - self._saved > CHECKPOINT_EVERY_S)
        return due

    def tick(self, figures: Mapping[str, float], sheet: Path | None) -> None:
        """A step is done."""
        now = time.monotonic()
        took = max(now - self._last, 1e-6)
        self._last = now
        self._state.seconds += took
        now_rate = self._settings.batch * self._fabric.world_size / took
        self._rate = now_rate if self._rate == 0 else 0.95 * self._rate + 0.05 * now_rate
        if now - self._spoken >= REPORT_EVERY_S or self._state.done:
            self._spoken = now
            self._report(self.worry or "Training", figures, sheet)

    def _report(self, text: str, figures: Mapping[str, float], sheet: Path | None = None) -> None:
        if not self._fabric.is_global_zero:
            return
        left = max(0, self._settings.images - self._state.images) / self._rate if self._rate else 0.0
        self._control.report(
            Progress(self._state.images, self._settings.images, self._rate, left, text, figures, sheet)
        )
