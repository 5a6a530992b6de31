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
    with tempfile.TemporaryFile() as log:
        _run(command, log, progress)
        log.seek(0)
        said = " / ".join(log.read().decode("utf-8", "replace").strip().splitlines()[-LAST_LINES:])
    if not (folder / NAME).is_file():
        raise EngineError(f"Blender could not write the .blend. It said: {said or 'nothing'}")
    return [NAME]


def _run(command: list[str], log: BinaryIO, progress: Callable[[float, str], None]) -> None:
    """Run Blender to its end, its words into `log`; it never outlives a stop. A failure leaves no .blend behind."""
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
                raise EngineError(f"Blender did not write the .blend within {TIMEOUT_S} s and was stopped.")
            progress(0.95, "Writing the .blend")
            time.sleep(POLL_S)
    finally:
        child.kill()
        child.wait()
    if child.returncode != 0:
        Path(command[-1]).unlink(missing_ok=True)


def blender_command() -> list[str]:
    """The start of the command that runs SCRIPT inside Blender; a HostError where there is none."""
    if importlib.util.find_spec("bpy") is not None:
        return [sys.executable, str(SCRIPT)]
    program = os.environ.get("MAQUETTE_BLENDER") or shutil.which("blender")
    if not program:
        raise HostError(
            "A .blend needs Blender, and neither the package 'bpy' nor the program 'blender' was found. "
            "Install one, or name the program in MAQUETTE_BLENDER."
        )
    return [program, "-b", "--factory-startup", "--python-exit-code", "1", "-P", str(SCRIPT)]
