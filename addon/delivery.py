# SPDX-License-Identifier: GPL-3.0-or-later
"""How a finished result comes from its folder into the scene: what the queue of jobs asks of each kind of result.

begin -> read (off the main thread) until it is there -> stage, a piece a tick -> apply, at once
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from ..core import bundle
from ..core.errors import BundleError
from ..core.protocol import Candidate
from ..core.request import Request
from .scene.targets import Target

LOST = "what it was for is gone."
# what is said at the end, with the result's name in it
READY = "'{name}' is ready."


class Delivery(Protocol):
    """One result on its way into the scene. `formats` are what the engine writes; `quiet` deliveries say nothing when
    all is well; `undo` says whether the result is an undo step (else that is left to whoever asked for it, or the scene
    is not changed); `poll_s` is how often the engine is asked; `again` and `smaller` are the operators that try once
    more, and with less memory, "" where there is none."""

    formats: tuple[str, ...]
    quiet: bool
    undo: bool
    poll_s: float
    again: str
    smaller: str

    def is_whole(self, folder: Path) -> bool:
        """Whether an earlier run left a complete result there."""

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Begin to read; sentences for the designer."""

    def read(self) -> bool:
        """Whether everything is read; raises what went wrong."""

    def stage(self) -> bool:
        """Put the next piece into the file; False once all are."""

    def apply(self) -> tuple[str, list[str]]:
        """Show it in the scene; its name there, and sentences for the designer."""

    def discard(self) -> None:
        """Take back what was staged."""

    def after_load(self, same_file: bool) -> None:
        """A file was loaded: the same one again, or another."""

    def fresh(self, scene: Target | None = None) -> Delivery:
        """One more for the same place, that has read and staged nothing: for another try. With `scene` for a new thing
        there."""

    def lost(self) -> str:
        """What is gone, as a clause with a full stop, where there is no place for the result any more; else ""."""


class StagesNothing:
    """What the deliveries share that put nothing into the open file before `apply`, and mind no file on disk."""

    formats: tuple[str, ...] = ()
    quiet = False
    undo = False
    poll_s = 0.1
    again, smaller = "", ""

    def is_whole(self, folder: Path) -> bool:
        """It is made anew each time."""
        return False

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Nothing is read ahead."""
        return []

    def read(self) -> bool:
        """Nothing is read ahead."""
        return True

    def stage(self) -> bool:
        """Nothing is put into the file."""
        return False

    def discard(self) -> None:
        """There is nothing to take back."""

    def after_load(self, same_file: bool) -> None:
        """A file on disk does not mind which .blend is open."""

    def lost(self) -> str:
        """A file on disk is never lost."""
        return ""


@runtime_checkable
class SaysReady(Protocol):
    """A delivery with words of its own for its end."""

    def ready(self) -> str:
        """A sentence, in the interface's language."""


@runtime_checkable
class HearsCandidates(Protocol):
    """A delivery of an exploration."""

    def candidate(self, message: Candidate) -> None:
        """One candidate is ready; called between two draws of the window, so it is quick."""


def files_are_there(folder: Path) -> bool:
    """Whether a folder holds a result with all the files that it lists."""
    if not (folder / bundle.MANIFEST).is_file():
        return False
    try:
        files = bundle.read_manifest(folder)["files"]
    except BundleError:
        return False
    return all((folder / name).is_file() for name in files)
