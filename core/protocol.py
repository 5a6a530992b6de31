# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host and the engine process say to each other: one JSON object a line, a closed set of messages.

    host -> engine    generate, cancel, quit
    engine -> host    ready, progress, warn, asset, error, cancelled

Each job's messages carry its id; a job ends with exactly one of asset, error or cancelled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from .codec import from_plain, parse_json, show, to_plain
from .errors import EngineError, InputError

PROTOCOL_VERSION = 1
DEVICES = ("auto", "cuda", "mps", "cpu")
MAX_LINE_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Message:
    """Base of all messages; `type` is the message's name on the wire."""

    type: ClassVar[str] = ""


@dataclass(frozen=True)
class Generate(Message):
    """Make what `request` (plain JSON) asks for and put it at `folder` in `formats` (see `files.export`)."""

    type: ClassVar[str] = "generate"
    id: str
    request: dict[str, Any]
    folder: str
    formats: tuple[str, ...]
    device: str = "auto"


@dataclass(frozen=True)
class Cancel(Message):
    """Stop the job; it answers cancelled, or what it had become by then."""

    type: ClassVar[str] = "cancel"
    id: str


@dataclass(frozen=True)
class Quit(Message):
    """End the process; closing its input does the same."""

    type: ClassVar[str] = "quit"


@dataclass(frozen=True)
class Ready(Message):
    """The engine has started: its version, the protocol's, and what it found."""

    type: ClassVar[str] = "ready"
    engine: str
    protocol: int
    python: str
    torch: str
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Progress(Message):
    """How far the job is, 0 to 1, and what is happening."""

    type: ClassVar[str] = "progress"
    id: str
    fraction: float
    text: str


@dataclass(frozen=True)
class Warn(Message):
    """Something the designer should know, though the job goes on."""

    type: ClassVar[str] = "warn"
    id: str
    text: str


@dataclass(frozen=True)
class AssetMade(Message):
    """The job is done: its bundle lies at `folder` with the exported `files`."""

    type: ClassVar[str] = "asset"
    id: str
    folder: str
    files: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Failed(Message):
    """The job failed. `text` is for the designer, `detail` (a traceback) for a bug report."""

    type: ClassVar[str] = "error"
    id: str
    kind: str
    text: str
    detail: str = ""


@dataclass(frozen=True)
class WasCancelled(Message):
    """The job stopped because it was asked to."""

    type: ClassVar[str] = "cancelled"
    id: str


TO_ENGINE: dict[str, type[Message]] = {kind.type: kind for kind in (Generate, Cancel, Quit)}
TO_HOST: dict[str, type[Message]] = {
    kind.type: kind for kind in (Ready, Progress, Warn, AssetMade, Failed, WasCancelled)
}


def encode(message: Message) -> str:
    """One line, newline included."""
    return json.dumps({"type": message.type, **to_plain(message)}, ensure_ascii=True, allow_nan=False) + "\n"


def decode(line: str | bytes, known: dict[str, type[Message]]) -> Message:
    """Read one line; a line that is no message of the `known` set is an EngineError."""
    if len(line) > MAX_LINE_BYTES:
        raise EngineError(f"A message of {len(line)} bytes came; {MAX_LINE_BYTES} are the most.")
    try:
        plain = parse_json(line, "The message")
        kind = plain.pop("type", None) if isinstance(plain, dict) else None
        if not isinstance(kind, str) or kind not in known:
            raise EngineError(f"{show(str(kind))} is no message of protocol {PROTOCOL_VERSION}.")
        message: Message = from_plain(known[kind], plain, f"The message '{kind}'")
        return message
    except InputError as error:
        raise EngineError(f"The engine's channel carried nonsense: {error}") from error
