# SPDX-License-Identifier: GPL-3.0-or-later
"""The real training process with a stand-in for the training itself, which does as the wish's preset says.

Run as a program it is the process; imported it gives the command.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-I", "-u", "-X", "utf8", __file__]
TOTAL = 50


@dataclass(frozen=True)
class Wish:
    """As `training.session.Wish`."""

    model: str
    data: Path
    out: Path
    preset: str = "cpu"
    changes: dict[str, Any] = field(default_factory=dict)
    labelled: Path | None = None
    start: str = "nothing"
    licence: str = ""
    device: str = "auto"


def run(wish: Wish, control: Any, say: Any) -> Path:
    """`quick` ends at once, `slow` never; both go on from what a stopped one left. Others fail in their own way."""
    from maquette.core.errors import Cancelled, EngineError

    print("a stray print")
    say("a plan")
    wish.out.mkdir(parents=True, exist_ok=True)
    checkpoint = wish.out / "checkpoint"
    images = int(checkpoint.read_text()) if checkpoint.exists() else 0
    try:
        while images < TOTAL or wish.preset == "slow":
            control.check()
            images += 1
            report(wish, control, images)
            if wish.preset == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if wish.preset == "memory":
                raise MemoryError
            if wish.preset == "diverge":
                raise EngineError("The training diverged after 1 images. Train again.")
            if wish.preset == "bug":
                raise ZeroDivisionError("division by zero")
            time.sleep(0.02 if wish.preset == "slow" else 0.0)
    except Cancelled:
        checkpoint.write_text(str(images))
        raise
    model = wish.out / f"{wish.model.partition('/')[2]}.safetensors"
    model.write_bytes(b"weights of " + wish.preset.encode())
    model.with_suffix(".md").write_text(f"card of {wish.changes}")
    return model


def report(wish: Wish, control: Any, images: int) -> None:
    """What the loop would say, with a figure that is no number and a sheet from the third image on."""
    from maquette.training.control import Progress

    sheet = wish.out / "samples.png" if images >= 3 else None
    figures = {"loss": 1 / images, "score": float("nan")}
    control.report(Progress(images, TOTAL, 10.0, float("inf"), "Training", figures, sheet))


if __name__ == "__main__":
    # the folder that holds the package is not on an isolated interpreter's path; the installed one is
    stand_in: Any = types.ModuleType("maquette.training.session")
    stand_in.run, stand_in.Wish = run, Wish
    import maquette.training

    sys.modules[stand_in.__name__] = maquette.training.session = stand_in

    from maquette.training import worker

    worker.main()
