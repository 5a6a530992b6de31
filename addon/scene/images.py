# SPDX-License-Identifier: GPL-3.0-or-later
"""Map images: read off the main thread, put into the .blend packed or from beside it.

Encoded files go in as they are (a 4096 px map is never pushed pixel by pixel); Blender decodes when it draws.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...core.errors import HostError
from ...core.texture.maps import MAPS
from .image_stamp import stamp_image


@dataclass(frozen=True)
class MapFile:
    """One map's encoded file: its bytes, to be packed, or None where it stays at `path`."""

    path: Path
    data: bytes | None


class MapReader(threading.Thread):
    """Reads (or copies beside the .blend) the files of maps, so that no tick of the window waits for the disk.

    `result` is None while it works; afterwards `error` says what failed.
    """

    def __init__(self, files: Mapping[str, Path], beside: Path | None) -> None:
        super().__init__(name="maquette-map-reader", daemon=True)
        self._files, self._beside = dict(files), beside
        self.result: dict[str, MapFile] | None = None
        self.error: HostError | None = None

    def run(self) -> None:
        """Thread body; touches files only, nothing of Blender."""
        try:
            self.result = read_maps(self._files, self._beside)
        except HostError as error:
            self.error = error

    @property
    def done(self) -> bool:
        """Whether there is a result or an error."""
        return self.result is not None or self.error is not None


def read_maps(files: Mapping[str, Path], beside: Path | None) -> dict[str, MapFile]:
    """The maps' files by map name: read whole, or copied into the folder `beside`."""
    try:
        if beside is None:
            return {name: MapFile(path, path.read_bytes()) for name, path in files.items()}
        beside.mkdir(parents=True, exist_ok=True)
        return {name: MapFile(_copied(path, beside / path.name), None) for name, path in files.items()}
    except OSError as error:
        where = error.filename or beside
        raise HostError(f"'{where}' cannot be read or written: {error.strerror}. Check the disk.") from error


def _copied(source: Path, target: Path) -> Path:
    # under another name first: a full disk must not leave half a picture under the right one
    temporary = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def make_image(title: str, map_name: str, file: MapFile) -> Any:
    """A new Image datablock for one map."""
    image = bpy.data.images.load(str(file.path), check_existing=False)
    image.name = f"{title} {MAPS[map_name].label}"
    if file.data is None:
        if bpy.data.filepath:
            image.filepath_raw = bpy.path.relpath(str(file.path))
    else:
        # a name that is no file: 'Reload' must not replace the packed picture by whatever lies in the cache by then
        image.filepath_raw = f"//maquette/{file.path.parent.name[:16]}/{file.path.name}"
        image.pack(data=file.data, data_len=len(file.data))
    stamp_image(image, file.data)
    if not MAPS[map_name].srgb:
        set_non_color(image)
    return image


def image_from_pixels(title: str, map_name: str, pixels: Any) -> Any:
    """A packed Image datablock from an (H, W, C) float array, top row first, for bundles without encoded files."""
    height, width, channels = pixels.shape
    kind = MAPS[map_name]
    image: Any = bpy.data.images.new(f"{title} {kind.label}", width, height, float_buffer=not kind.srgb)
    if not kind.srgb:
        set_non_color(image)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels if channels == 3 else pixels[..., :1]
    image.pixels.foreach_set(np.ascontiguousarray(rgba[::-1]).ravel())
    image.pack()
    return image


def read_pixels(image: Any) -> np.ndarray:
    """(H, W, 3) float32 in [0, 1], top row first, as a file would hold them: colour in sRGB, data as it is.

    Also what was painted and never saved.
    """
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    stored = np.clip(pixels.reshape(height, width, 4)[::-1, :, :3], 0.0, 1.0)
    # Blender decodes colour where it keeps floats
    if image.is_float and not image.colorspace_settings.is_data:
        stored = np.where(stored <= 0.0031308, 12.92 * stored, 1.055 * stored ** np.float32(1 / 2.4) - 0.055)
    result: np.ndarray = stored.astype(np.float32, copy=False)
    return result


def set_non_color(image: Any) -> None:
    """Data, not colour: also where a studio's colour configuration has no space of Blender's usual name."""
    try:
        image.colorspace_settings.name = "Non-Color"
    except TypeError:
        image.colorspace_settings.is_data = True
