# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks the training's protocol without torch: `fake_training.py [BEHAVIOUR]`.

BEHAVIOUR: nothing trains 20 images at once; `slow` goes on for a minute and hears pause, resume and cancel; `deaf` does
not; `die` ends in the middle; `fail` answers an error; `bare` lacks a package. Checkpoints are a file with a number.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from fake_engine import png  # type: ignore[import-not-found]

TOTAL = 20
go_on, cancelled = threading.Event(), threading.Event()


def say(**message: Any) -> None:
    """One message to the host."""
    print(json.dumps(message), flush=True)


def tell(wish: dict[str, Any], images: int, total: int, sheet: Path) -> None:
    """How far it is."""
    say(
        type="training",
        id=wish["id"],
        images=images,
        total_images=total,
        rate=4.0,
        seconds_left=(total - images) / 4,
        text="Training",
        figures={"loss": 1 / images},
        sheet=str(sheet) if sheet.exists() else "",
        paused=not go_on.is_set(),
    )


def train(wish: dict[str, Any], behaviour: str) -> None:
    """One training, as the behaviour asks."""
    out = Path(wish["out"])
    out.mkdir(parents=True, exist_ok=True)
    checkpoint, sheet = out / "checkpoint.safetensors", out / "samples.png"
    images, total = int(checkpoint.read_text()) if checkpoint.exists() else 0, 1200 if behaviour == "slow" else TOTAL
    if behaviour == "fail":
        return say(type="error", id=wish["id"], kind="InputError", text="There are no pictures in 'x'. Choose another.")
    while images < total:
        while behaviour != "deaf" and not go_on.is_set() and not cancelled.is_set():
            time.sleep(0.01)
        if cancelled.is_set() and behaviour != "deaf":
            checkpoint.write_text(str(images))
            cancelled.clear()
            return say(type="cancelled", id=wish["id"])
        images += 1
        sheet.write_bytes(png(64 + images, (180, 90, 60)))
        tell(wish, images, total, sheet)
        if behaviour == "die":
            os._exit(9)
        time.sleep(0.05 if behaviour in ("slow", "deaf") else 0.0)
    method = wish["model"].partition("/")[2]
    model = Path(os.environ["MAQUETTE_MODELS"]) / f"texture-{method}" / f"{wish['name']}.safetensors"
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_bytes(b"weights")
    return say(type="trained", id=wish["id"], model=str(model), card=str(model.with_suffix(".md")))


def main() -> None:
    """Serve until the host goes away."""
    behaviour = sys.argv[1] if len(sys.argv) > 1 else ""
    if behaviour == "bare":
        say(type="error", id="", kind="HostError", text="The engine's environment lacks a package: tensorboard.")
        sys.exit(1)
    go_on.set()
    say(type="ready", engine="0.1.0", protocol=1, python="3", torch="none", devices=["cpu"])
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "train":
            threading.Thread(target=train, args=(message, behaviour), daemon=True).start()
        elif message["type"] == "pause":
            go_on.clear()
        elif message["type"] == "resume":
            go_on.set()
        elif message["type"] == "cancel":
            cancelled.set()
        else:
            break
    cancelled.set()
    time.sleep(0.3)
    os._exit(0)


if __name__ == "__main__":
    main()
