# SPDX-License-Identifier: GPL-3.0-or-later
"""One Request to one folder, in an engine process: the same bytes as a batch, and a stop within a second."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import bundle
from .client import EngineProcess
from .codec import show
from .errors import Cancelled, EngineError, HostError, InputError, MaquetteError
from .files.blend import blender_command
from .files.export import check_formats
from .files.picture import check_picture
from .protocol import AssetMade, Candidate, Explored, Failed, Generate, Progress, Warn, WasCancelled
from .request import Reference, Request

JOB = "single"
STOPPING_S = 2.0


def reference_from_text(text: str, roles: Sequence[str]) -> Reference:
    """`role=path`, `role@weight=path`, or a path alone for the first role.

    A file whose own name holds `=` is taken as a path.
    """
    head, equals, path = text.partition("=")
    role, at, weight = head.partition("@")
    if equals and (role in roles or (role.isidentifier() and not os.path.exists(text))):
        return Reference(role, path, weight=_weight(weight, head)) if at else Reference(role, path)
    return Reference((*roles, "albedo")[0], text)


def _weight(text: str, head: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"The reference {show(head)} has no number as its weight. Give it as in albedo@0.3=picture.png."
        ) from None


def make(
    request: Request,
    folder: Path,
    formats: tuple[str, ...],
    device: str,
    progress: Callable[[float, str], None],
    warn: Callable[[str], None],
    engine: EngineProcess | None = None,
) -> AssetMade:
    """Make the result at `folder`, which is free or holds an older one. Ctrl-C is Cancelled, with nothing left."""
    folder = folder.resolve()
    check_formats(formats)
    if not formats:
        raise InputError("No export was named. Name one, such as png.")
    if "blend" in formats:
        blender_command()
    for reference in request.references:
        if request.declaration.noun == "picture":
            check_picture(Path(reference.path))
    bundle.check_place(folder)
    bundle.check_writable(folder)
    plain = request.hashed().resolved(Path.cwd()).to_plain()
    engine = engine or EngineProcess(sys.executable)
    try:
        engine.generate(Generate(JOB, plain, str(folder), formats, device))
        made = follow(engine, progress, warn)
        assert isinstance(made, AssetMade)
        return made
    except KeyboardInterrupt:
        stop(engine)
        raise Cancelled("Stopped. Nothing was written.") from None
    finally:
        engine.close()


def follow(
    engine: EngineProcess,
    progress: Callable[[float, str], None],
    warn: Callable[[str], None],
    tell: Callable[[Candidate], None] = lambda candidate: None,
    stopped: str = "Stopped. Nothing was written.",
) -> AssetMade | Explored:
    """Pass on what the engine says until the job has ended: what it ended with, else its error, or Cancelled with the
    sentence `stopped`."""
    while True:
        for message in engine.poll():
            if isinstance(message, Progress):
                progress(message.fraction, message.text)
            elif isinstance(message, Warn):
                warn(message.text)
            elif isinstance(message, Candidate):
                tell(message)
            elif isinstance(message, (AssetMade, Explored)):
                return message
            elif isinstance(message, Failed):
                raise error_of(message)
            elif isinstance(message, WasCancelled):
                raise Cancelled(stopped)
        engine.wait(0.1)


def error_of(message: Failed) -> MaquetteError:
    """The error that a job ended with, of its own kind."""
    kinds: dict[str, type[MaquetteError]] = {
        "InputError": InputError,
        "BundleError": InputError,
        "HostError": HostError,
    }
    return kinds.get(message.kind, EngineError)(message.text)


def stop(engine: EngineProcess) -> None:
    """Ask the job in flight to end, and wait a moment until it has."""
    engine.cancel()
    deadline = time.monotonic() + STOPPING_S
    while engine.job and time.monotonic() < deadline:
        engine.poll()
        time.sleep(0.02)
