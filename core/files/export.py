# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset to the files that were asked for, in a folder beside its `asset.json`."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from .. import bundle
from ..asset import Asset
from ..codec import show
from ..context import Progress, span
from ..errors import InputError
from ..texture.maps import MAPS
from . import scene
from .packing import FILES, PRESETS

_IMAGES = ("npy", "png", "png8", "png16", "exr")
_MODELS = ("glb", "glb_still", "glb_levels", "clips", "ifc", "csv", "blend")
FORMATS = (*_IMAGES, *_MODELS, *PRESETS)
# what a host's scene is built from, whole or its shape alone: see `scene`; arrays come with both
SCENE, SHAPE = "scene", "shape"
# a small picture of it, for lists of results
PICTURE = "picture"
# what writes each format: `write(asset, folder, progress, **options) -> file names`; the arrays are the bundle's own
_WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("png", {}),
    "png8": ("png", {"bits": 8}),
    "png16": ("png", {"bits": 16}),
    "exr": ("exr", {}),
    "glb": ("gltf", {}),
    "glb_still": ("gltf", {"clips": False}),
    "glb_levels": ("gltf", {"levels": True}),
    "clips": ("gltf", {"meshes": False}),
    "ifc": ("ifc", {}),
    "csv": ("areas_csv", {}),
    SCENE: ("scene", {}),
    PICTURE: ("thumbnail_file", {}),
}


def check_formats(formats: Collection[str]) -> None:
    """Raise InputError for a format that is not known, and for two that would write the same files differently.

    A preset of `packing` may name its kind of file: `unreal:exr`.
    """
    kind_of: dict[str, str] = {}
    for name in formats:
        kind = _file_kind(name)
        for file in _file_names(name):
            other = kind_of.setdefault(file, kind)
            if other != kind:
                raise InputError(f"{other} and {kind} would both write {file}. Name one of them.")


def export(
    asset: Asset, folder: Path, formats: Collection[str], *, progress: Progress, title: str = ""
) -> tuple[str, ...]:
    """Write `asset.json` and the `formats` into an existing folder; returns the names of the exported files.

    `title` names the files of engines' presets, the asset's name when left out. `progress(fraction, text)` may raise
    to stop. A Blender that is needed and missing is a HostError.
    """
    check_formats(formats)
    if SHAPE in formats:
        return _shape(asset, folder)
    names: list[str] = []
    # one order, however they were given: the manifest lists the files
    wanted = sorted({*formats} - {"npy", "blend"}, key=lambda name: (_order(name), name))
    for number, name in enumerate(wanted):
        progress(number / len(wanted), f"Writing {name}")
        module, options = _writer(name, title or asset.name)
        writer = importlib.import_module(f".{module}", __package__)
        names += writer.write(asset, folder, span(progress, number / len(wanted), 1 / len(wanted)), **options)
    names = list(dict.fromkeys(names))
    if "blend" in formats:
        names += _blend(asset, folder, names, progress)
    if SCENE in formats:
        asset = scene.without_textures(asset)
    bundle.write_asset(asset, folder, tuple(names), arrays=bool({"npy", SCENE} & {*formats}))
    return tuple(names)


def _scene_blend(asset: Asset, folder: Path, progress: Progress) -> list[str]:
    """The .blend of a character or building is built from what a scene is built from, in a folder beside; it comes as
    it is there."""
    from . import blend

    with tempfile.TemporaryDirectory(prefix=".scene-", dir=folder) as beside:
        export(asset, Path(beside), (SCENE,), progress=progress)
        written = blend.write(Path(beside), progress)
        for name in written:
            (Path(beside) / name).replace(folder / name)
    return written


def _shape(asset: Asset, folder: Path) -> tuple[str, ...]:
    """The arrays that a change of proportions moves, nothing else: a slider in motion waits for it."""
    bundle.write_asset(scene.shape_alone(asset), folder)
    return ()


def _writer(name: str, title: str) -> tuple[str, dict[str, Any]]:
    if name in _WRITERS:
        return _WRITERS[name]
    preset = PRESETS[name.partition(":")[0]]
    return "packed", {"preset": preset, "file": _file_kind(name), "title": title}


def _file_kind(name: str) -> str:
    """The kind of file that a format writes; InputError where there is no such format."""
    format_name, colon, kind = name.partition(":")
    if format_name in (SCENE, SHAPE, PICTURE) and not colon:
        return format_name
    if format_name not in FORMATS or (colon and format_name not in PRESETS):
        raise InputError(f"There is no export {show(name)}. Known are {', '.join(FORMATS)}.")
    if colon and kind not in FILES:
        raise InputError(f"There is no kind of file {show(kind)} for {format_name}. Known are {', '.join(FILES)}.")
    return kind or ("png" if format_name in PRESETS else format_name)


def _order(name: str) -> int:
    known = (*FORMATS, SCENE, PICTURE)
    return known.index(name.partition(":")[0])


def _file_names(name: str) -> list[str]:
    """The names of the files that a format writes which another may write too, for a material called Name."""
    format_name, kind = name.partition(":")[0], _file_kind(name)
    if format_name in PRESETS:
        preset = PRESETS[format_name]
        return [preset.file_stem("Name", texture) + FILES[kind] for texture in preset.textures]
    if format_name.startswith("glb"):
        return ["asset.glb"]
    return [f"{map_name}{FILES[kind]}" for map_name in MAPS] if kind in FILES else []


def _blend(asset: Asset, folder: Path, names: list[str], progress: Progress) -> list[str]:
    """A .blend is built from the folder's PNGs; those that nobody asked for are taken away again."""
    from . import blend, png

    if asset.meshes:
        return _scene_blend(asset, folder, progress)
    extra = [] if "albedo.png" in names else png.write(asset, folder, progress)
    bundle.write_asset(asset, folder, (*names, *extra), arrays=False)
    written = blend.write(folder, progress)
    for name in extra:
        (folder / name).unlink()
    return written
