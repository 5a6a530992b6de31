# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend of an asset, written by Blender in a child process: the `bpy` package, else a Blender program."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ..errors import EngineError, HostError

NAME = "asset.blend"
SCRIPT = Path(__file__).resolve().parents[2] / "addon" / "scene" / "blend_file.py"
TIMEOUT_S = 600
LAST_LINES = 5
POLL_S = 0.05


def write(folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Build `asset.blend` from the folder's `asset.json` and PNGs; returns its name. `progress` may raise to stop."""
    command = [*blender_command(), "--", str(folder), str(folder / NAME)]
    said = run_blender(command, lambda: progress(0.95, "Writing the .blend"))
    if not (folder / NAME).is_file():
        raise EngineError(f"Blender could not write the .blend. It said: {said}")
    return [NAME]


def run_blender(command: list[str], alive: Callable[[], None]) -> str:
    """Run Blender to its end; returns its last words. `alive` is called meanwhile and may raise to stop it.

    The command ends with the file that is to be written; a failure leaves none behind.
    """
    with tempfile.TemporaryFile() as log:
        _run(command, log, alive)
        log.seek(0)
        return " / ".join(log.read().decode("utf-8", "replace").strip().splitlines()[-LAST_LINES:]) or "nothing"


def _run(command: list[str], log: BinaryIO, alive: Callable[[], None]) -> None:
    """Run Blender, its words into `log`; it never outlives a stop."""
    started = time.monotonic()
    flags = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, creationflags=flags
        )
    except OSError as error:
        raise HostError(f"Blender could not be started with '{command[0]}': {error.strerror}.") from error
    try:
        while child.poll() is None:
            if time.monotonic() - started > TIMEOUT_S:
                raise EngineError(
                    f"Blender did not write '{Path(command[-1]).name}' within {TIMEOUT_S} s and was stopped."
                )
            alive()
            time.sleep(POLL_S)
    finally:
        child.kill()
        child.wait()
    if child.returncode != 0:
        Path(command[-1]).unlink(missing_ok=True)


def blender_command(script: Path = SCRIPT, what: str = "A .blend") -> list[str]:
    """The start of the command that runs a script inside Blender; without one a HostError: `what` needs it."""
    if importlib.util.find_spec("bpy") is not None:
        return [sys.executable, str(script)]
    program = os.environ.get("MAQUETTE_BLENDER") or shutil.which("blender")
    if not program:
        raise HostError(
            f"{what} needs Blender, and neither the package 'bpy' nor the program 'blender' was found. "
            "Install one, or name the program in MAQUETTE_BLENDER."
        )
    return [program, "-b", "--factory-startup", "--python-exit-code", "1", "-P", str(script)]
