# SPDX-License-Identifier: GPL-3.0-or-later
"""What works on this machine, what does not, and how to mend it: one sentence each."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .client import EngineProcess
from .errors import HostError, MaquetteError
from .files.blend import blender_command
from .protocol import Failed

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
OLDEST_PYTHON = (3, 11)
START_TIMEOUT_S = 120
ROOM_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One sentence; what is not `needed` only takes a format away."""

    works: bool
    text: str
    needed: bool = True


def examine() -> Iterator[Finding]:
    """Look at everything in turn, the engine's start last but one."""
    yield _python()
    yield from _packages()
    yield _room()
    yield from _engine()
    yield _blender()


def _python() -> Finding:
    works = sys.version_info[:2] >= OLDEST_PYTHON
    text = f"Python {platform.python_version()} at {sys.executable}."
    return Finding(works, text if works else f"{text} Maquette needs 3.11 or newer: install one and make a new venv.")


def _packages() -> Iterator[Finding]:
    """Each package of requirements.txt: there, there in another version than the tested one, or missing."""
    for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        name, equals, tested = line.partition("#")[0].strip().partition("==")
        if not equals:
            continue
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            mend = f'"{sys.executable}" -m pip install {name}=={tested}'
            yield Finding(False, f"The package '{name}' is missing. Install it: {mend}")
            continue
        other = "" if found.split("+")[0] == tested else f" (tested with {tested})"
        yield Finding(True, f"{name} {found}{other}.")


def _room() -> Finding:
    folder = Path(tempfile.gettempdir())
    try:
        with tempfile.TemporaryDirectory():
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(False, f"{folder} cannot be written: {error.strerror}. Set TMPDIR to another folder.")
    text = f"The temporary folder {folder} has {free / 2**30:.1f} GiB left."
    return Finding(free > ROOM_BYTES, text if free > ROOM_BYTES else f"{text} Make room, or set TMPDIR to another.")


def _engine() -> Iterator[Finding]:
    """Start the engine as every command does and hear what it says of itself."""
    try:
        engine = EngineProcess(sys.executable)
    except MaquetteError as error:
        yield Finding(False, str(error))
        return
    failures: list[Failed] = []
    deadline = time.monotonic() + START_TIMEOUT_S
    while engine.ready is None and not failures and time.monotonic() < deadline:
        failures += [message for message in engine.poll() if isinstance(message, Failed)]
        engine.wait(0.1)
    ready = engine.ready
    engine.close()
    if ready is not None:
        yield Finding(True, f"The engine starts, with torch {ready.torch}.")
        yield Finding(True, f"It computes on: {', '.join(ready.devices)}.")
        if ready.devices == ("cpu",):
            text = "torch finds no GPU: all works, on the CPU. For a GPU install its build of torch (pytorch.org)."
            yield Finding(False, text, needed=False)
    elif failures:
        yield Finding(False, f"{failures[0].text} {failures[0].detail.strip()[-200:]}".strip())
    else:
        yield Finding(False, f"The engine did not start within {START_TIMEOUT_S} s. Try again on an idle machine.")


def _blender() -> Finding:
    """The Blender that would write a .blend; only that export needs it."""
    try:
        command = blender_command()
        program = [command[0], "-c", "import bpy; print('Blender', bpy.app.version_string)"]
        asked = program if command[0] == sys.executable else [command[0], "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
    except HostError as error:
        return Finding(False, str(error), needed=False)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(False, f"Blender does not run ({error}), so no .blend can be written. Mend it.", needed=False)
    version = next((line for line in said.splitlines() if line.startswith("Blender")), "Blender")
    return Finding(True, f"{version} writes .blend files ({command[0]}).", needed=False)
