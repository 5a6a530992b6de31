# SPDX-License-Identifier: GPL-3.0-or-later
"""A made material on its way into the scene: its maps' files, its images one a tick, then its nodes."""

from __future__ import annotations

from pathlib import Path

from ..core import bundle
from ..core.files.export import PICTURE
from ..core.request import Request
from ..core.texture.maps import MAPS
from .delivery import LOST, Delivery, files_are_there
from .scene.apply import Made, Place, Staging, apply, beside_folder
from .scene.images import MapReader
from .scene.record import Picture
from .scene.targets import Target

POLL_S = 0.1


class MaterialDelivery:
    """Puts a material at `place`. `beside` saves the images beside the .blend; `metres_per_unit` is the scene's."""

    formats: tuple[str, ...] = ("png", PICTURE)
    quiet = False
    undo = True
    poll_s = POLL_S
    again, smaller = "maquette.generate", "maquette.halve_size"

    def __init__(self, pictures: list[Picture], place: Place, beside: bool, metres_per_unit: float) -> None:
        self.pictures, self.place, self.beside, self.metres_per_unit = pictures, place, beside, metres_per_unit
        self._title = ""
        self._request: Request | None = None
        self._folder = Path()
        self._reader: MapReader | None = None
        self._staging: Staging | None = None

    def is_whole(self, folder: Path) -> bool:
        """Whether all maps are there."""
        return files_are_there(folder) and bool(bundle.read_manifest(folder)["files"])

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Begin to read the maps' files."""
        self._title, self._request, self._folder = title, request, folder
        manifest = bundle.read_manifest(folder)
        files = {Path(name).stem: folder / name for name in manifest["files"] if Path(name).stem in MAPS}
        beside = self._beside()
        self._reader = MapReader(files, beside)
        self._reader.start()
        if self.beside and beside is None:
            return ["The images are packed, because this .blend has not been saved yet."]
        return []

    def read(self) -> bool:
        """Whether the maps are in memory."""
        assert self._reader is not None
        if self._reader.error is not None:
            raise self._reader.error
        return self._reader.done

    def stage(self) -> bool:
        """One more image into the file."""
        assert self._reader is not None and self._reader.result is not None
        if self._staging is None:
            self._staging = Staging(self._title, self._reader.result)
        return self._staging.step()

    def apply(self) -> tuple[str, list[str]]:
        """The material with its nodes, on its targets."""
        assert self._staging is not None and self._request is not None
        asset, beside = bundle.asset_without_arrays(self._folder), self._beside()
        made = Made(
            title=self._title,
            request=self._request,
            pictures=self.pictures,
            material=asset.materials[0],
            images=self._staging.images(),
            references_folder=str(beside.parent / "references") if beside else "",
            report=asset.report,
            size_px=bundle.size_px(self._folder),
        )
        material, said = apply(made, self.place, self.metres_per_unit)
        return material.name, said

    def discard(self) -> None:
        """Take the images out again."""
        if self._staging is not None:
            self._staging.discard()

    def after_load(self, same_file: bool) -> None:
        """The targets by name in the same file, none in another."""
        self.place = self.place.after_load(same_file)

    def fresh(self, scene: Target | None = None) -> Delivery:
        """From its start; as a new thing it goes on a preview plane."""
        place = self.place if scene is None else self.place.as_new(scene)
        return MaterialDelivery(self.pictures, place, self.beside, self.metres_per_unit)

    def lost(self) -> str:
        """Where neither the material nor one of the objects is there."""
        return "" if self.place.is_there() else LOST

    def _beside(self) -> Path | None:
        return beside_folder(self._request.key) if self.beside and self._request else None
