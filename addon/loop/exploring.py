# SPDX-License-Identifier: GPL-3.0-or-later
"""An exploration on its way: one job of the queue, whose candidates come into the scene one by one.

What was heard stays in memory while the job lasts: an undo meanwhile takes nothing away, and what came before the
engine died is kept.
"""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import InputError, MaquetteError
from ...core.protocol import Candidate, Explore
from ...core.request import Request
from ..delivery import LOST, StagesNothing
from ..jobs import Job
from ..package import cache_folder, preferences
from ..scene.targets import Target
from ..texts import said
from . import sheet, thumbnails
from .candidates import Heard, Run, show_run
from .locks import kept_for, locked_params, locked_parts
from .recording import THUMBNAIL

POLL_S = 0.05
PREVIEW_PX = 256
TITLES = {
    "explore": "Explore",
    "vary": "Vary",
    "mix": "Mix",
    "between": "Between",
    "more": "More Like These",
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Move:
    """What is asked of the engine: see `core.protocol.Explore`."""

    name: str
    requests: tuple[Request, ...]
    count: int
    seed: int = 0
    strength: float = 0.5
    weights: tuple[float, ...] = ()
    ratings: tuple[float, ...] = ()
    locked: tuple[str, ...] = ()
    locks: dict[str, str] = field(default_factory=dict)


class CandidatesDelivery(StagesNothing):
    """Puts candidates into the scene as they come."""

    undo = True
    poll_s = POLL_S
    again, smaller = "maquette.explore", ""

    def __init__(self, scene: Target, run: Run) -> None:
        self.scene, self.run = scene, run
        self.heard: list[Heard] = []

    def candidate(self, message: Candidate) -> None:
        """One more is ready."""
        if any(heard.number == message.number for heard in self.heard):
            return
        try:
            request = Request.from_plain(message.request, f"Candidate {message.number + 1}").hashed()
        except MaquetteError as error:
            # one that cannot be read is not worth the others
            print(f"Maquette: {error}")
            return
        file = Path(message.folder) / THUMBNAIL
        self.heard.append(Heard(message.number, request, thumbnails.thumbnail_of(file), str(file)))
        self._show()

    def apply(self) -> tuple[str, list[str]]:
        """The run is over: whole, or what there is of it."""
        if not self.heard:
            raise InputError("No candidate could be made. Unlock something, or start from something else.")
        self._show(last=True)
        missing = self.run.count - len(self.heard)
        lacking = "{missing} of {count} could not be told apart or made."
        words = [said(lacking, missing=missing, count=self.run.count)] if missing > 0 else []
        return f"{len(self.heard)} candidates", words

    def ready(self) -> str:
        """How many there are."""
        template = "{count} candidates are ready." if len(self.heard) != 1 else "One candidate is ready."
        return said(template, count=len(self.heard))

    def discard(self) -> None:
        """What came before the end stays in the gallery."""
        if self.heard:
            self._show(last=True)

    def after_load(self, same_file: bool) -> None:
        """By name in the same file, nowhere in another."""
        self.scene = self.scene.after_load() if same_file else Target("", 0)

    def fresh(self, scene: Target | None = None) -> CandidatesDelivery:
        """What came before gives way as the same comes again."""
        return CandidatesDelivery(scene or self.scene, self.run)

    def lost(self) -> str:
        """Where the scene is gone."""
        return "" if self.scene.find_in(bpy.data.scenes) is not None else LOST

    def _show(self, last: bool = False) -> None:
        scene = self.scene.find_in(bpy.data.scenes) if self.scene.name else None
        if scene is not None:
            show_run(scene, self.run, self.heard)
            (sheet.update_sheet if last else sheet.follow)(scene)


def explore_job(context: Any, move: Move, origin: Sequence[float]) -> Job:
    """The job of a move. InputError before any work where it cannot be made."""
    scene, start = context.scene, move.requests[0]
    _check(move)
    x, y, z = (float(value) for value in origin)
    run = Run(uuid.uuid4().hex[:16], move.name, move.count, start, (x, y, z))
    folder = cache_folder() / "explore" / f"{os.getpid()}-{next(_numbers)}"
    delivery = CandidatesDelivery(Target(scene.name, scene.session_uid), run)
    title = f"{TITLES[move.name]} {start.declaration.label}"
    job = Job(title=title, request=start, delivery=delivery, folder=folder, device=preferences().device)
    kept = kept_for([*move.requests, _with_locks(start, move.locks)])
    job.message = lambda: _message(job, move, kept)
    return job


def with_panel_locks(context: Any, start: Request) -> dict[str, Any]:
    """The locked parameters and parts of the panel for candidates of this Request's method."""
    scene, method = context.scene, start.declaration
    return {"locked": locked_params(scene, method), "locks": locked_parts(scene, method)}


def _check(move: Move) -> None:
    kinds = {(request.generator, request.method) for request in move.requests}
    if len(kinds) > 1:
        names = ", ".join(sorted(method for _, method in kinds))
        raise InputError(f"Candidates of one method go together; these are of {names}. Pick others.")


def _with_locks(request: Request, locks: dict[str, str]) -> Request:
    return replace(request, locks={**(request.locks or {}), **locks} or None)


def _message(job: Job, move: Move, kept: dict[str, Any]) -> Explore:
    return Explore(
        id=job.id,
        move=move.name,
        requests=tuple(request.to_plain() for request in move.requests),
        folder=str(job.folder),
        count=move.count,
        preview=PREVIEW_PX,
        seed=move.seed,
        strength=move.strength,
        weights=move.weights,
        ratings=move.ratings,
        locked=move.locked,
        locks=move.locks,
        kept=kept,
        device=job.device,
    )
