# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes every job of a jobs file with one or more engine processes; the same call again goes on where it stopped."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import bundle
from .client import EngineProcess
from .codec import parse_json, show
from .errors import BundleError, Cancelled, EngineError, HostError, InputError
from .files.blend import blender_command
from .files.export import check_formats
from .jobs import Job, JobReader, Refused
from .ledger import LEDGER, Entry, Ledger
from .protocol import DEVICES, AssetMade, Failed, Generate, Message, Progress, Warn, WasCancelled

MAX_WORKERS = 64
MAX_ATTEMPTS = 2
POLL_S = 0.1
STOPPING_S = 2.0


@dataclass(frozen=True)
class Event:
    """What a batch tells while it runs; `finished` of `total` jobs need no more work."""

    finished: int
    total: int


@dataclass(frozen=True)
class Planned(Event):
    """All lines were read: `finished` jobs were done by an earlier run."""


@dataclass(frozen=True)
class Working(Event):
    """A job is `fraction` (0 to 1) done."""

    name: str
    fraction: float
    text: str


@dataclass(frozen=True)
class Warned(Event):
    """Something to know about a job that goes on."""

    name: str
    text: str


@dataclass(frozen=True)
class Done(Event):
    """A job's folder is there."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Fault(Event):
    """A line cannot be done, or its job failed. `line` counts from 1."""

    line: int
    name: str
    text: str


@dataclass(frozen=True)
class BatchResult:
    """How many jobs were made now, how many an earlier run had made, and the faults."""

    made: int
    kept: int
    faults: tuple[Fault, ...]


@dataclass
class Seat:
    """One engine process and the job that it works on."""

    engine: EngineProcess
    job: Job | None = None


@dataclass
class Batch:
    """A batch while it runs."""

    out: Path
    formats: tuple[str, ...]
    device: str
    ledger: Ledger
    tell: Callable[[Event], None]
    start: Callable[[], EngineProcess]
    waiting: deque[Job] = field(default_factory=deque)
    attempts: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    made: int = 0
    kept: int = 0
    total: int = 0

    @property
    def finished(self) -> int:
        """Jobs that need no more work."""
        return self.made + self.kept + len(self.faults)


def run_batch(
    jobs_file: Path,
    out: Path,
    *,
    formats: Sequence[str] = ("png",),
    workers: int = 1,
    device: str = "auto",
    on_event: Callable[[Event], None] | None = None,
    start: Callable[[], EngineProcess] | None = None,
) -> BatchResult:
    """Make every job of `jobs_file` at `out`/<name or key>, and a line for each in `out`/ledger.jsonl.

    A line that cannot be used and a job that fails are faults of the result and stop nothing else. What no job could
    survive (a full disk, no engine, no Blender for a .blend) is a HostError or EngineError; Ctrl-C is Cancelled. Work
    that is done is never lost: the same call goes on. `start` starts an engine process.
    """
    _check_options(formats, workers, device)
    out = out.resolve()
    if not os.path.exists(jobs_file):
        raise InputError(f"The jobs file {show(str(jobs_file))} does not exist. Check its path.")
    ledger = Ledger(out / LEDGER)
    try:
        bundle.remove_leftovers(out)
        threads = max(1, (os.cpu_count() or 1) // workers) if workers > 1 else None
        batch = Batch(
            out=out,
            formats=tuple(formats),
            device=device,
            ledger=ledger,
            tell=on_event or (lambda event: None),
            start=start or (lambda: EngineProcess(sys.executable, threads=threads)),
        )
        _plan(batch, JobReader(jobs_file.resolve(), out))
        _work(batch, workers)
        return BatchResult(batch.made, batch.kept, tuple(batch.faults))
    finally:
        ledger.close()


def _check_options(formats: Sequence[str], workers: int, device: str) -> None:
    check_formats(formats)
    if not formats:
        raise InputError("No export was named. Name one, such as png.")
    if not 1 <= workers <= MAX_WORKERS:
        raise InputError(f"'workers' must lie between 1 and {MAX_WORKERS}; {workers} was given.")
    if device not in DEVICES:
        raise InputError(f"There is no device {show(device)}. Known are {', '.join(DEVICES)}.")
    if "blend" in formats:
        blender_command()


def _plan(batch: Batch, reader: JobReader) -> None:
    """Sort every line into waiting, kept and faults before any work."""
    for item in reader.read():
        batch.total += 1
        if isinstance(item, Refused):
            batch.faults.append(Fault(0, 0, item.line, item.name, item.text))
        elif _is_done(batch, item):
            batch.kept += 1
        else:
            batch.waiting.append(item)
    refused, batch.faults = batch.faults, []
    batch.tell(Planned(batch.kept, batch.total))
    for fault in refused:
        _add_fault(batch, fault.line, fault.name, fault.text)


def _is_done(batch: Batch, job: Job) -> bool:
    if not batch.ledger.has_done(job.name, job.cache_key, batch.formats):
        return False
    folder = batch.out / job.name
    try:
        return all((folder / name).is_file() for name in bundle.read_manifest(folder)["files"])
    except BundleError:
        return False


def _work(batch: Batch, workers: int) -> None:
    """Keep every engine busy until no job waits; on any error all of them stop first."""
    seats: list[Seat] = []
    try:
        seats += [Seat(batch.start()) for _ in range(min(workers, len(batch.waiting)))]
        while batch.waiting or any(seat.job for seat in seats):
            for seat in seats:
                if seat.job is None and batch.waiting:
                    _begin(batch, seat)
                for message in seat.engine.poll():
                    _hear(batch, seat, message)
            _wait(seats)
    except KeyboardInterrupt:
        _stop(batch, seats)
        left = batch.total - batch.finished
        text = f"Stopped, {left} of {batch.total} jobs are left. The same command goes on from here."
        raise Cancelled(text) from None
    finally:
        _stop(batch, seats)


def _begin(batch: Batch, seat: Seat) -> None:
    if not seat.engine.alive:
        seat.engine.close()
        seat.engine = batch.start()
    seat.job = batch.waiting.popleft()
    batch.attempts[seat.job.line] = batch.attempts.get(seat.job.line, 0) + 1
    request = parse_json(seat.job.request, "The job")
    folder = str(batch.out / seat.job.name)
    seat.engine.generate(Generate(f"line-{seat.job.line}", request, folder, batch.formats, batch.device))


def _hear(batch: Batch, seat: Seat, message: Message) -> None:
    """Act on one message of the seat's engine."""
    job = seat.job
    if job is None:
        return
    if isinstance(message, Progress):
        batch.tell(Working(batch.finished, batch.total, job.name, message.fraction, message.text))
    elif isinstance(message, Warn):
        batch.tell(Warned(batch.finished, batch.total, job.name, message.text))
    elif isinstance(message, AssetMade):
        seat.job = None
        batch.made += 1
        batch.ledger.append(Entry(job.name, job.key, job.cache_key, "done", round(message.seconds, 3), batch.formats))
        batch.tell(Done(batch.finished, batch.total, job.name, message.seconds))
        batch.attempts.pop(job.line, None)
    elif isinstance(message, Failed):
        seat.job = None
        _hear_failure(batch, seat, job, message)
    elif isinstance(message, WasCancelled):
        seat.job = None


def _hear_failure(batch: Batch, seat: Seat, job: Job, message: Failed) -> None:
    """A job whose process died gets a second try; what would befall every other job too ends the batch."""
    if seat.engine.ready is None:
        raise EngineError(message.text)
    died = not seat.engine.alive
    if died and batch.attempts[job.line] < MAX_ATTEMPTS:
        batch.tell(Warned(batch.finished, batch.total, job.name, f"{message.text} The job is tried once more."))
        batch.waiting.append(job)
        return
    entry = Entry(job.name, job.key, job.cache_key, "failed", 0.0, batch.formats, message.text)
    batch.ledger.append(entry)
    _add_fault(batch, job.line, job.name, message.text)
    if message.kind == "HostError":
        raise HostError(f"{message.text} The same command goes on from here.")


def _add_fault(batch: Batch, line: int, name: str, text: str) -> None:
    fault = Fault(batch.finished + 1, batch.total, line, name, text)
    batch.faults.append(fault)
    batch.tell(fault)


def _wait(seats: list[Seat]) -> None:
    """Sleep until an engine spoke; several are looked at in turn."""
    for seat in seats:
        seat.engine.wait(POLL_S / len(seats))


def _stop(batch: Batch, seats: list[Seat]) -> None:
    """Cancel what runs and end every process; half-written folders go with them, what was just done counts."""
    deadline = time.monotonic() + STOPPING_S
    for seat in seats:
        seat.engine.cancel()
    while any(seat.engine.job for seat in seats) and time.monotonic() < deadline:
        for seat in seats:
            for message in seat.engine.poll():
                if isinstance(message, AssetMade):
                    _hear(batch, seat, message)
        time.sleep(0.02)
    for seat in seats:
        seat.engine.close()
