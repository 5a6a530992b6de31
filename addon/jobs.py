# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue of jobs and the client of the engine's process.

`Studio.poll` does a little work and returns when it wants to be called again: Blender's timers call it in a window, a
script's loop without one, a test by hand. Threads read pipes and files; nothing of bpy is touched from them.
How far a job can be: `job.State`.
"""

from __future__ import annotations

import itertools
import shutil
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from ..core.client import EngineProcess
from ..core.errors import EngineError, MaquetteError
from ..core.protocol import (
    PROTOCOL_VERSION,
    AssetMade,
    Candidate,
    Explored,
    Failed,
    Generate,
    Message,
    Progress,
    Ready,
    Warn,
    WasCancelled,
)
from .delivery import LOST, READY, HearsCandidates, SaysReady
from .job import COMING_IN, Job, Notice, State, mending
from .scene.targets import Target
from .texts import said

__all__ = ["Job", "Notice", "State", "Studio", "push_undo"]

# the apply needs no engine: its ticks follow each other closely
STAGE_S = 0.01
# ended jobs that are remembered
MOST_ENDED = 60


class Studio:
    """Owns the engine's process and the jobs. `start_engine` is called when one is needed and none runs."""

    def __init__(self, start_engine: Callable[[], EngineProcess]) -> None:
        self._start_engine = start_engine
        self._numbers = itertools.count(1)
        self.engine: EngineProcess | None = None
        self.waiting: list[Job] = []
        self.current: Job | None = None
        # all jobs but quiet ones, the latest last; what hears (job, name) of each result, within its undo step
        self.jobs: list[Job] = []
        self.after_apply: list[Callable[[Job, str], None]] = []
        self.notice: Notice | None = None
        self.last_used = time.monotonic()
        self.changed = True

    @property
    def busy(self) -> bool:
        """Whether a job waits or is under way."""
        return self.current is not None or bool(self.waiting)

    def busy_with(self, topic: str) -> bool:
        """Whether a job of this generator waits or is under way, other than a quiet one."""
        jobs = [*self.waiting, *([self.current] if self.current else [])]
        return any(job.topic == topic and not job.delivery.quiet for job in jobs)

    def submit(self, job: Job) -> None:
        """Queue a job; `poll` takes it from there."""
        job.id, job.blend = f"job-{next(self._numbers)}", bpy.data.filepath
        self.waiting.append(job)
        if not job.delivery.quiet:
            self._remember(job)
        self.notice, self.changed = None, True

    def _remember(self, job: Job) -> None:
        """List a job, and forget the oldest that ended long ago."""
        self.jobs.append(job)
        ended = [one for one in self.jobs if one.state.ended]
        for old in ended[: max(0, len(ended) - MOST_ENDED)]:
            self.jobs.remove(old)

    def find(self, number: str) -> Job | None:
        """The job with this id, None where it is forgotten."""
        return next((job for job in self.jobs if job.id == number), None)

    def run(self, job: Job) -> None:
        """Queue a job and see it to its end here and now (scripts, no window)."""
        self.submit(job)
        self._work_until(lambda: job.state.ended)

    def finish(self) -> None:
        """See all that is queued to its end here and now."""
        self._work_until(lambda: not self.busy)

    def _work_until(self, over: Callable[[], bool]) -> None:
        while not over():
            self.poll()
            job = self.current
            if job is not None and self.engine is not None and job.state is State.RUNNING:
                self.engine.wait(job.delivery.poll_s)
            elif job is not None and job.state is State.READING:
                time.sleep(STAGE_S)
        if bpy.context.view_layer is not None:
            # a script looks at places before any window is drawn
            bpy.context.view_layer.update()

    def cancel(self) -> None:
        """Stop the job under way and forget those that wait."""
        for waiting in self.waiting:
            waiting.state = State.CANCELLED
        self.waiting.clear()
        self._cancel_current()

    def cancel_one(self, number: str) -> None:
        """Stop the job with this id, waiting or under way; the others go on."""
        for job in [job for job in self.waiting if job.id == number]:
            self.waiting.remove(job)
            job.state, self.changed = State.CANCELLED, True
        if self.current is not None and self.current.id == number:
            self._cancel_current()

    def retry(self, number: str) -> Job | None:
        """Queue a job that failed or was cancelled once more, for the same place; where that is gone, as a new thing in
        the open scene. None where there is no such job."""
        job = self.find(number)
        if job is None or job.state not in (State.FAILED, State.CANCELLED):
            return None
        scene: Any = bpy.context.scene
        job.start_over(Target(scene.name, scene.session_uid) if job.delivery.lost() else None)
        self.jobs.remove(job)
        self.submit(job)
        return job

    def move(self, number: str, up: bool) -> None:
        """Let a waiting job change places with the one before it, or after it."""
        order = [job.id for job in self.waiting]
        if number not in order:
            return
        place = order.index(number)
        other = place + (-1 if up else 1)
        if 0 <= other < len(order):
            self.waiting[place], self.waiting[other] = self.waiting[other], self.waiting[place]
            self.changed = True

    def forget_ended(self) -> None:
        """Take what has ended off the list."""
        self.jobs, self.changed = [job for job in self.jobs if not job.state.ended], True

    def _cancel_current(self) -> None:
        if self.current is None:
            return
        job = self.current
        if job.state is State.RUNNING and self.engine is not None and self.engine.job == job.id:
            job.text = "Cancelling"
            self.engine.cancel()
        else:
            self._end(job, State.CANCELLED, Notice("INFO", "Cancelled. Nothing was changed."))
        self.changed = True

    def poll(self) -> float | None:
        """Do what is next; the seconds until the next call, None when there is nothing left to do."""
        self._listen()
        self._step()
        # a quiet job takes the window by surprise and is over at once: it waits for no further tick
        while self.current is not None and self.current.delivery.quiet and self.current.state in COMING_IN:
            self._step()
        if not self.busy:
            return None
        if self.current is None or self.current.state is State.STAGING:
            return STAGE_S
        return self.current.delivery.poll_s

    def _step(self) -> None:
        if self.current is None and self.waiting:
            self.current = self.waiting.pop(0)
            self._guarded(self._begin)
        elif self.current is not None and self.current.state is State.READING:
            self._guarded(self._read)
        elif self.current is not None and self.current.state is State.STAGING:
            self._guarded(self._stage)

    def file_loaded(self) -> None:
        """Another file, or the same one again, is open: every job's place is found anew, or lost. A job whose place is
        lost ends with a word, and can be tried again as a new thing; what the engine is at it makes first."""
        for job in dict.fromkeys([*self.jobs, *self.waiting, *([self.current] if self.current else [])]):
            same = bool(job.blend) and job.blend == bpy.data.filepath
            job.delivery.after_load(same)
            job.blend = bpy.data.filepath
            job.astray = not job.state.ended and bool(job.delivery.lost())
        for job in [job for job in self.waiting if job.astray]:
            self.waiting.remove(job)
            self._end_astray(job)
        if self.current is not None and self.current.astray and self.current.state in COMING_IN:
            self._end_astray(self.current)
        self.changed = True

    def file_saved(self) -> None:
        """The open file has a name now, perhaps another one: it is still the jobs' own."""
        for job in dict.fromkeys([*self.jobs, *self.waiting, *([self.current] if self.current else [])]):
            job.blend = bpy.data.filepath

    def close(self) -> None:
        """Forget all jobs and end the engine's process."""
        for waiting in self.waiting:
            waiting.state = State.CANCELLED
        self.waiting.clear()
        if self.current is not None:
            self.current.state, self.current = State.CANCELLED, None
        self.close_engine()

    def close_engine(self) -> None:
        """End the engine's process at once; the next job starts a fresh one."""
        if self.engine is not None:
            self.engine.kill()
            self.engine = None

    def _begin(self, job: Job) -> None:
        self.last_used = time.monotonic()
        if job.delivery.is_whole(job.folder):
            # the same Request was answered before
            self._take(job, job.folder)
            return
        # half of a result is none, and the engine writes over no folder that it does not know
        shutil.rmtree(job.folder, ignore_errors=True)
        if self.engine is None or not self.engine.alive:
            self.close_engine()
            self.engine = self._start_engine()
        job.state = State.RUNNING
        job.text = "Working" if self.engine.ready else "Starting the engine"
        if job.message is not None:
            self.engine.explore(job.message())
            return
        request, folder = job.request.to_plain(), str(job.folder)
        self.engine.generate(Generate(job.id, request, folder, job.delivery.formats, job.device, kept=job.kept))

    def _listen(self) -> None:
        if self.engine is None:
            return
        for message in self.engine.poll():
            self.changed = True
            job = self.current
            if isinstance(message, Ready):
                self._check_ready(message)
            elif job is not None and getattr(message, "id", "") in (job.id, ""):
                self._hear(job, message)

    def _check_ready(self, ready: Ready) -> None:
        if ready.protocol == PROTOCOL_VERSION or self.current is None:
            return
        self.close_engine()
        text = "The engine belongs to another version of Maquette. Restart Blender, then try again."
        self._fail(self.current, EngineError(text))

    def _hear(self, job: Job, message: Message) -> None:
        if isinstance(message, Progress):
            job.fraction = message.fraction
            if job.text != "Cancelling":
                job.text = message.text
        elif isinstance(message, Warn):
            job.warnings.append(message.text)
        elif isinstance(message, WasCancelled):
            self._end(job, State.CANCELLED, Notice("INFO", "Cancelled. Nothing was changed."))
        elif isinstance(message, Failed):
            notice = Notice("ERROR", message.text, message.detail, mending(message.kind, job))
            self._end(job, State.FAILED, notice)
        elif isinstance(message, AssetMade):
            self._guarded(lambda job: self._take(job, Path(message.folder)))
        elif isinstance(message, Candidate):
            self._guarded(lambda job: _hear_candidate(job, message))
        elif isinstance(message, Explored):
            self._guarded(lambda job: self._take(job, job.folder))

    def _take(self, job: Job, folder: Path) -> None:
        """Begin to read the result."""
        if job.astray:
            self._end_astray(job)
            return
        job.warnings += job.delivery.begin(job.title, job.request, folder)
        job.state, job.text, job.fraction = State.READING, job.doing, 1.0

    def _read(self, job: Job) -> None:
        if job.delivery.read():
            job.state, job.text = State.STAGING, State.STAGING.value

    def _stage(self, job: Job) -> None:
        if job.delivery.stage():
            return
        name, words = job.delivery.apply()
        words = [*job.warnings, *words, *self._tell(job, name)]
        if job.delivery.undo:
            push_undo(f"Maquette: {name}")
        level = "WARNING" if words else "INFO"
        ready = job.delivery.ready() if isinstance(job.delivery, SaysReady) else said(READY, name=name)
        self._end(job, State.DONE, Notice(level, " ".join([ready, *words])))

    def _tell(self, job: Job, name: str) -> list[str]:
        """Let all hear of a result; what goes wrong there takes nothing from the result."""
        said = []
        for hear in self.after_apply:
            try:
                hear(job, name)
            except Exception as error:  # noqa: BLE001 the result is there already
                traceback.print_exc()
                said.append(f"What goes with it failed ({type(error).__name__}: {error}). Please report it.")
        return said

    def _guarded(self, step: Callable[[Job], None]) -> None:
        """Run one step of the current job; whatever goes wrong ends that job with one notice, never the timer."""
        job = self.current
        assert job is not None
        try:
            step(job)
        except MaquetteError as error:
            self._fail(job, error)
        except Exception as error:  # noqa: BLE001 a timer that raises is dropped by Blender, and the queue with it
            traceback.print_exc()
            text = f"Maquette met an error it does not know ({type(error).__name__}: {error}). Please report it."
            self._fail(job, EngineError(text), traceback.format_exc())

    def _fail(self, job: Job, error: MaquetteError, detail: str = "") -> None:
        mend = mending(type(error).__name__, job)
        self._end(job, State.FAILED, Notice("ERROR", str(error), detail, mend))

    def _end(self, job: Job, state: State, notice: Notice) -> None:
        if state is not State.DONE:
            self._discard(job)
        # a list of what has ended must not hold on to all that was read
        job.delivery = job.delivery.fresh()
        notice = replace(notice, topic=job.topic)
        job.state, job.notice = state, notice
        if not job.delivery.quiet or notice.level != "INFO":
            self.notice = notice
        if job is self.current:
            self.current = None
        self.last_used = time.monotonic()
        self.changed = True

    def _end_astray(self, job: Job) -> None:
        made = "was not begun" if job.state is State.WAITING else "is made"
        text = (
            f"'{job.title}' {made}, but {job.delivery.lost() or LOST} Try again to have it as a new one in this file."
        )
        self._end(job, State.FAILED, Notice("ERROR", text, mend=("maquette.retry_job",)))

    def _discard(self, job: Job) -> None:
        """Take back what was staged; trouble there must not keep the queue."""
        try:
            job.delivery.discard()
        except Exception:  # noqa: BLE001 a timer that raises is dropped by Blender, and the queue with it
            traceback.print_exc()


def _hear_candidate(job: Job, message: Candidate) -> None:
    if isinstance(job.delivery, HearsCandidates):
        job.delivery.candidate(message)


def push_undo(message: str) -> None:
    """One undo step for what was just changed."""
    window: Any = next(iter(bpy.context.window_manager.windows), None)
    if bpy.context.window is None and window is not None:
        with bpy.context.temp_override(window=window):
            bpy.ops.ed.undo_push(message=message)
    else:
        bpy.ops.ed.undo_push(message=message)
