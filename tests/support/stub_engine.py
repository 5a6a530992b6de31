# SPDX-License-Identifier: GPL-3.0-or-later
"""The real worker with a stand-in for `texture` / `exemplar` that does what the Request's seed tells it to.

Run as a program it is the engine process; imported it gives the seeds and the command. LIGHT leaves torch and the real
`engine.generate` out and starts in half a second: for tests of what goes on around an engine.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import types
from pathlib import Path
from typing import Any

STRAY_PRINTS, SLOW, DEAF, KILLED, OUT_OF_MEMORY_ONCE, OUT_OF_MEMORY, BUG, REFUSED, KILLED_ONCE, SHORT, NO_ROOM = range(
    1001, 1012
)
LACKING = 1012
COMMAND = [sys.executable, "-I", "-u", "-X", "utf8", __file__]
LIGHT = [*COMMAND, "light"]


def flat_asset(request: Any) -> Any:
    """A material of one colour, which the seed decides."""
    import numpy as np

    from maquette.core.asset import Asset, Material
    from maquette.core.texture.maps import MAPS

    size = request.params.size
    maps = {n: np.full((size, size, MAPS[n].channels), request.seed % 7 / 7, np.float32) for n in request.params.maps}
    return Asset("flat", (Material("flat", maps, (1.0, 1.0), 0.02),))


def generate(request: Any, context: Any) -> Any:
    """Behave as the seed says, then return a flat material."""
    act = {
        STRAY_PRINTS: stray_prints,
        SLOW: lambda request, context: steps(context, 60),
        SHORT: lambda request, context: steps(context, 0.5),
        DEAF: lambda request, context: time.sleep(60),
        KILLED: lambda request, context: os.kill(os.getpid(), signal.SIGKILL),
        KILLED_ONCE: killed_once,
        OUT_OF_MEMORY_ONCE: lambda request, context: out_of_memory(context.tile is None),
        OUT_OF_MEMORY: lambda request, context: out_of_memory(True),
        BUG: lambda request, context: {}["nothing"],
        REFUSED: refuse,
        NO_ROOM: no_room,
        LACKING: lambda request, context: __import__("no_such_package.part"),
    }.get(request.seed)
    if act:
        act(request, context)
    context.progress(1.0, "Done")
    return flat_asset(request)


def stray_prints(request: Any, context: Any) -> None:
    print("a stray print")
    sys.stdout.write("half a line, ")
    sys.stdout.flush()
    os.write(1, b'{"type": "asset", "id": "forged"}\n')
    c = ctypes.CDLL(None)
    c.puts(b"from C")
    c.fflush(None)
    os.system("echo from a child")


def steps(context: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        context.progress(1 - (end - time.monotonic()) / seconds, "Working in small steps")
        time.sleep(0.02)


def killed_once(request: Any, context: Any) -> None:
    mark = Path(request.references[0].path).with_suffix(".mark")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(now: bool) -> None:
    import torch

    if now:
        raise torch.OutOfMemoryError("no more memory")


def refuse(request: Any, context: Any) -> None:
    from maquette.core.errors import InputError

    raise InputError("This picture cannot be used. Give another.")


def no_room(request: Any, context: Any) -> None:
    from maquette.core.errors import HostError

    raise HostError("The disk is full. Make room.")


def light_generate(request: Any, device: str, progress: Any, warn: Any, **_: Any) -> Any:
    """`engine.generate` without torch and its memory ladder."""
    from dataclasses import replace

    from maquette.core.asset import Provenance

    request = request.hashed()
    asset = generate(request, types.SimpleNamespace(progress=progress, warn=warn, tile=None))
    return replace(asset, provenance=Provenance("0", request.key, 1, "", "cpu", request.to_plain(with_paths=False)))


def leave_torch_out() -> None:
    torch, engine = types.ModuleType("torch"), types.ModuleType("maquette.core.engine")
    torch.__version__ = "none"
    engine.generate = light_generate  # type: ignore[attr-defined]
    engine.available_devices = lambda: ("cpu",)  # type: ignore[attr-defined]
    sys.modules.update({"torch": torch, engine.__name__: engine})


if __name__ == "__main__":
    if "light" in sys.argv:
        leave_torch_out()
    stand_in = types.ModuleType("maquette.core.texture.exemplar")
    stand_in.generate = generate  # type: ignore[attr-defined]
    sys.modules[stand_in.__name__] = stand_in

    from maquette.core import worker

    worker.main()
