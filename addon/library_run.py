# SPDX-License-Identifier: GPL-3.0-or-later
"""The child process that reads a folder of characters into the library, in the engine's environment."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import bpy

from ..core.client import engine_environment
from ..core.errors import HostError
from .jobs import Notice
from .package import FOLDER

# what the child says as it begins a file
_STEP = re.compile(r"([0-9]+) of ([0-9]+)  (.*)")


class LibraryRun:
    """One `maquette library add FOLDER`, under way or ended."""

    def __init__(self, python: str, folder: Path) -> None:
        self.folder, self.text, self.fraction = folder, f"Reading {folder.name}", 0.0
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 open as long as the child
        command = [python, "-I", "-X", "utf8", str(FOLDER / "core" / "bootstrap.py"), "maquette.__main__"]
        environment = engine_environment()
        if bpy.app.binary_path:
            # what glTF is not goes through this Blender's importers
            environment.setdefault("MAQUETTE_BLENDER", bpy.app.binary_path)
        try:
            self._process = subprocess.Popen(
                [*command, "library", "add", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env=environment,
                creationflags=int(getattr(subprocess, "CREATE_NO_WINDOW", 0)),
            )
        except OSError as error:
            raise HostError(f"'{python}' cannot be started: {error.strerror}.") from error

    @property
    def done(self) -> bool:
        """Whether the child has ended; how far it is, as it said last, is noted."""
        steps = [found for line in self.said() if (found := _STEP.fullmatch(line))]
        if steps:
            number, total, self.text = steps[-1].groups()
            self.fraction = (int(number) - 1) / max(int(total), 1)
        return self._process.poll() is not None

    def wait(self) -> None:
        """See it to its end."""
        self._process.wait()

    def stop(self) -> None:
        """End it; what it added stays."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def said(self) -> list[str]:
        """What it printed."""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace").strip().splitlines()

    def outcome(self) -> Notice:
        """What is said of it once it has ended."""
        lines, code = self.said() or ["It said nothing."], self._process.returncode
        self._log.close()
        if code == 0:
            return Notice("INFO", lines[-1], "\n".join(lines), topic="character")
        text = lines[-1] if code == 1 else f"Reading '{self.folder}' failed: {lines[-1]}"
        return Notice("ERROR", text, "\n".join(lines), topic="character")
