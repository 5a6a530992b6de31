# SPDX-License-Identifier: GPL-3.0-or-later
"""Seconds and peak memory of one way to make a material, measured in a process of its own.

    python -I core/bootstrap.py maquette.training.evaluation.texture.timing '{"way": "exemplar", "pictures": {}, ...}'

The process has the environment of the engine's worker, its allocator included; it is warmed up by as many runs as its
`warm` says, and answers with one JSON line. Pictures are read from disk within the time, as in the engine.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ....core.client import BOOTSTRAP, engine_environment
from ....core.files.picture import read_picture
from ....core.texture.maps import MAPS
from .making import make, predict_maps, sample_maps

MODULE = "maquette.training.evaluation.texture.timing"


class NotTimed(Exception):
    """A measurement that did not come about, and why."""


def timed(way: str, *, limit_s: float, runs: int = 1, warm: int = 0, **given: Any) -> dict[str, float]:
    """`seconds` (the median of the runs) and `gibibytes` of a way of WAYS, or NotTimed."""
    if limit_s <= 0:
        raise NotTimed("The time was up before; run it again.")
    job = {"way": way, "runs": runs, "warm": warm, **given}
    command = [sys.executable, "-I", "-X", "utf8", str(BOOTSTRAP), MODULE, json.dumps(job)]
    try:
        finished = subprocess.run(
            command, env=engine_environment(), capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotTimed(f"It was stopped after {limit_s:.0f} s, when its time was up.") from None
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["it said nothing"]
        raise NotTimed(f"It failed with exit code {finished.returncode}: {lines[-1]}")
    answer: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return answer


def method(job: Mapping[str, Any]) -> Callable[[], object]:
    """A Request of a texture method, as the engine answers it."""
    return lambda: make(job["method"], job["pictures"], seed=0, device=job.get("device", "cpu"), **job["params"])


def prototype(job: Mapping[str, Any]) -> Callable[[], object]:
    """The research prototype on the same pictures."""
    from ...metrics.prototype import prototype_folder, run_prototype

    folder = prototype_folder()
    assert folder is not None
    return lambda: run_prototype(folder, read_pictures(job["pictures"]), job["size"])


def quilting(job: Mapping[str, Any]) -> Callable[[], object]:
    """The plain reference on the same pictures."""
    from ...metrics.reference_quilting import quilt_plainly

    return lambda: quilt_plainly(np.concatenate(list(read_pictures(job["pictures"]).values()), 2), job["size"])


def photo(job: Mapping[str, Any]) -> Callable[[], object]:
    """`photo` on an albedo in memory."""
    albedo = read_pictures(job["pictures"])["albedo"]
    return lambda: predict_maps(albedo)


def nine(job: Mapping[str, Any]) -> Callable[[], object]:
    """Nine samples of `family`, 256 px."""
    return lambda: [sample_maps(seed, 256) for seed in range(9)]


WAYS: dict[str, Callable[[Mapping[str, Any]], Callable[[], object]]] = {
    "method": method,
    "prototype": prototype,
    "quilting": quilting,
    "photo": photo,
    "nine": nine,
}


def measure(job: Mapping[str, Any], way: Callable[[], object]) -> dict[str, float]:
    """Runs a way as often as the job says."""
    seconds = []
    for _ in range(int(job["warm"]) + int(job["runs"])):
        started = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - started)
    figures = {"seconds": statistics.median(seconds[int(job["warm"]) :])}
    peak = peak_gibibytes()
    return figures if peak is None else {**figures, "gibibytes": peak}


def peak_gibibytes() -> float | None:
    """The most memory that this process has held; None where the system does not say (only Linux does here)."""
    try:
        # the peak that `resource` knows would include that of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 2**20 if found else None


def read_pictures(pictures: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The maps of picture files by role."""
    return {
        name: read_picture(Path(path), MAPS[name].channels, srgb=MAPS[name].srgb) for name, path in pictures.items()
    }


def main() -> None:
    """Measures what the one argument says."""
    job = json.loads(sys.argv[1])
    print(json.dumps(measure(job, WAYS[job["way"]](job))))


if __name__ == "__main__":
    main()
