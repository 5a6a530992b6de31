# SPDX-License-Identifier: GPL-3.0-or-later
"""The training's process: `python -m maquette.training.worker`. See `core.protocol` for what is said.

A training that is stopped, or whose host is gone, leaves a checkpoint that the same wish goes on from.
"""

from __future__ import annotations

import functools
import math
import os
import queue
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ..core import protocol
from ..core.codec import refuse_unknown, show
from ..core.errors import InputError, OutOfMemory
from ..core.models import check_name
from ..core.protocol import Cancel, Message, Pause, Resume, Train, Trained, Training
from ..core.worker import Channel, answer, listen, open_channel, say_ready
from .commands import CHANGES
from .control import Control, Progress

if TYPE_CHECKING:
    from .session import Wish

PROGRESS_INTERVAL_S = 0.2
# the time that a training gets to save itself once its host is gone
LAST_WORDS_S = 60.0
TOO_LITTLE_MEMORY = "The training needs more memory than there is. Choose a smaller preset, or a smaller batch or crop."


class Job:
    """One training: what was asked for, its control, and its voice."""

    def __init__(self, wish: Train, channel: Channel) -> None:
        self.wish, self._channel = wish, channel
        self.control = Control(self._hear)
        self._lock = threading.Lock()
        self._said = Training(wish.id, 0, 1, 0.0, 0.0, "Starting")
        self._said_at = 0.0

    def pause(self) -> None:
        """Wait before the next step."""
        self.control.pause()
        self._say(replace(self._said, paused=True))

    def resume(self) -> None:
        """Go on."""
        self.control.resume()
        self._say(replace(self._said, paused=False))

    def _hear(self, progress: Progress) -> None:
        sheet = str(progress.sheet) if progress.sheet is not None else ""
        figures = {name: float(value) for name, value in progress.figures.items() if math.isfinite(value)}
        message = Training(
            self.wish.id,
            progress.images,
            progress.total_images,
            progress.rate,
            progress.seconds_left if math.isfinite(progress.seconds_left) else 0.0,
            progress.text,
            figures or self._said.figures,
            sheet or self._said.sheet,
            self.control.is_paused,
        )
        if time.monotonic() - self._said_at >= PROGRESS_INTERVAL_S or message.sheet != self._said.sheet:
            self._say(message)

    def _say(self, message: Training) -> None:
        with self._lock:
            self._said, self._said_at = message, time.monotonic()
        self._channel.send(message)


class Desk:
    """The host's wishes: trainings in order, and the one under way paused, resumed or stopped as it asks."""

    def __init__(self, stream: TextIO, channel: Channel) -> None:
        self._stream, self._channel = stream, channel
        self._jobs: dict[str, Job] = {}
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="maquette-desk", daemon=True).start()

    def next_job(self) -> Job | None:
        """Wait for the next training; None when the host is done."""
        return self._waiting.get()

    def _read(self) -> None:
        for message in listen(self._stream, self._channel, protocol.TO_TRAINING):
            self._take(message)
        for job in self._jobs.values():
            job.control.cancel()
        self._waiting.put(None)
        time.sleep(LAST_WORDS_S)
        os._exit(0)

    def _take(self, message: Message) -> None:
        if isinstance(message, Train):
            job = self._jobs[message.id] = Job(message, self._channel)
            self._waiting.put(job)
            return
        known = self._jobs.get(getattr(message, "id", ""))
        if known is None:
            return
        if isinstance(message, Pause):
            known.pause()
        elif isinstance(message, Resume):
            known.resume()
        elif isinstance(message, Cancel):
            known.control.cancel()


def run_job(job: Job) -> Trained:
    """See one training to its end."""
    import torch

    from . import session
    from .model_list import put_into_list

    wish = read_wish(job.wish)
    try:
        model = session.run(wish, job.control, lambda text: print(text, file=sys.stderr))
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise OutOfMemory(TOO_LITTLE_MEMORY) from error
    if job.wish.name:
        model = put_into_list(model, job.wish.model, job.wish.name)
    return Trained(job.wish.id, str(model), str(model.with_suffix(".md")))


def read_wish(train: Train) -> Wish:
    """The message as a Wish, every value checked; InputError before any work."""
    from .session import Wish

    if train.name:
        check_name(train.name)
    if not train.data or not train.out:
        raise InputError("A training needs a folder to learn from and a folder for its checkpoints. Name both.")
    refuse_unknown(train.changes, CHANGES, "The training")
    for name, value in train.changes.items():
        kind = CHANGES[name][0]
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole or (kind is float and isinstance(value, float))):
            raise InputError(f"'{name}' must be a number; {show(value)} was given.")
    if train.device not in protocol.DEVICES:
        raise InputError(f"There is no device {show(train.device)}. Known are {', '.join(protocol.DEVICES)}.")
    return Wish(
        model=train.model,
        data=Path(train.data),
        out=Path(train.out),
        preset=train.preset,
        changes=dict(train.changes),
        labelled=Path(train.labelled) if train.labelled else None,
        start=train.start,
        licence=train.licence,
        device=train.device,
    )


def main() -> None:
    """Serve until the host closes the channel."""
    stream, channel = open_channel()
    desk = Desk(stream, channel)
    say_ready(channel, _load)
    while (job := desk.next_job()) is not None:
        answer(job.wish.id, channel, functools.partial(run_job, job))


def _load() -> None:
    """What a training stands on: a package that is missing is told before anybody waits."""
    from . import session  # noqa: F401


if __name__ == "__main__":
    main()
