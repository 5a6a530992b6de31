# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's process: `python -m maquette.core.worker`. Reads jobs from stdin, answers on stdout; see `protocol`.

Descriptor 1 is kept for the channel alone: it is duplicated before anything heavy is imported, then pointed at stderr,
so that no library's print can corrupt a message. One job at a time; modules and models stay loaded between jobs.
"""

from __future__ import annotations

import functools
import os
import platform
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from . import protocol
from .context import span
from .errors import Cancelled, MaquetteError
from .protocol import (
    AssetMade,
    Cancel,
    Explore,
    Explored,
    Failed,
    Generate,
    Message,
    Progress,
    Quit,
    Ready,
    Warn,
    WasCancelled,
)
from .version import VERSION

# progress is shown by people's eyes: more often only costs the host
PROGRESS_INTERVAL_S = 0.05
LAST_WORDS_S = 2.0


class Channel:
    """The line to the host: `send` from any thread, whole lines only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Write one message; a host that is gone ends the process."""
        with self._lock:
            try:
                self._stream.write(protocol.encode(message))
                self._stream.flush()
            except (BrokenPipeError, OSError, ValueError):
                os._exit(0)


def take_standard_streams() -> tuple[TextIO, TextIO]:
    """(input, output) of the channel; from here on prints go to stderr and nobody else reads stdin."""
    channel_in, channel_out = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    reader = os.fdopen(channel_in, "r", encoding="utf-8", errors="replace", newline="\n")
    return reader, os.fdopen(channel_out, "w", encoding="utf-8", newline="\n")


def listen(stream: TextIO, channel: Channel, known: dict[str, type[Message]]) -> Iterator[Message]:
    """The host's messages until it quits or is gone; a line that is none of the `known` is answered with an error."""
    while line := stream.readline(protocol.MAX_LINE_BYTES + 1):
        try:
            message = protocol.decode(line, known)
        except MaquetteError as error:
            channel.send(Failed("", type(error).__name__, str(error)))
            continue
        if isinstance(message, Quit):
            return
        yield message


class Inbox:
    """Jobs in order, and which of them were cancelled; fed by a thread that reads the channel."""

    def __init__(self, stream: TextIO, channel: Channel) -> None:
        self._stream, self._channel = stream, channel
        self._jobs: queue.SimpleQueue[Generate | Explore | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._host_is_gone = False
        threading.Thread(target=self._read, name="maquette-inbox", daemon=True).start()

    def next_job(self) -> Generate | Explore | None:
        """Wait for the next job; None when the host is done."""
        return self._jobs.get()

    def is_cancelled(self, job: str) -> bool:
        """Whether the host asked to stop this job."""
        return self._host_is_gone or job in self._cancelled

    def _read(self) -> None:
        for message in listen(self._stream, self._channel, protocol.TO_ENGINE):
            if isinstance(message, (Generate, Explore)):
                self._cancelled.discard(message.id)
                self._jobs.put(message)
            elif isinstance(message, Cancel):
                self._cancelled.add(message.id)
        # whatever runs has nobody to answer to: it gets the time to tidy up behind itself
        self._host_is_gone = True
        self._jobs.put(None)
        time.sleep(LAST_WORDS_S)
        os._exit(0)


class Speaker:
    """One job's voice: throttled progress that raises Cancelled, and warnings."""

    def __init__(self, job: str, inbox: Inbox, channel: Channel) -> None:
        self._job, self._inbox, self._channel = job, inbox, channel
        self._last, self._text = 0.0, ""

    def progress(self, fraction: float, text: str) -> None:
        """Tell how far the job is; raises Cancelled once the host asked to stop."""
        if self._inbox.is_cancelled(self._job):
            raise Cancelled("Cancelled.")
        now = time.monotonic()
        if text != self._text or now - self._last >= PROGRESS_INTERVAL_S:
            self._last, self._text = now, text
            self._channel.send(Progress(self._job, min(max(fraction, 0.0), 1.0), text))

    def warn(self, text: str) -> None:
        """Tell the designer something, and go on."""
        self._channel.send(Warn(self._job, text))


def run_job(job: Generate, speaker: Speaker) -> AssetMade:
    """Make one bundle, whole or not at all."""
    from . import bundle, engine
    from .files import export
    from .kept import read_kept
    from .request import Request

    started = time.monotonic()
    request = Request.from_plain(job.request)
    speaker.progress(0.0, "Starting")
    asset = engine.generate(
        request,
        device=job.device,
        progress=span(speaker.progress, 0.0, 0.9),
        warn=speaker.warn,
        preview=job.preview or None,
        kept=read_kept(job.kept),
    )
    folder = Path(job.folder)
    with bundle.writing(folder) as temporary:
        progress = span(speaker.progress, 0.9, 0.1)
        files = export.export(asset, temporary, job.formats, progress=progress, title=folder.name)
    return AssetMade(job.id, job.folder, files, time.monotonic() - started)


def run_exploration(job: Explore, speaker: Speaker, channel: Channel) -> Explored:
    """Make every candidate, each told of as soon as it is there."""
    from . import exploring

    return exploring.run(job, speaker.progress, speaker.warn, channel.send)


def run_any(job: Generate | Explore, speaker: Speaker, channel: Channel) -> Message:
    """What answers a job of either kind."""
    return run_job(job, speaker) if isinstance(job, Generate) else run_exploration(job, speaker, channel)


def answer(job: str, channel: Channel, work: Callable[[], Message]) -> None:
    """Do one job's work and send exactly one message that ends it: what the work returns, cancelled, or error."""
    try:
        channel.send(work())
    except Cancelled:
        channel.send(WasCancelled(job))
    except MaquetteError as error:
        channel.send(Failed(job, type(error).__name__, str(error)))
    except ModuleNotFoundError as error:
        lacking = (error.name or str(error)).split(".")[0]
        text = f"The engine's Python lacks the package '{lacking}': an older Maquette made it. Make it anew."
        channel.send(Failed(job, "HostError", text, traceback.format_exc()))
    except Exception as error:  # noqa: BLE001 the process must outlive any job, and the report names the cause
        text = f"The engine met an error it does not know ({type(error).__name__}: {error}). Please report it."
        channel.send(Failed(job, "EngineError", text, traceback.format_exc()))


def open_channel() -> tuple[TextIO, Channel]:
    """The lines from and to the host; the process steps back behind its window and leaves Ctrl-C to it."""
    stream, out = take_standard_streams()
    if hasattr(os, "nice"):
        os.nice(5)  # the host's window comes first
    # Ctrl-C in a terminal reaches both: the host decides, and asks to cancel
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return stream, Channel(out)


def say_ready(channel: Channel, load: Callable[[], object] = lambda: None) -> None:
    """Load torch, the engine and what `load` imports, and tell the host; a missing package ends the process."""
    try:
        import torch

        from . import engine

        load()
    except ImportError as error:
        text = f"The engine's environment lacks a package: {error}. Make the environment again in the preferences."
        channel.send(Failed("", "HostError", text, traceback.format_exc()))
        sys.exit(1)
    devices = engine.available_devices()
    channel.send(Ready(VERSION, protocol.PROTOCOL_VERSION, platform.python_version(), torch.__version__, devices))


def main() -> None:
    """Serve until the host closes the channel."""
    stream, channel = open_channel()
    inbox = Inbox(stream, channel)
    say_ready(channel)
    while (job := inbox.next_job()) is not None:
        answer(job.id, channel, functools.partial(run_any, job, Speaker(job.id, inbox, channel), channel))


if __name__ == "__main__":
    main()
