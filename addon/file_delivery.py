# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that the engine writes of a building, brought to where the designer wants it. The scene is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..core import bundle
from ..core.errors import EngineError, HostError
from ..core.request import Request
from .delivery import Delivery, StagesNothing, files_are_there
from .scene.targets import Target


class FileDelivery(StagesNothing):
    """Copies the one file of this `kind` (a format's name, its ending too) out of the result's folder to `path`."""

    def __init__(self, kind: str, path: Path) -> None:
        self.formats: tuple[str, ...] = (kind,)
        self._path, self._folder = path, Path()

    def is_whole(self, folder: Path) -> bool:
        """Whether an earlier run left the file there."""
        return files_are_there(folder)

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Nothing is read ahead."""
        self._folder = folder
        return []

    def apply(self) -> tuple[str, list[str]]:
        """Copy it, under another name first: a full disk must not leave half of it under the right one."""
        ending = f".{self.formats[0]}"
        made = next((name for name in bundle.read_manifest(self._folder)["files"] if name.endswith(ending)), None)
        if made is None:
            raise EngineError(f"The engine wrote no {ending} file. Please report it.")
        temporary = self._path.with_name(self._path.name + ".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._folder / made, temporary)
            temporary.replace(self._path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise HostError(f"'{self._path}' cannot be written: {error.strerror}. Choose another folder.") from error
        return self._path.name, []

    def fresh(self, scene: Target | None = None) -> Delivery:
        """From its start."""
        return FileDelivery(self.formats[0], self._path)
