# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes arrays as image files through OpenImageIO, without time stamps or names of software."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 its own documentation's name for it

from ..asset import Asset

Attributes = Sequence[tuple[str, str | int]]
# (file name, what gives the pixels that it stores, how it is packed)
ImageFile = tuple[str, Callable[[], np.ndarray], Attributes]
_TYPES = {"uint8": oiio.UINT8, "uint16": oiio.UINT16, "float16": oiio.HALF}
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
# every file in flight holds its pixels in memory
MAX_FILES_AT_ONCE = 4


def write_maps(
    asset: Asset,
    folder: Path,
    suffix: str,
    encoded: Callable[[str, np.ndarray], np.ndarray],
    attributes: Callable[[str], Attributes],
    progress: Callable[[float, str], None],
) -> list[str]:
    """Write every map of every material, several files at once; returns the file names.

    A single material's files are named by the map alone, those of several have the material's name in front.
    `encoded(name, image)` turns a map into what the file holds, `attributes(name)` says how it is packed.
    """
    alone = len(asset.materials) == 1
    files: list[ImageFile] = []
    for title, material in zip(file_titles(asset), asset.materials, strict=True):
        for name, image in material.maps.items():
            file = f"{name}{suffix}" if alone else f"{title}_{name}{suffix}"
            files.append((file, functools.partial(encoded, name, image), attributes(name)))
    return write_files(files, folder, progress)


def file_titles(asset: Asset) -> list[str]:
    """What each material is called in names of files: harmless, and no two alike."""
    titles: list[str] = []
    for number, material in enumerate(asset.materials):
        title = re.sub(r"[^\w .+-]", "_", material.name).strip(" .") or "material"
        titles.append(title if title not in titles else f"{title} {number}")
    return titles


def write_files(files: Sequence[ImageFile], folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write image files, several at once; returns their names. `progress` may raise to stop."""

    def write(index: int) -> None:
        name, stored, attributes = files[index]
        write_image(folder / name, stored(), attributes)

    with ThreadPoolExecutor(min(MAX_FILES_AT_ONCE, os.cpu_count() or 1)) as pool:
        tasks = [pool.submit(write, index) for index in range(len(files))]
        try:
            for number, task in enumerate(tasks):
                progress(number / len(tasks), f"Writing {files[number][0]}")
                task.result()
        finally:
            for task in tasks:
                task.cancel()
    return [name for name, _, _ in files]


def write_image(path: Path, pixels: np.ndarray, attributes: Attributes = ()) -> None:
    """Write (H, W, C) uint8, uint16 or float16 pixels; the suffix says the format. Raises OSError."""
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], _TYPES[pixels.dtype.name])
    # an empty one keeps the clock out of the file
    for name, value in (("DateTime", ""), *attributes):
        spec.attribute(name, value)
    output = oiio.ImageOutput.create(str(path))
    if output is None:
        raise OSError(f"no writer for {path.suffix}: {oiio.geterror()}")
    done = output.open(str(path), spec) and output.write_image(np.ascontiguousarray(pixels))
    # a disk that fills up while the last buffers are written out goes unnoticed there
    if not (output.close() and done and _is_whole(path, pixels.shape[0])):
        _raise_write_error(path, output.geterror() or oiio.geterror())


def _is_whole(path: Path, height: int) -> bool:
    """Whether what is written last is there: a PNG's end mark, else the last row."""
    if path.suffix == ".png":
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - len(_PNG_END)))
            return file.read(len(_PNG_END)) == _PNG_END
    source = oiio.ImageInput.open(str(path))
    row = source.read_scanline(height - 1, 0, "half") if source else None
    if source:
        source.close()
    return row is not None


def _raise_write_error(path: Path, said: str) -> None:
    """OpenImageIO keeps no errno: writing a little more by ourselves finds the system's own reason."""
    with open(path, "ab") as file:
        file.write(bytes(2**20))
        file.flush()
        os.fsync(file.fileno())
    raise OSError(f"{path.name} could not be written: {said}")
