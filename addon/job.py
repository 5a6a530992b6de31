# SPDX-License-Identifier: GPL-3.0-or-later
"""One wish on its way through the queue: how far it is, what is said of it at its end, what helps where it failed.

WAITING -> RUNNING (the engine works) -> READING (files come in) -> STAGING (images, one a tick) -> DONE
                                                 any of them     -> FAILED, CANCELLED
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.errors import EngineError, HostError, OutOfMemory
from ..core.protocol import Explore
from ..core.request import Request
from .delivery import Delivery
from .scene.targets import Target


class State(enum.Enum):
    """How far a job is."""

    WAITING = "Waiting"
    RUNNING = "Generating"
    READING = "Reading the result"
    STAGING = "Putting it into the scene"
    DONE = "Done"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


COMING_IN = (State.READING, State.STAGING)


@dataclass(frozen=True)
class Notice:
    """What the panel says after a job: `level` INFO, WARNING or ERROR; `mend` names operators that help; `topic` is the
    generator whose panel says it."""

    level: str
    text: str
    detail: str = ""
    mend: tuple[str, ...] = ()
    topic: str = "texture"


@dataclass(eq=False)
class Job:
    """One wish on its way; `delivery` brings the result in `folder` into the scene.

    `kept` are the Requests that its locks name, plain, by their keys. `message` is what the engine is sent where that
    is no plain wish to generate: made when the job begins. `doing` is said while the delivery reads. `astray` says that
    the file it was for is no longer open.
    """

    title: str
    request: Request
    delivery: Delivery
    folder: Path
    device: str = "auto"
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    message: Callable[[], Explore] | None = None
    doing: str = State.READING.value
    id: str = ""
    blend: str = ""
    state: State = State.WAITING
    fraction: float = 0.0
    text: str = ""
    warnings: list[str] = field(default_factory=list)
    notice: Notice | None = None
    astray: bool = False

    @property
    def topic(self) -> str:
        """The generator, whose panel shows how it goes."""
        return self.request.generator

    def start_over(self, scene: Target | None = None) -> None:
        """Become as it was when it was asked for; with `scene` it is for a new thing there."""
        self.delivery = self.delivery.fresh(scene)
        self.state, self.fraction, self.text, self.notice = State.WAITING, 0.0, "", None
        self.warnings, self.astray = [], False


def mending(kind: str, job: Job) -> tuple[str, ...]:
    """The operators that help where a job failed by this kind of error."""
    known = {
        HostError.__name__: ("maquette.check_engine",),
        EngineError.__name__: (job.delivery.again, "maquette.check_engine"),
        OutOfMemory.__name__: (job.delivery.smaller,),
    }
    return tuple(name for name in known.get(kind, ()) if name)
