# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evaluation of the architecture methods: its parts one after the other, figures and notes after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ....core import engine
from ....core.request import Request
from ...data.city_buildings import city_files, file_sha256
from ...evaluate import ARCHITECTURE_PARTS, MINUTES
from ..parts import Runs, check, run_parts
from . import exchange, form, kernel, massing, plan, scene_time
from .study import Study

# five storeys and about sixty windows
_IN_SCENE = {"storeys": 5, "width_m": 14.0, "depth_m": 8.0, "interiors": False}
EXPECTED = (
    *kernel.EXPECTED,
    "kernel.seconds_in_scene",
    *massing.EXPECTED,
    *plan.EXPECTED,
    *form.EXPECTED,
    "ifc.schema_errors",
    "ifc.quantity_error",
    "gltf.round_trip_ok",
)


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
    cities = city_files(data)
    study = Study(
        generator="architecture",
        hashes=tuple(file_sha256(path) for path in cities),
        out=out,
        say=say,
        data=data,
        cities=cities,
    )
    # each part and the share of the time left that it may take
    runs: Runs[Study] = {
        "kernel": (_kernel, 0.3),
        "form": (form.evaluate, 0.3),
        "ifc": (exchange.evaluate_ifc, 0.3),
        "gltf": (exchange.evaluate_gltf, 0.3),
        "plan": (plan.evaluate_plans, 0.45),
        "massing": (massing.judge_massing, 1.0),
    }
    otherwise = "Not judged yet." if cities else f"There are no buildings in {data / 'architecture' / 'city'}."
    run_parts(study, runs, [part for part in parts if part in runs], started + 60 * minutes, EXPECTED, otherwise, {})
    return study.figures


def _kernel(study: Study) -> None:
    kernel.evaluate_kernel(study)
    plain = {"generator": "architecture", "method": "building", "params": _IN_SCENE}
    scene_time.time_in_scene(study, engine.generate(Request.from_plain(plain), device="cpu"))
