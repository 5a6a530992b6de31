# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers an `Explore` message: finds the candidates, makes a quick look at each, tells of each at once."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch

from . import bundle, engine, explore
from .codec import show
from .context import Context, Progress, span
from .errors import Cancelled, HostError, InputError, MaquetteError
from .explore import Code, Codes, mean_code
from .kept import read_kept
from .protocol import MAX_CANDIDATES, MOVES, Candidate, Explore, Explored
from .request import Request
from .thumbnail import THUMBNAIL, thumbnail

LEAST_PREVIEW, MOST_PREVIEW = 64, 1024
MOST_STARS = 5.0
# the share of the progress that finding the candidates takes
_FINDING = 0.1


class MethodCodes:
    """What the methods' modules say of their codes.

    Such a module has `codes(request, count, context)`: the codes that chance draws, first the one that the Request's
    seed gives; and `mixed_code(codes, weights)` where the weighted mean is not what lies between.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def drawn(self, request: Request, count: int) -> list[Code]:
        """Up to `count` codes that chance draws; none where the method has no codes."""
        if not request.declaration.codes or count < 1:
            return []
        with torch.inference_mode():
            return [tuple(code) for code in _module(request).codes(request, count, self._context)]

    def mixed(self, request: Request, codes: Sequence[Code], weights: Sequence[float]) -> Code:
        """The code between several."""
        if not request.declaration.codes:
            return mean_code(codes, weights)
        mixed = cast(Callable[..., Code], getattr(_module(request), "mixed_code", mean_code))
        with torch.inference_mode():
            return mixed(codes, weights)

    def linear(self, request: Request) -> bool:
        """Whether sums of codes are codes again: where the method has no rule of its own."""
        return not request.declaration.codes or not hasattr(_module(request), "mixed_code")


def run(job: Explore, progress: Progress, warn: Callable[[str], None], tell: Callable[[Candidate], None]) -> Explored:
    """Make every candidate of the job and `tell` of each; what was made before a cancellation stays.

    A candidate that fails is told by `warn` and the others go on; where all fail, the last one's error is the job's.
    """
    check(job)
    progress(0.0, "Finding candidates")
    kept = read_kept(job.kept)
    requests = [Request.from_plain(plain).hashed() for plain in job.requests]
    context = Context(torch.device(engine.pick_device(job.device)), None, span(progress, 0.0, _FINDING), warn)
    found = candidates(job, requests, MethodCodes(context))
    made = 0
    for number, request in enumerate(found):
        share = (1 - _FINDING) / len(found)
        steps = span(progress, _FINDING + share * number, share)
        try:
            tell(_looked_at(job, number, request, kept, steps, warn))
            made += 1
        except (Cancelled, HostError):
            raise
        except Exception as error:  # the others are worth having whatever befell this one
            if number == len(found) - 1 and not made:
                raise
            warn(f"Candidate {number + 1} could not be made. {_said(error)}")
    return Explored(job.id, made)


def check(job: Explore) -> None:
    """Raise InputError for an exploration that cannot be begun."""
    if job.move not in MOVES:
        raise InputError(f"There is no move {show(job.move)}. Known are {', '.join(MOVES)}.")
    if not 1 <= job.count <= MAX_CANDIDATES:
        raise InputError(f"Between 1 and {MAX_CANDIDATES} candidates can be made; {job.count} were asked for.")
    if not LEAST_PREVIEW <= job.preview <= MOST_PREVIEW:
        raise InputError(f"A preview is {LEAST_PREVIEW} to {MOST_PREVIEW} px wide; {job.preview} was given.")
    if not job.requests:
        raise InputError("A move starts from one Request or more, and none was given.")
    explore.check_strength(job.strength)
    if job.move == "between" and len(job.requests) != 2:
        raise InputError(f"A row lies between two candidates; {len(job.requests)} were picked. Pick two.")
    if job.move == "more" and len(job.ratings) != len(job.requests):
        raise InputError(f"{len(job.requests)} candidates and {len(job.ratings)} ratings were given. Give one each.")
    for rating in job.ratings:
        if not 0 <= rating <= MOST_STARS:
            raise InputError(f"A rating lies between 0 and {MOST_STARS:g} stars; {rating:g} was given.")


def candidates(job: Explore, requests: Sequence[Request], codes: Codes) -> list[Request]:
    """The Requests that the move finds, in the order in which they are made."""
    first, locked = requests[0], job.locked
    explore.check_locked(first, locked)
    first.declaration.check_locks(job.locks)
    if job.move == "explore":
        found = explore.explore(first, job.count, job.seed, locked, job.strength, codes)
    elif job.move == "vary":
        found = explore.vary(first, job.count, job.seed, job.strength, locked, codes)
    elif job.move == "mix":
        found = explore.mix(requests, job.count, job.seed, job.weights, locked, codes)
    elif job.move == "between":
        found = explore.between(requests[0], requests[1], job.count, locked, codes)
    else:
        from .explore_search import EvolutionSearch

        search = EvolutionSearch(job.seed, locked, codes)
        for request, rating in zip(requests, job.ratings, strict=True):
            search.tell(request, rating)
        found = search.ask(job.count)
    return [replace(request, locks=dict(job.locks)) if job.locks else request for request in found]


def _looked_at(
    job: Explore,
    number: int,
    request: Request,
    kept: Mapping[str, Request],
    progress: Progress,
    warn: Callable[[str], None],
) -> Candidate:
    """One candidate with its bundle, whole or not at all."""
    asset = engine.generate(
        request,
        device=job.device,
        progress=span(progress, 0.0, 0.9),
        warn=warn,
        preview=job.preview,
        kept=kept,
    )
    progress(0.9, "Taking its picture")
    picture = thumbnail(asset)
    folder = Path(job.folder) / f"candidate-{number + 1:02d}"
    with bundle.writing(folder) as temporary:
        (temporary / THUMBNAIL).write_bytes(picture)
        bundle.write_asset(asset, temporary, (THUMBNAIL,))
    progress(1.0, "Taking its picture")
    return Candidate(job.id, number, request.to_plain(), str(folder))


def _module(request: Request) -> Any:
    return importlib.import_module(f".{request.declaration.codes}", __package__)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, MaquetteError) else f"{type(error).__name__}: {error}"
