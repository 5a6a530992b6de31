# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an evaluation one after the other, figures and notes written after each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch

from ...core.codec import show
from ...core.errors import InputError
from ...core.version import VERSION
from .study import Study, write_json

Kind = TypeVar("Kind", bound=Study)
# each part, and the share of the time that is left at its start which it may take
Runs = Mapping[str, tuple[Callable[[Kind], None], float]]


def check(data: Path, parts: Sequence[str], known: Sequence[str], minutes: float, holds: str) -> None:
    """Raise InputError for what cannot be evaluated, before any work; `holds` says what the folder is to hold."""
    if not data.is_dir():
        raise InputError(f"The folder {show(str(data))} does not exist. Name one with {holds}.")
    if not 0 < minutes < 1e6:
        raise InputError(f"The evaluation cannot take {minutes:g} minutes. Give a number above 0.")
    for name in parts:
        if name not in known:
            raise InputError(f"There is no part {show(name)} to evaluate. There is: {', '.join(known)}.")


def run_parts(
    study: Kind,
    runs: Runs[Kind],
    parts: Sequence[str],
    end: float,
    expected: Sequence[str],
    otherwise: str,
    about: Mapping[str, Any],
) -> None:
    """Run the named parts until `end` (monotonic clock), and write `figures.json` and `notes.json` after each.

    expected: every figure that must be in the one, or its reason in the other; `otherwise` is the reason where a part
    gave none. about: what else the notes hold.
    """
    for name in parts:
        run, share = runs[name]
        study.deadline = time.monotonic() + share * max(0.0, end - time.monotonic())
        run(study)
        _write(study, parts, expected, otherwise, about)


def _write(
    study: Study, parts: Sequence[str], expected: Sequence[str], otherwise: str, about: Mapping[str, Any]
) -> None:
    wanted = [key for key in expected if key.split(".")[0] in parts]
    reasons = {key: study.absent.get(key.split(".")[0]) or otherwise for key in wanted}
    reasons |= {key: reason for key, reason in study.absent.items() if "." in key}
    absent = {key: reason for key, reason in reasons.items() if key not in study.figures}
    notes = {
        "absent": dict(sorted(absent.items())),
        "protocol": study.protocol,
        **about,
        "machine": {"maquette": VERSION, "torch": torch.__version__, "cores": os.cpu_count() or 0},
    }
    write_json(study.out / "figures.json", dict(sorted(study.figures.items())))
    write_json(study.out / "notes.json", notes)
