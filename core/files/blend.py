# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend of an asset, written by Blender in a child process: the `bpy` package, else a Blender program."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ..errors import EngineError, HostError

NAME = "asset.blend"
SCRIPT = Path(__file__).resolve().parents[2] / "addon" / "scene" / "blend_file.py"
TIMEOUT_S = 600
LAST_LINES = 5


def write(folder: Path) -> list[str]:
    """Build `asset.blend` from the folder's `asset.json` and PNGs; returns its name."""
    command = [*blender_command(), "--", str(folder), str(folder / NAME)]
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            creationflags=int(getattr(subprocess, "CREATE_NO_WINDOW", 0)),
        )
    except OSError as error:
        raise HostError(f"Blender could not be started with '{command[0]}': {error.strerror}.") from error
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"Blender did not write the .blend within {TIMEOUT_S} s and was stopped.") from error
    if done.returncode != 0 or not (folder / NAME).is_file():
        said = " / ".join(done.stdout.decode("utf-8", "replace").strip().splitlines()[-LAST_LINES:])
        raise EngineError(f"Blender could not write the .blend (exit code {done.returncode}). It said: {said}")
    return [NAME]


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
