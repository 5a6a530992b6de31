# SPDX-License-Identifier: GPL-3.0-or-later
"""`maquette explore`: candidates from one Request or several, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import bundle
from .client import EngineProcess
from .codec import canonical_json, show
from .errors import Cancelled, InputError
from .protocol import (
    DEVICES,
    MAX_CANDIDATES,
    MOVES,
    Candidate,
    Explore,
)
from .request import MAX_TEXT_BYTES, Request

JOB = "explore"
SHEET, REQUESTS = "sheet.png", "candidates.jsonl"


def add_explore(commands: Any) -> None:
    """The command `explore` and its flags."""
    parser = commands.add_parser(
        "explore",
        help="look quickly at several candidates",
        description="Makes quick looks at candidates found from one Request or several, a sheet of them all, and their "
        "Requests: each line of candidates.jsonl makes one in full, by 'batch'.",
    )
    parser.add_argument("requests", nargs="+", type=Path, metavar="REQUEST.json", help="a Request")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to make")
    parser.add_argument("--move", default="explore", choices=MOVES, help="how candidates are found (default: explore)")
    parser.add_argument(
        "--count", type=int, default=9, metavar="N", help=f"how many, up to {MAX_CANDIDATES} (default: 9)"
    )
    parser.add_argument("--strength", type=float, default=0.5, help="how far 'vary' goes, 0 to 1 (default: 0.5)")
    parser.add_argument("--seed", type=int, default=0, help="another one gives other candidates (default: 0)")
    parser.add_argument("--weights", default="", metavar="W,W,...", help="the Requests' shares in a 'mix'")
    parser.add_argument("--ratings", default="", metavar="R,R,...", help="the Requests' stars, 0 to 5, for 'more'")
    parser.add_argument("--lock", default="", metavar="NAME,...", help="parameters that no candidate changes")
    parser.add_argument("--preview", type=int, default=256, metavar="PX", help="width of a look (default: 256)")
    parser.add_argument("--device", default="auto", choices=DEVICES, help="what to compute on (default: auto)")
    parser.set_defaults(command=run_command)


def run_command(options: argparse.Namespace) -> int:
    """Make the folder `--out` with a bundle a candidate, the sheet and the Requests."""
    from .console import JobDisplay

    requests = [read_request(path) for path in options.requests]
    folder: Path = options.out.resolve()
    bundle.check_writable(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{show(str(folder))} is there already and not empty. Choose another folder.")
    job = Explore(
        JOB,
        options.move,
        tuple(request.to_plain() for request in requests),
        str(folder),
        count=options.count,
        preview=options.preview,
        seed=options.seed,
        strength=options.strength,
        weights=_numbers(options.weights, "--weights"),
        ratings=_numbers(options.ratings, "--ratings"),
        locked=tuple(name for name in options.lock.split(",") if name),
        device=options.device,
    )
    with JobDisplay() as display:
        found = explored(job, display.progress, display.say)
    _write(found, folder)
    print(f"{folder} is there: {len(found)} candidates, {SHEET}, {REQUESTS}.")
    return 0


def read_request(path: Path) -> Request:
    """A Request's file; its references' paths count from its folder."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise InputError(f"{show(str(path))} is larger than a Request can be.")
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"The Request {show(str(path))} does not exist. Check its path.") from error
    except OSError as error:
        raise InputError(f"The Request {show(str(path))} cannot be read: {error.strerror}.") from error
    return Request.from_json(text, show(str(path))).resolved(path.parent.resolve()).hashed()


def explored(
    job: Explore,
    progress: Callable[[float, str], None],
    warn: Callable[[str], None],
    engine: EngineProcess | None = None,
) -> list[Candidate]:
    """The candidates of a job, made in an engine process; Ctrl-C is Cancelled, what was made stays."""
    from .single import follow, stop

    engine = engine or EngineProcess(sys.executable)
    found: list[Candidate] = []
    try:
        engine.explore(job)
        follow(engine, progress, warn, found.append, "Stopped.")
        return found
    except KeyboardInterrupt:
        stop(engine)
        raise Cancelled(f"Stopped after {len(found)} candidates.") from None
    finally:
        engine.close()


def _write(found: Sequence[Candidate], folder: Path) -> None:
    from .contact_sheet import contact_sheet
    from .thumbnail import THUMBNAIL

    pictures = {str(one.number + 1): Path(one.folder) / THUMBNAIL for one in found}
    contact_sheet(pictures, folder / SHEET)
    lines = [canonical_json({**one.request, "name": Path(one.folder).name}) + "\n" for one in found]
    (folder / REQUESTS).write_text("".join(lines), encoding="ascii", newline="\n")


def _numbers(text: str, flag: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(f"{flag} takes numbers with commas between; {show(text)} was given.") from None
