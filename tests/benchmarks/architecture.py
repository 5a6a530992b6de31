# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the architecture methods against plain references.

    python tests/benchmarks/architecture.py kernel     buildings a minute on one core, beside a building by loops

Real footprints: --data, else MAQUETTE_DATA, else ../shared/data.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

# numpy's own threads would hide what one core does
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))
import numpy as np
import plain_building

from maquette.core.architecture.building_kernel import build
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.massing import Massing
from maquette.training.data.city_buildings import city_files, read_city
from maquette.training.evaluation.architecture.kernel import chosen_buildings, with_windows
from maquette.training.evaluation.study import training_folder

FOOTPRINTS, RUNS = 2000, 7
Wish = tuple[Massing, BuildingStyle]


def kernel(data: Path) -> None:
    """Prints a row for RESULTS.md: the least seconds a building of some runs, engine and reference in turn."""
    cities = [read_city(path) for path in city_files(data)]
    if not cities:
        print(f"There are no real buildings in {data / 'architecture' / 'city'}: nothing was measured.")
        return
    wishes, windows = with_windows(cities, chosen_buildings(cities, FOOTPRINTS))
    ways: dict[str, Callable[[Wish], object]] = {
        "engine": lambda wish: build(*wish),
        "engine with elements": lambda wish: build(*wish).elements,
        "by loops": lambda wish: plain_building.build_plainly(*wish),
    }
    least = {name: np.full(len(wishes), np.inf) for name in ways}
    for _ in range(RUNS):
        for name, make in ways.items():
            least[name] = np.minimum(least[name], _seconds(wishes, make))
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, one used; {len(wishes)} real footprints,")
    print(f"{np.mean(windows):.0f} windows each; processor time, the least of {RUNS} runs of each building.\n")
    print("| way | buildings a minute | by loops / this |\n|---|---|---|")
    for name, seconds in least.items():
        print(f"| {name} | {60 * len(wishes) / seconds.sum():.0f} | {least['by loops'].sum() / seconds.sum():.1f} |")


def _seconds(wishes: Sequence[Wish], make: Callable[[Wish], object]) -> np.ndarray:
    """Processor seconds of each building."""
    times = []
    for wish in wishes:
        started = time.process_time()
        make(wish)
        times.append(time.process_time() - started)
    return np.array(times)


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["kernel"])
    parser.add_argument("--data", type=Path, default=training_folder())
    arguments = parser.parse_args()
    kernel(arguments.data)


if __name__ == "__main__":
    main()
