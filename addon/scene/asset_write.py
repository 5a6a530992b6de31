# SPDX-License-Identifier: GPL-3.0-or-later
"""One generated datablock as an asset in a .blend of its own: picture, catalog, tags, author, licence, description.

The Request, the pictures that it starts from and all that tells what was changed by hand travel in custom properties,
so what comes out of the library again can be made anew. The open file is left as it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...core.errors import HostError, InputError
from . import asset_picture
from .asset_catalogs import TEXTURES, add_catalogs
from .asset_file import set_preview
from .building_asset import CATALOG as BUILDINGS
from .building_asset import pictured
from .character_asset import CATALOG as CHARACTERS
from .character_parts import meshes_of
from .ownership import home_of
from .portrait import set_portrait
from .record import is_character

# the catalog and the folder of each kind
KINDS = {
    "material": (TEXTURES, "Textures"),
    "character": (CHARACTERS, "Characters"),
    "building": (BUILDINGS, "Buildings"),
}


@dataclass(frozen=True)
class AssetCard:
    """What the Asset Browser tells of an asset."""

    name: str
    description: str = ""
    author: str = ""
    licence: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """An asset's file, the name that its datablock has there, and the picture that the file still lacks: (N, ) float32,
    None where it has it."""

    path: Path
    name: str
    picture: np.ndarray | None = None


def write_asset(thing: Any, card: AssetCard, library: Path, replace: bool = False) -> Written:
    """Write a generated datablock into its own .blend below the folder of an asset library.

    Where there is one of that name it gets a number, unless it shall be replaced. InputError where the datablock is in
    no whole, HostError where the folder cannot be written: then nothing half-written is left.
    """
    whole = home_of(thing)
    if whole is None:
        raise InputError(f"'{thing.name}' and its parts are in no collection of their own. Put them into one.")
    catalog, below = KINDS[_kind_of(thing)]
    folder = library / below
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostError(f"'{folder}' cannot be made: {error.strerror}. Choose another folder.") from error
    add_catalogs(library)
    path, name = _free(folder, card.name, replace)
    with _marked(whole, thing, name), _packed(images_of(thing)):
        _describe(whole, card, catalog)
        _picture(thing, whole)
        _write(whole, path)
        picture = asset_picture.pixels_of(whole) if asset_picture.is_needed(whole) else None
        return Written(path, whole.name, picture)


def images_of(thing: Any) -> list[Any]:
    """Every image that a generated datablock shows or starts from."""
    if isinstance(thing, bpy.types.Material):
        materials = {thing}
    else:
        items = home_of(thing).all_objects
        materials = {m for item in items if item.data is not None for m in getattr(item.data, "materials", ()) if m}
        materials |= {slot.material for item in items for slot in item.material_slots if slot.material is not None}
    found = set()
    for material in materials:
        nodes = material.node_tree.nodes if material.node_tree else ()
        found |= {node.image for node in nodes if getattr(node, "image", None) is not None}
        found |= {value for key in material.keys() if isinstance(value := material[key], bpy.types.Image)}  # noqa: SIM118 a datablock has no iter
    return sorted(found, key=lambda image: image.name)


def _kind_of(thing: Any) -> str:
    if isinstance(thing, bpy.types.Material):
        return "material"
    return "character" if is_character(thing) else "building"


def _free(folder: Path, name: str, replace: bool) -> tuple[Path, str]:
    """The file for an asset of this name, and its name: with a number where there is one."""
    stem = bpy.path.clean_name(name.strip(), replace=" ").strip() or "Unnamed"
    path, number = folder / f"{stem}.blend", 2
    while path.exists() and not replace:
        name, path = f"{stem} {number}", folder / f"{stem} {number}.blend"
        number += 1
    return path, name


def _describe(whole: Any, card: AssetCard, catalog: str) -> None:
    data = whole.asset_data
    data.catalog_id = catalog
    data.description, data.author, data.license = card.description, card.author, card.licence
    for tag in list(data.tags):
        data.tags.remove(tag)
    for name in card.tags:
        data.tags.new(name, skip_if_exists=True)


def _picture(thing: Any, whole: Any) -> None:
    if isinstance(thing, bpy.types.Material):
        set_preview(thing)
        return
    # places in the world are behind what was just made
    bpy.context.view_layer.update()  # type: ignore[union-attr]
    set_portrait(whole, list(meshes_of(thing).values()) if is_character(thing) else pictured([thing]))


def _write(whole: Any, path: Path) -> None:
    temporary = path.with_name(f".{path.stem}.part.blend")
    try:
        bpy.data.libraries.write(str(temporary), {whole}, fake_user=True, compress=True)
        os.replace(temporary, path)
    except (RuntimeError, OSError) as error:
        raise HostError(f"'{path}' could not be written: {error}. Check the disk.") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _marked(whole: Any, thing: Any, name: str) -> Iterator[None]:
    """The datablock as an asset of this name for a while; a collection's origin where its root stands."""
    before, fake, was_asset = whole.name, whole.use_fake_user, whole.asset_data is not None
    offset = [*whole.instance_offset] if isinstance(whole, bpy.types.Collection) else []
    whole.name = name
    whole.asset_mark()
    if offset:
        whole.instance_offset = thing.matrix_world.translation
    try:
        yield
    finally:
        if not was_asset:
            whole.asset_clear()
        whole.name, whole.use_fake_user = before, fake
        if offset:
            whole.instance_offset = offset


@contextmanager
def _packed(images: Sequence[Any]) -> Iterator[None]:
    """Images that lie beside the .blend are packed for a while, so that the asset is one file. What was painted and
    not saved stays packed: unpacking would lose it."""
    outside = []
    for image in images:
        if image.packed_file is not None and not image.is_dirty:
            continue
        if image.library is not None or image.source not in ("FILE", "GENERATED"):
            continue
        if not image.is_dirty and image.source == "FILE":
            if not Path(bpy.path.abspath(image.filepath)).is_file():
                continue
            outside.append(image)
        image.pack()
    try:
        yield
    finally:
        for image in outside:
            image.unpack(method="REMOVE")
