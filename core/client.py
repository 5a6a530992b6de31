# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's end of the engine's and the training's process: start, send, poll, cancel, one report when it dies.

Used by Blender's extension, by batches and by scripts. Nothing here blocks: a thread reads the channel, `poll` returns
what came.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from . import protocol
from .bundle import remove_leftovers
from .errors import EngineError, HostError
from .protocol import (
    AssetMade,
    Cancel,
    Explore,
    Explored,
    Failed,
    Generate,
    Message,
    Pause,
    Quit,
    Ready,
    Resume,
    Train,
    Trained,
    WasCancelled,
)

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# a step between two looks at the cancel flag is short; a process that does not answer in this time is killed
CANCEL_GRACE_S = 0.7
# a step of training may be long, and then a checkpoint is written
TRAINING_CANCEL_GRACE_S = 60.0
STDERR_LINES = 40
FRESH = "A fresh one starts with the next job."


def engine_command(python: str) -> list[str]:
    """The command that starts the engine with the given interpreter, isolated from its user's packages."""
    return _module_command(python, "maquette.core.worker")


def training_command(python: str) -> list[str]:
    """The command that starts the training's process, in the same way."""
    return _module_command(python, "maquette.training.worker")


def _module_command(python: str, module: str) -> list[str]:
    return [python, "-I", "-u", "-X", "utf8", str(BOOTSTRAP), module]


def engine_environment(threads: int | None = None) -> dict[str, str]:
    """The process environment: without the host's Python settings, with an allocator that keeps large blocks.

    `threads` bounds what torch uses on the CPU; None leaves it to torch.
    """
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    # glibc maps and unmaps every large temporary otherwise, and the page faults cost more than the arithmetic
    allocator = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "1073741824"}
    bound = {} if threads is None else {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    # threads that spin while they wait take the cores that the host's window draws with, and slow themselves
    waiting = {"OMP_WAIT_POLICY": clean.get("OMP_WAIT_POLICY", "PASSIVE")}
    return {**clean, **allocator, **bound, **waiting, "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}


class EngineProcess:
    """One running engine, or training. `ready` is None until it has said so; `job` is the id in flight, "" for none.

    A job that is to stop gets `cancel_grace_s` to answer, then the process is killed.
    """

    def __init__(
        self,
        python: str,
        command: Sequence[str] | None = None,
        threads: int | None = None,
        cancel_grace_s: float = CANCEL_GRACE_S,
    ) -> None:
        flags = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))  # Windows would open a console
        try:
            self._process = subprocess.Popen(
                list(command or engine_command(python)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=engine_environment(threads),
                creationflags=flags,
            )
        except OSError as error:
            raise HostError(f"The engine could not be started with '{python}': {error.strerror}.") from error
        self.ready: Ready | None = None
        self.job = ""
        self._parent: Path | None = None
        self._messages: deque[Message] = deque()
        self._something_came = threading.Event()
        self._reader_done = threading.Event()
        self._nonsense = ""
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._cancel_grace_s = cancel_grace_s
        self._cancel_deadline: float | None = None
        self._closed = False
        for target, stream in ((self._read, self._process.stdout), (self._read_stderr, self._process.stderr)):
            threading.Thread(target=target, args=(stream,), daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return not self._closed and self._process.poll() is None

    @property
    def log(self) -> str:
        """The last lines that the process wrote to stderr."""
        return "\n".join(self._stderr)

    def generate(self, job: Generate) -> None:
        """Send a job; one may be in flight."""
        self._begin(job)
        self._parent = Path(job.folder).parent

    def explore(self, job: Explore) -> None:
        """Send an exploration; one job may be in flight."""
        self._begin(job)
        self._parent = Path(job.folder)

    def train(self, job: Train) -> None:
        """Send a training; one may be in flight."""
        self._begin(job)

    def pause(self) -> None:
        """Let the training in flight wait."""
        if self.job:
            self._send(Pause(self.job))

    def resume(self) -> None:
        """Let it go on."""
        if self.job:
            self._send(Resume(self.job))

    def cancel(self) -> None:
        """Ask the job in flight to stop; `poll` kills the process if it does not answer in time."""
        if self.job and self._cancel_deadline is None:
            self._cancel_deadline = time.monotonic() + self._cancel_grace_s
            self._send(Cancel(self.job))

    def poll(self) -> list[Message]:
        """What came since the last call. A process that died answers its job with one `error`, or `cancelled`."""
        found: list[Message] = []
        self._take(found)
        if self._cancel_deadline is not None and self.job and time.monotonic() > self._cancel_deadline:
            # not `kill`, which waits for the end: a large process takes a tenth of a second to go
            self._process.kill()
            self._closed = True
            found.append(WasCancelled(self.job))
            self._end_job()
        elif not self.alive and not self._closed:
            self._process.wait()
            # what it said before it died may still be on its way through the reading thread
            self._reader_done.wait(1.0)
            self._take(found)
            self._end()
            if self.job or self.ready is None:
                found.append(self._death_report())
                self._end_job()
        return found

    def wait(self, timeout_s: float) -> None:
        """Sleep until something came or the time is over (for hosts that have no window)."""
        self._something_came.wait(timeout_s)
        self._something_came.clear()

    def kill(self) -> None:
        """End the process at once."""
        if self._process.poll() is None:
            self._process.kill()
        self._end()

    def close(self, timeout_s: float = 2.0) -> None:
        """Ask the process to end, and kill it if it does not."""
        if self.alive:
            self._send(Quit())
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._end()

    def _end(self) -> None:
        """After the process: its pipes are closed, here and by the threads that read them to their ends."""
        self._process.wait()
        self._closed = True
        assert self._process.stdin is not None
        # closing flushes, and nobody is there to read
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if self._parent is not None:
            # a process that was killed could not take away what it had half written
            remove_leftovers(self._parent, self.pid)

    def _take(self, found: list[Message]) -> None:
        while self._messages:
            message = self._messages.popleft()
            found.append(message)
            if isinstance(message, Ready):
                self.ready = message
            elif isinstance(message, (AssetMade, Explored, Trained, Failed, WasCancelled)) and message.id == self.job:
                self._end_job()

    def _begin(self, job: Generate | Explore | Train) -> None:
        if self.job:
            raise EngineError("The engine is busy. Wait for it, or cancel its job.")
        self.job = job.id
        self._send(job)

    def _end_job(self) -> None:
        self.job, self._cancel_deadline = "", None

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(protocol.encode(message).encode("utf-8"))
            self._process.stdin.flush()
        except (OSError, ValueError):
            pass  # it died, and its pipe may be closed: the next poll says so, once

    def _read(self, stream: IO[bytes]) -> None:
        while line := stream.readline(protocol.MAX_LINE_BYTES + 1):
            try:
                self._messages.append(protocol.decode(line, protocol.TO_HOST))
            except EngineError as error:
                # whoever speaks there is no engine of ours, or a broken one
                self._nonsense = str(error)
                self._process.kill()
                break
            self._something_came.set()
        stream.close()
        self._process.wait()
        self._reader_done.set()
        self._something_came.set()

    def _read_stderr(self, stream: IO[bytes]) -> None:
        while line := stream.readline(1 << 16):
            self._stderr.append(line.decode("utf-8", "replace").rstrip())
        stream.close()

    def _death_report(self) -> Failed:
        code = self._process.returncode
        if self._nonsense:
            text = self._nonsense
        elif self.ready is None:
            text = "The engine did not start. 'Check' in the preferences, or 'maquette doctor', says what is missing."
        elif code == -9 or code == 137:
            text = f"The engine's process was killed, perhaps because memory ran out. {FRESH}"
        else:
            text = f"The engine's process ended unexpectedly (exit code {code}). {FRESH}"
        return Failed(self.job, "EngineError", text, self.log)
