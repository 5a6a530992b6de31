# SPDX-License-Identifier: GPL-3.0-or-later
"""A material's maps out of the .blend, packed as a game engine wants them: works without the engine's process.

The maps are those that the material shows now, hand edits too; one whose node was deleted comes from the kept result.
Pixels are read on Blender's own thread, a map a tick; packing and writing happen on another.

    step() reads one map after the other -> a thread packs and writes -> `done`, with `error` or `files`
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..core.errors import Cancelled, HostError, InputError, MaquetteError
from ..core.files import packing, plain_image
from ..core.files.packing import FILES, Packed, Preset
from ..core.texture.maps import MAPS
from .package import cache_folder
from .scene.images import read_pixels, set_non_color
from .scene.material import map_images
from .scene.record import read_request
from .scene.targets import find_by_uid

_run: ExportRun | None = None


def current() -> ExportRun | None:
    """The export under way, None where there is none."""
    return _run if _run is not None and not _run.done else None


def begin(run: ExportRun | None) -> None:
    """Make this the export under way; None forgets one that has ended, and its maps."""
    global _run
    _run = run


@dataclass(frozen=True)
class Source:
    """Where one map comes from: an image by its name and session uid, or a file of the kept result."""

    image: str = ""
    uid: int = 0
    file: Path | None = None


@dataclass
class ExportRun:
    """One export on its way. `textures` are the files' names without their ending."""

    sources: dict[str, Source]
    preset: Preset
    file: str
    folder: Path
    title: str
    fraction: float = 0.0
    text: str = "Reading the maps"
    files: list[str] = field(default_factory=list)
    error: MaquetteError | None = None
    _maps: dict[str, np.ndarray] = field(default_factory=dict)
    _thread: threading.Thread | None = None
    _cancelled: bool = False

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.error is not None or (self._thread is not None and not self._thread.is_alive())

    def cancel(self) -> None:
        """Stop before the next texture; those that are written stay."""
        self._cancelled = True

    def step(self) -> bool:
        """Do what is next on Blender's thread; False once only the writing, or nothing, is left."""
        try:
            if self._cancelled:
                raise Cancelled("Cancelled.")
            left = [name for name in self.sources if name not in self._maps]
            if left:
                self._maps[left[0]] = _read(left[0], self.sources[left[0]])
                self.fraction = 0.4 * len(self._maps) / len(self.sources)
                return True
            if self._thread is None:
                check_sizes(self.preset, {name: image.shape[1::-1] for name, image in self._maps.items()})
                self._thread = threading.Thread(target=self._write, name="maquette-export", daemon=True)
                self._thread.start()
        except MaquetteError as error:
            self.error = error
        return False

    def wait(self) -> None:
        """See it to its end here and now."""
        while self.step():
            pass
        if self._thread is not None:
            self._thread.join()

    def _write(self) -> None:
        """Thread body: numpy and files only, nothing of Blender."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            textures = packing.textures_of(self.preset, self._maps)
            for number, texture in enumerate(textures):
                if self._cancelled:
                    raise Cancelled("Cancelled.")
                used = {c.map: self._maps[c.map] for c in texture.channels if c.map in self._maps}
                packed = packing.pack_texture(used, self.preset, texture, self.title)
                self.text = f"Writing {packed.stem}"
                self._write_file(packed)
                self.fraction = 0.4 + 0.6 * (number + 1) / len(textures)
        except MaquetteError as error:
            self.error = error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            self.error = HostError(f"'{self.folder}' cannot be written to: {reason}. Choose another folder.")

    def _write_file(self, packed: Packed) -> None:
        stored = packed.stored(self.file)
        data = plain_image.exr(stored) if self.file == "exr" else plain_image.png(stored, packed.srgb)
        path = self.folder / (packed.stem + FILES[self.file])
        # under another name first: a full disk must not leave half a texture under the right one
        temporary = path.with_name(path.name + ".part")
        try:
            temporary.write_bytes(data)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        self.files.append(path.name)


def export_of(material: Any, preset: Preset, file: str, folder: Path) -> ExportRun:
    """The export of a material; InputError where it has no map that the preset wants."""
    wanted = {channel.map for texture in preset.textures for channel in texture.channels} & set(MAPS)
    shown, kept = map_images(material), _kept_files(material)
    sources = {name: Source(image.name, image.session_uid) for name, image in shown.items() if name in wanted}
    sources |= {name: Source(file=path) for name, path in kept.items() if name in wanted and name not in sources}
    if not sources:
        raise InputError(f"'{material.name}' has no map left that could be exported. Press Regenerate first.")
    return ExportRun(sources, preset, file, folder, material.name)


def check_sizes(preset: Preset, sizes: dict[str, Sequence[int]]) -> None:
    """Raise InputError where maps of one texture differ in size."""
    for texture in packing.textures_of(preset, sizes):
        used = {channel.map: tuple(sizes[channel.map]) for channel in texture.channels if channel.map in sizes}
        if len(set(used.values())) > 1:
            listed = ", ".join(f"{MAPS[name].label} {size[0]} x {size[1]}" for name, size in used.items())
            raise InputError(
                f"The maps of {texture.suffix} differ in size ({listed}). "
                "Bring them to one size (Image > Resize in the Image Editor)."
            )


def _kept_files(material: Any) -> dict[str, Path]:
    """The map files of the result in the cache, where it still is there."""
    try:
        folder = cache_folder() / "results" / read_request(material).cache_key
    except MaquetteError:
        return {}
    return {name: path for name in MAPS if (path := folder / f"{name}.png").is_file()}


def _read(name: str, source: Source) -> np.ndarray:
    """One map as (H, W, 3) float32 in [0, 1]."""
    if source.file is None:
        shown: Any = find_by_uid(bpy.data.images, source.uid, source.image)
        if shown is None or not (shown.has_data or shown.size[0]):
            raise InputError(f"The image '{source.image}' has no pixels any more. Press Regenerate, or find its file.")
        return read_pixels(shown)
    image: Any = bpy.data.images.load(str(source.file), check_existing=False)
    try:
        if not MAPS[name].srgb:
            set_non_color(image)
        return read_pixels(image)
    finally:
        bpy.data.images.remove(image)
