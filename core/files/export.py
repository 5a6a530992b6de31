# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset to the files that were asked for, in a folder beside its `asset.json`."""

from __future__ import annotations

import importlib
from collections.abc import Collection
from pathlib import Path

from .. import bundle
from ..asset import Asset
from ..codec import show
from ..context import Progress, span
from ..errors import InputError

FORMATS = ("npy", "png", "exr", "glb", "blend")
# what writes each format: `write(asset, folder, progress) -> file names`; the arrays (npy) are the bundle's own
_WRITERS = {"png": "png", "exr": "exr", "glb": "gltf"}


def check_formats(formats: Collection[str]) -> None:
    """Raise InputError for a format that is not known."""
    for name in formats:
        if name not in FORMATS:
            raise InputError(f"There is no export {show(name)}. Known are {', '.join(FORMATS)}.")


def export(asset: Asset, folder: Path, formats: Collection[str], *, progress: Progress) -> tuple[str, ...]:
    """Write `asset.json` and the `formats` into an existing folder; returns the names of the exported files.

    `progress(fraction, text)` may raise to stop. A Blender that is needed and missing is a HostError.
    """
    check_formats(formats)
    names: list[str] = []
    wanted = [name for name in FORMATS if name in formats and name in _WRITERS]
    for number, name in enumerate(wanted):
        progress(number / len(wanted), f"Writing {name.upper()}")
        writer = importlib.import_module(f".{_WRITERS[name]}", __package__)
        names += writer.write(asset, folder, span(progress, number / len(wanted), 1 / len(wanted)))
    if "blend" in formats:
        names += _blend(asset, folder, names, progress)
    bundle.write_asset(asset, folder, tuple(names), arrays="npy" in formats)
    return tuple(names)


def _blend(asset: Asset, folder: Path, names: list[str], progress: Progress) -> list[str]:
    """A .blend is built from the folder's PNGs; those that nobody asked for are taken away again."""
    from . import blend, png

    extra = [] if "albedo.png" in names else png.write(asset, folder, progress)
    bundle.write_asset(asset, folder, (*names, *extra), arrays=False)
    written = blend.write(folder, progress)
    for name in extra:
        (folder / name).unlink()
    return written
