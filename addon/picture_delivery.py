# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a saved asset on its way into the asset's file: another Blender writes it while this one goes on.

The asset is whole and of use without it; the file is changed at once, when all of the new one is there.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..core.errors import HostError
from ..core.request import Request
from .delivery import Delivery, StagesNothing
from .scene import asset_picture
from .scene.targets import Target
from .texts import said

LIMIT_S = 120.0


class PictureDelivery(StagesNothing):
    """Gives the collection `name` in the .blend at `path` its picture, (N, ) float32; `done` is called at the end."""

    def __init__(self, path: Path, name: str, pixels: np.ndarray, done: Callable[[], None]) -> None:
        self._path, self._name, self._pixels, self._done = path, name, pixels, done
        self._written = _stamp(path)
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._until = 0.0

    @property
    def _out(self) -> Path:
        """Beside the asset, so that it takes its place in one step."""
        return self._path.with_name(f".{self._path.stem}.part.blend")

    def is_whole(self, folder: Path) -> bool:
        """The engine has no part in it."""
        return True

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Start the other Blender."""
        self._folder = tempfile.TemporaryDirectory(prefix="maquette-")
        pixels = Path(self._folder.name) / "pixels.npy"
        try:
            np.save(pixels, self._pixels)
            self._child = asset_picture.start(self._path, self._name, pixels, self._out)
        except OSError as error:
            raise HostError(f"{self._lacks()} Another Blender cannot be started: {error.strerror}.") from error
        self._until = time.monotonic() + LIMIT_S
        return []

    def read(self) -> bool:
        """Whether the other Blender is at its end."""
        assert self._child is not None
        code = self._child.poll()
        if code is None and time.monotonic() > self._until:
            raise HostError(f"{self._lacks()} It took longer than {LIMIT_S:g} s. Try again.")
        if code:
            raise HostError(f"{self._lacks()} Check the disk, then try again.")
        return code is not None

    def apply(self) -> tuple[str, list[str]]:
        """The file with the picture takes the place of the one without, unless that was changed meanwhile."""
        try:
            if _stamp(self._path) == self._written:
                os.replace(self._out, self._path)
        except OSError as error:
            raise HostError(f"{self._lacks()} '{self._path}' cannot be written: {error.strerror}.") from error
        self.discard()
        self._done()
        return self._path.stem, []

    def ready(self) -> str:
        """The asset itself was there before."""
        return said("The picture of '{name}' is ready.", name=self._path.stem)

    def discard(self) -> None:
        """End the other Blender, and take away what it wrote."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
        for name in (self._out.name, f"{self._out.name}1", f"{self._out.name}@"):
            self._out.with_name(name).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def fresh(self, scene: Target | None = None) -> Delivery:
        """From its start."""
        again = PictureDelivery(self._path, self._name, self._pixels, self._done)
        again._written = self._written
        return again

    def _lacks(self) -> str:
        return f"'{self._path.stem}' is in the asset library, but without its picture."


def _stamp(path: Path) -> tuple[int, int]:
    """What tells whether a file is still the same one; zeros where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
