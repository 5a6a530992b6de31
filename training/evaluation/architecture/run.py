# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evaluation of the architecture methods: its parts one after the other, figures and notes after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...evaluate import ARCHITECTURE_PARTS, MINUTES
from ..parts import Runs, check, run_parts
from .study import Study, file_sha256, find_cities

EXPECTED: tuple[str, ...] = ()


def evaluate_architecture(
    data: Path,
    out: Path,
    parts: Sequence[str] = ARCHITECTURE_PARTS,
    minutes: float = MINUTES,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Judges the parts named on the city in `data` and writes the results to `out`; the figures."""
    started = time.monotonic()
    check(data, parts, ARCHITECTURE_PARTS, minutes, "cities of real buildings in its 'architecture/city'")
    cities = find_cities(data)
    study = Study(
        generator="architecture",
        hashes=tuple(file_sha256(path) for path in cities),
        out=out,
        say=say,
        data=data,
        cities=cities,
    )
    # each part and the share of the time left that it may take
    runs: Runs[Study] = {}
    otherwise = "Not judged yet." if cities else f"There are no buildings in {data / 'architecture' / 'city'}."
    run_parts(study, runs, [part for part in parts if part in runs], started + 60 * minutes, EXPECTED, otherwise, {})
    return study.figures
