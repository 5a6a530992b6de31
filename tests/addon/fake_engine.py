# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks the engine's protocol without torch: `fake_engine.py REPO [BEHAVIOUR]`.

BEHAVIOUR: nothing answers at once; `slow` reports progress for a minute and hears cancel; `deaf` does not hear it;
`die` ends in the middle of a job; `fail` answers an error; `memory` answers OutOfMemory; `warn` warns first.
"""

import importlib.util
import json
import os
import struct
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

COLOURS = {
    "albedo": (180, 90, 60),
    "normal": (128, 128, 255),
    "roughness": 200,
    "metallic": 0,
    "height": 128,
    "ambient_occlusion": 250,
}
REPORT = {"seam_z": 0.7, "copy_share": 0.06, "albedo_low": 0.04, "albedo_high": 0.86, "metallic_between": 0.3}


def png(size: int, colour: Any) -> bytes:
    """An 8-bit PNG of one colour: RGB for a triple, grey for a number."""
    grey = isinstance(colour, int)
    row = b"\0" + bytes([colour] if grey else colour) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 0 if grey else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * size)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def write_result(job: dict[str, Any]) -> tuple[str, ...]:
    """A bundle as the engine's PNG export leaves it; the seed shows in the albedo's colour."""
    import numpy as np

    from maquette.core import bundle
    from maquette.core.asset import Asset, Material

    params = job["request"]["params"]
    names, size = params.get("maps", list(COLOURS)), params.get("size", 128)
    maps = {name: np.zeros((size, size, 3 if name in ("albedo", "normal") else 1), np.float32) for name in names}
    size_m, relief = params.get("size_m", 1.0), params.get("relief", 0.02)
    material = Material("fake", maps, (size_m, size_m), relief * size_m)
    files = tuple(f"{name}.png" for name in maps)
    with bundle.writing(Path(job["folder"])) as folder:
        for name in maps:
            colour = COLOURS[name] if name != "albedo" else (job["request"]["seed"] % 256, 90, 60)
            (folder / f"{name}.png").write_bytes(png(size, colour))
        bundle.write_asset(Asset("fake", (material,), report=REPORT), folder, files, arrays=False)
    return files


def say(**message: Any) -> None:
    """One message to the host."""
    print(json.dumps(message), flush=True)


cancelled = threading.Event()


def answer(job: dict[str, Any], behaviour: str) -> None:
    """One job, as the behaviour asks."""
    name = job["id"]
    if behaviour == "die":
        say(type="progress", id=name, fraction=0.4, text="Matching")
        os._exit(9)
    if behaviour == "fail":
        return say(
            type="error", id=name, kind="InputError", text="The picture is not a picture. Choose another.", detail=""
        )
    if behaviour == "memory":
        return say(type="error", id=name, kind="OutOfMemory", text="There is not enough memory.", detail="")
    if behaviour == "warn":
        say(type="warn", id=name, text="The GPU ran out of memory; going on on the CPU.")
    for step in range(1200 if behaviour in ("slow", "deaf") else 3):
        say(type="progress", id=name, fraction=step / 1200, text="Matching")
        time.sleep(0.05 if behaviour in ("slow", "deaf") else 0.0)
        if cancelled.is_set() and behaviour != "deaf":
            cancelled.clear()
            return say(type="cancelled", id=name)
    files = write_result(job)
    return say(type="asset", id=name, folder=job["folder"], files=files, seconds=0.1)


def main() -> None:
    """Serve until the host goes away."""
    repo, behaviour = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
    spec = importlib.util.spec_from_file_location("bootstrap", f"{repo}/core/bootstrap.py")
    assert spec is not None and spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    bootstrap.register_package()
    say(type="ready", engine="0.1.0", protocol=1, python="3", torch="none", devices=["cpu"])

    def read() -> None:
        for line in sys.stdin:
            message = json.loads(line)
            if message["type"] == "generate":
                threading.Thread(target=answer, args=(message, behaviour), daemon=True).start()
            elif message["type"] == "cancel":
                cancelled.set()
            else:
                break

    read()
    os._exit(0)


if __name__ == "__main__":
    main()
