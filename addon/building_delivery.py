# SPDX-License-Identifier: GPL-3.0-or-later
"""A made building, or a row of options, on its way into the scene: its meshes a few a tick, then all of it at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import EngineError, InputError, MaquetteError
from ..core.files.export import PICTURE, SCENE
from ..core.request import Request
from .delivery import LOST, Delivery, files_are_there
from .scene.building import MadeBuilding, add_building, change_building
from .scene.building_parts import option_roots, row_of
from .scene.building_request import site_text
from .scene.building_staging import BuildingStaging
from .scene.bundle_building import BundledBuilding, read_building
from .scene.option_row import add_row, change_row
from .scene.record import is_building
from .scene.targets import Target

POLL_S = 0.1


@dataclass(frozen=True)
class BuildingPlace:
    """Where a building or a row of options goes.

    `root` is the root of a building that is changed in place, or of any maquette of a row that is; without it a new one
    comes into `scene`. `origin` is where the site file's (0, 0, 0) lies in the scene, in Blender units: a new building
    stands there, a new row of options in front of it. `per_metre` is how many Blender units are a metre, `replaced` are
    the parts whose changes by hand are given up.
    """

    scene: Target
    root: Target | None = None
    per_metre: float = 1.0
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    replaced: frozenset[str] = frozenset()

    def after_load(self, same_file: bool) -> BuildingPlace:
        """By names in the same file, nowhere in another."""
        if not same_file:
            return replace(self, scene=Target("", 0), root=self.root and Target("", 0))
        return replace(self, scene=self.scene.after_load(), root=self.root and self.root.after_load())

    def as_new(self, scene: Target) -> BuildingPlace:
        """A new building in this scene, whatever it was for."""
        return replace(self, scene=scene, root=None, replaced=frozenset())

    def is_there(self) -> bool:
        """Whether what it is for can be found."""
        return is_building(self.root.find()) if self.root else self.scene.find_in(bpy.data.scenes) is not None

    def find(self) -> Any:
        """The root that is to be changed; None where a new one is made, InputError where it is gone."""
        if self.root is None:
            return None
        found = self.root.find()
        if not is_building(found):
            raise InputError("The building that was to be changed is gone. Nothing was changed.")
        return found


class BuildingReader(threading.Thread):
    """Reads a building's folder and the site file, so that no tick of the window waits for the disk; touches nothing of
    Blender."""

    def __init__(self, folder: Path, request: Request) -> None:
        super().__init__(name="maquette-building-reader", daemon=True)
        self._folder, self._request = folder, request
        self.result: tuple[BundledBuilding, str] | None = None
        self.error: MaquetteError | None = None

    def run(self) -> None:
        """Thread body."""
        try:
            self.result = read_building(self._folder), site_text(self._request)
        except MaquetteError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 a thread that ends without a word would be waited for without end
            self.error = EngineError(f"'{self._folder}' could not be read ({type(error).__name__}: {error}).")


class BuildingDelivery:
    """Puts a building, or as many maquettes as the result has options, at `place`."""

    formats: tuple[str, ...] = (SCENE, PICTURE)
    quiet = False
    undo = True
    poll_s = POLL_S
    again, smaller = "maquette.generate_architecture", ""

    def __init__(self, place: BuildingPlace) -> None:
        self.place = place
        self._title = ""
        self._request: Request | None = None
        self._reader: BuildingReader | None = None
        self._made: MadeBuilding | None = None
        self._staging: BuildingStaging | None = None

    def is_whole(self, folder: Path) -> bool:
        """Whether an earlier run left the building there."""
        return files_are_there(folder)

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Begin to read."""
        self._title, self._request = title, request
        self._reader = BuildingReader(folder, request)
        self._reader.start()
        return []

    def read(self) -> bool:
        """Whether everything is in memory."""
        assert self._reader is not None and self._request is not None
        if self._reader.error is not None:
            raise self._reader.error
        if self._reader.result is None:
            return False
        bundled, site = self._reader.result
        self._made = MadeBuilding(self._title, self._request, bundled, self.place.per_metre, site)
        self._made.check()
        self._staging = BuildingStaging(self._made)
        return True

    def stage(self) -> bool:
        """A few more meshes."""
        assert self._staging is not None
        return self._staging.step(self._roots())

    def apply(self) -> tuple[str, list[str]]:
        """Objects, materials, collections; what was there in place keeps what was done to it by hand."""
        assert self._made is not None and self._staging is not None
        root, made, meshes = self.place.find(), self._made, self._staging.meshes()
        row = row_of(root) if root is not None else None
        several = len(made.bundled.asset.options) > (0 if row is not None else 1)
        if root is not None and several != (row is not None):
            raise InputError(f"'{root.name}' is another kind of result. Use Generate: it makes one beside it.")
        said: list[str] = []
        if row is not None:
            said, shown = change_row(row, made, meshes, self.place.replaced), row
        elif root is not None:
            said, shown = change_building(root, made, meshes, self.place.replaced), root
        elif several:
            shown = add_row(made, self.place.scene, meshes, self.place.origin)
        else:
            shown = add_building(made, self.place.scene, meshes, self.place.origin)
        self._staging.discard()
        return shown.name, said

    def discard(self) -> None:
        """Take the meshes out again."""
        if self._staging is not None:
            self._staging.discard()

    def after_load(self, same_file: bool) -> None:
        """What was staged is gone with the file that it was in."""
        self.place = self.place.after_load(same_file)
        if self._staging is not None:
            self._staging.forget()

    def fresh(self, scene: Target | None = None) -> Delivery:
        """From its start."""
        return type(self)(self.place if scene is None else self.place.as_new(scene))

    def lost(self) -> str:
        """Where neither the building nor the scene is there."""
        return "" if self.place.is_there() else LOST

    def _roots(self) -> list[Any]:
        """What is changed in place: a building, or all maquettes of a row."""
        root = self.place.find()
        if root is None:
            return []
        row = row_of(root)
        return option_roots(row) if row is not None else [root]
