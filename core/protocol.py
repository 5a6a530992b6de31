# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host and its processes say to each other: one JSON object a line, a closed set of messages.

    host -> engine      generate, explore, cancel, quit
    engine -> host      ready, progress, warn, asset, candidate, explored, error, cancelled
    host -> training    train, pause, resume, cancel, quit
    training -> host    ready, training, warn, trained, error, cancelled

Each job's messages carry its id; a job ends with exactly one of asset, explored, trained, error or cancelled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .codec import from_plain, parse_json, show, to_plain
from .errors import EngineError, InputError

PROTOCOL_VERSION = 1
DEVICES = ("auto", "cuda", "mps", "cpu")
MOVES = ("explore", "vary", "mix", "between", "more")
MAX_CANDIDATES = 36
MAX_LINE_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Message:
    """Base of all messages; `type` is the message's name on the wire."""

    type: ClassVar[str] = ""


@dataclass(frozen=True)
class Generate(Message):
    """Make what `request` (plain JSON) asks for and put it at `folder` in `formats` (see `files.export`).

    `preview` above 0 is the longest side, in pixels, of a quick look at it. `kept` are the Requests that its locks
    name, by their keys.
    """

    type: ClassVar[str] = "generate"
    id: str
    request: dict[str, Any]
    folder: str
    formats: tuple[str, ...]
    device: str = "auto"
    preview: int = 0
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Explore(Message):
    """Make `count` quick looks, `preview` pixels wide, at candidates found from `requests` by a `move` of `MOVES`.

    `strength` in [0, 1] is how far "vary" goes, `weights` are those of "mix", `ratings` (0 to 5, one a Request) those
    of "more". `locked` names parameters that no move changes; `locks` are the candidates' own (see `Request`), `kept`
    the Requests that they name, by their keys. Each candidate is answered as soon as it is made, in a folder below
    `folder`.
    """

    type: ClassVar[str] = "explore"
    id: str
    move: str
    requests: tuple[dict[str, Any], ...]
    folder: str
    count: int = 9
    preview: int = 256
    seed: int = 0
    strength: float = 0.5
    weights: tuple[float, ...] = ()
    ratings: tuple[float, ...] = ()
    locked: tuple[str, ...] = ()
    locks: dict[str, str] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    device: str = "auto"


@dataclass(frozen=True)
class Cancel(Message):
    """Stop the job; it answers cancelled, or what it had become by then."""

    type: ClassVar[str] = "cancel"
    id: str


@dataclass(frozen=True)
class Train(Message):
    """Train `model` ("texture/photo") on the folder `data`, checkpoints in `out`; see `training.session.Wish`.

    With a `name` the finished model is put into the method's model list under it. `changes` replace settings of the
    preset.
    """

    type: ClassVar[str] = "train"
    id: str
    model: str
    data: str
    out: str
    name: str = ""
    preset: str = "cpu"
    changes: dict[str, Any] = field(default_factory=dict)
    labelled: str = ""
    start: str = "nothing"
    licence: str = ""
    device: str = "auto"


@dataclass(frozen=True)
class Pause(Message):
    """Let the training wait before its next step; memory stays taken."""

    type: ClassVar[str] = "pause"
    id: str


@dataclass(frozen=True)
class Resume(Message):
    """Let a training that was paused go on."""

    type: ClassVar[str] = "resume"
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
class Candidate(Message):
    """One candidate of an exploration, counted from 0: `request` makes it in full; the bundle of its quick look lies at
    `folder` with a `thumbnail.png`."""

    type: ClassVar[str] = "candidate"
    id: str
    number: int
    request: dict[str, Any]
    folder: str


@dataclass(frozen=True)
class Explored(Message):
    """An exploration is done; `count` candidates were made."""

    type: ClassVar[str] = "explored"
    id: str
    count: int


@dataclass(frozen=True)
class Training(Message):
    """How far a training is: `images` of `total_images` shown, `rate` a second.

    `figures` are the latest losses and scores, `sheet` the path of the latest picture of samples, "" before the first.
    """

    type: ClassVar[str] = "training"
    id: str
    images: int
    total_images: int
    rate: float
    seconds_left: float
    text: str
    figures: dict[str, float] = field(default_factory=dict)
    sheet: str = ""
    paused: bool = False


@dataclass(frozen=True)
class Trained(Message):
    """The training is done: the weights and, beside them, their card."""

    type: ClassVar[str] = "trained"
    id: str
    model: str
    card: str


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


TO_ENGINE: dict[str, type[Message]] = {kind.type: kind for kind in (Generate, Explore, Cancel, Quit)}
TO_TRAINING: dict[str, type[Message]] = {kind.type: kind for kind in (Train, Pause, Resume, Cancel, Quit)}
TO_HOST: dict[str, type[Message]] = {
    kind.type: kind
    for kind in (Ready, Progress, Warn, AssetMade, Candidate, Explored, Training, Trained, Failed, WasCancelled)
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
