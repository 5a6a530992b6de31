# SPDX-License-Identifier: GPL-3.0-or-later
"""A training by two processes: `two_processes.py MODEL DATA OUT REPORTS`. Each leaves what it ended with in REPORTS.

Fabric starts this very script once more as the second process.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")


def main() -> None:
    """Train, and write down the weights' sums and the files of OUT that were opened for writing."""
    model, data, out, reports = sys.argv[1], *map(Path, sys.argv[2:5])
    written: list[str] = []
    sys.addaudithook(lambda event, given: written.extend(_written(event, given, out)))
    from maquette.training import session
    from maquette.training.control import Control
    from maquette.training.texture import family

    # so that the penalty is taken, and by both at once
    family.R1_EVERY = 2
    tasks: list[Any] = []
    make = session._task
    session._task = lambda *given: tasks.append(make(*given)) or tasks[0]
    small = {"images": 32, "batch": 2, "crop": 64, "look_every": 16, "held_out": 0.25}
    session.run(session.Wish(model, data, out, "quick", small, device="cpu", devices=2), Control())
    weights = {
        f"{name}/{key}": value.double().sum().item()
        for name, network in tasks[0].networks.items()
        for key, value in network.named_parameters()
    }
    rank = os.environ.get("LOCAL_RANK", "0")
    (reports / f"{rank}.json").write_text(json.dumps({"weights": weights, "written": written}), encoding="utf-8")


def _written(event: str, given: tuple[Any, ...], out: Path) -> list[str]:
    if event == "open" and isinstance(given[0], str) and Path(given[0]).is_relative_to(out):
        for_writing = given[2] & (os.O_WRONLY | os.O_RDWR)
        return [given[0]] if for_writing else []
    return []


if __name__ == "__main__":
    main()
