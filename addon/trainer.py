# SPDX-License-Identifier: GPL-3.0-or-later
"""The one training of this Blender: a process of its own, looked after by `poll`.

`Trainer.poll` never waits: Blender's timer calls it in a window, a script's loop without one, a test by hand. A
training that ends early, by whatever cause, leaves checkpoints; the same wish goes on from them.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..core.client import EngineProcess
from ..core.errors import EngineError, HostError, MaquetteError
from ..core.protocol import PROTOCOL_VERSION, Failed, Message, Ready, Train, Trained, Training, Warn, WasCancelled
from .jobs import Notice

POLL_S = 0.2
# a training that is ended with Blender, or with the add-on, gets this long to write a checkpoint
LAST_WORDS_S = 3.0
MEND: dict[str, tuple[str, ...]] = {
    HostError.__name__: ("maquette.make_environment", "maquette.check_engine"),
    EngineError.__name__: ("maquette.train",),
}


class State(enum.Enum):
    """How far a training is."""

    STARTING = "Starting"
    TRAINING = "Training"
    PAUSED = "Paused"
    STOPPING = "Saving a checkpoint"
    DONE = "Done"
    FAILED = "Failed"
    STOPPED = "Stopped"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (State.DONE, State.FAILED, State.STOPPED)


@dataclass
class Run:
    """One training on its way, and what it last said. `sheet` is the latest picture of samples."""

    wish: Train
    state: State = State.STARTING
    said: Training = field(default_factory=lambda: Training("", 0, 0, 0.0, 0.0, "Starting the engine"))
    warnings: list[str] = field(default_factory=list)
    notice: Notice | None = None

    @property
    def fraction(self) -> float:
        """The share of images shown, 0 to 1."""
        return min(1.0, self.said.images / self.said.total_images) if self.said.total_images else 0.0

    @property
    def sheet(self) -> Path | None:
        """The file of the latest samples, None before the first."""
        return Path(self.said.sheet) if self.said.sheet else None

    @property
    def text(self) -> str:
        """What is going on, in a few words."""
        quiet = self.state in (State.PAUSED, State.STOPPING)
        return self.state.value if quiet else self.said.text

    @property
    def numbers(self) -> str:
        """Images, rate and time left, for people."""
        said = self.said
        if not said.total_images or not said.images:
            return ""
        shown = f"{said.images:,} of {said.total_images:,} images"
        if not said.rate or self.state is not State.TRAINING:
            return shown
        return f"{shown}, {rate_text(said.rate)}, {duration_text(said.seconds_left)} left"


class Trainer:
    """Owns the training's process. `start_process` is called when one is needed."""

    def __init__(self, start_process: Callable[[], EngineProcess]) -> None:
        self._start_process = start_process
        self._numbers = itertools.count(1)
        self.process: EngineProcess | None = None
        self.run: Run | None = None

    @property
    def busy(self) -> bool:
        """Whether a training is under way."""
        return self.run is not None and not self.run.state.ended

    def start(self, wish: Train) -> Run:
        """Begin a training; EngineError while another is under way, HostError where no process can be started."""
        if self.busy:
            raise EngineError("A training is under way. Wait for it, or stop it.")
        self.close()
        self.process = self._start_process()
        run = self.run = Run(replace(wish, id=f"training-{next(self._numbers)}"))
        self.process.train(run.wish)
        return run

    def pause(self) -> None:
        """Let it wait before its next step."""
        if self.process is not None and self.run is not None and self.run.state is State.TRAINING:
            self.process.pause()
            self.run.state = State.PAUSED

    def resume(self) -> None:
        """Let it go on."""
        if self.process is not None and self.run is not None and self.run.state is State.PAUSED:
            self.process.resume()
            self.run.state = State.TRAINING

    def stop(self) -> None:
        """Ask it to write a checkpoint and end; asked twice, it is ended at once."""
        if self.process is None or self.run is None or self.run.state.ended:
            return
        if self.run.state is State.STOPPING:
            self._end(State.STOPPED, _stopped(self.run))
        else:
            self.run.state = State.STOPPING
            self.process.cancel()

    def poll(self) -> float | None:
        """Hear what was said; the seconds until the next call, None when nothing is under way."""
        if self.process is not None:
            for message in self.process.poll():
                if self.busy:
                    self._hear(message)
        return POLL_S if self.busy else None

    def close(self) -> None:
        """End the process: it may write a checkpoint first, within LAST_WORDS_S."""
        if self.process is not None:
            self.process.close(LAST_WORDS_S if self.busy else 0.0)
            self.process = None
        if self.run is not None and self.busy:
            self.run.state, self.run.notice = State.STOPPED, _stopped(self.run)

    def _hear(self, message: Message) -> None:
        run = self.run
        assert run is not None
        if isinstance(message, Ready):
            if message.protocol != PROTOCOL_VERSION:
                text = "The engine belongs to another version of Maquette. Restart Blender, then try again."
                self._end(State.FAILED, Notice("ERROR", text))
        elif isinstance(message, Training):
            run.said = message
            if run.state is not State.STOPPING:
                run.state = State.PAUSED if message.paused else State.TRAINING
        elif isinstance(message, Warn):
            run.warnings.append(message.text)
        elif isinstance(message, WasCancelled):
            self._end(State.STOPPED, _stopped(run))
        elif isinstance(message, Failed):
            self._end(State.FAILED, Notice("ERROR", message.text, message.detail, MEND.get(message.kind, ())))
        elif isinstance(message, Trained):
            text = f"The model '{run.wish.name}' is trained, and listed."
            said = " ".join([text, *run.warnings])
            self._end(State.DONE, Notice("WARNING" if run.warnings else "INFO", said, mend=("maquette.use_model",)))

    def _end(self, state: State, notice: Notice) -> None:
        """The run is over, and its process, which holds much memory, is let go."""
        assert self.run is not None
        self.run.state, self.run.notice = state, notice
        if self.process is not None:
            self.process.kill()
            self.process = None


def _stopped(run: Run) -> Notice:
    return Notice("INFO", f"Stopped. 'Train' with the same settings goes on with '{run.wish.name}'.")


def failure(error: MaquetteError) -> Notice:
    """The notice for what went wrong before a training began."""
    return Notice("ERROR", str(error), "", MEND.get(type(error).__name__, ()))


def rate_text(rate: float) -> str:
    """Images a second, or a minute where that reads better."""
    return (
        f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second" if rate >= 1 else f"{rate * 60:.0f} a minute"
    )


def duration_text(seconds: float) -> str:
    """A time as people say it."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
