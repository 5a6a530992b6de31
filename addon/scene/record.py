# SPDX-License-Identifier: GPL-3.0-or-later
"""What a material remembers of how it was made: its Request, Maquette's version, the key, its figures, its pictures.

Custom properties, so that they survive saving, appending and linking, and a Blender without Maquette. Reference
pictures are images that only these properties use: packed, or stored by hash beside the .blend.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import HostError, InputError
from ...core.request import Reference, Request
from ...core.version import VERSION

REQUEST, MADE_BY, KEY, APPLIED = "maquette_request", "maquette_version", "maquette_key", "maquette_applied"
REPORT, SIZE, MADE_ON = "maquette_report", "maquette_size", "maquette_made_on"
REFERENCE = "maquette_reference_"


@dataclass(frozen=True)
class Picture:
    """One reference picture as it will be kept: its encoded bytes, their hash, where they came from."""

    role: str
    path: str
    sha256: str
    data: bytes
    weight: float = 1.0

    @classmethod
    def of(cls, role: str, path: str, data: bytes, weight: float = 1.0) -> Picture:
        """The picture with the hash of its bytes."""
        return cls(role, path, hashlib.sha256(data).hexdigest(), data, float(f"{weight:.6g}"))

    @property
    def reference(self) -> Reference:
        """As a Request names it."""
        return Reference(self.role, self.path, self.sha256, self.weight)


def is_made(material: Any) -> bool:
    """Whether Maquette made this material."""
    return material is not None and REQUEST in material


def is_character(item: Any) -> bool:
    """Whether an object is the armature of a character that Maquette made."""
    return item is not None and item.type == "ARMATURE" and REQUEST in item


def is_building(item: Any) -> bool:
    """Whether an object is the root of a building, or of one of several options, that Maquette made."""
    return item is not None and item.type == "EMPTY" and REQUEST in item


def read_request(material: Any) -> Request:
    """The Request that a material was made from; an InputError where it cannot be read."""
    return Request.from_json(str(material[REQUEST]), f"The Request on '{material.name}'")


def made_by(material: Any) -> str:
    """The version of Maquette that made the material."""
    return str(material.get(MADE_BY, "an unknown version"))


def made_on(thing: Any) -> str:
    """When a datablock was made, as "2026-11-25 14:40"; "" where an older Maquette did not say."""
    return str(thing.get(MADE_ON, ""))


def applied(material: Any) -> dict[str, str]:
    """The panel's choices under which the material was put into the scene: `mapping`, `relief_as`."""
    return {str(key): str(value) for key, value in dict(material.get(APPLIED, {})).items()}


def write_figures(
    material: Any, report: Mapping[str, float], size_px: tuple[int, int], size_m: tuple[float, float]
) -> None:
    """Remember what was measured, and the tile's width and height in pixels and metres."""
    material[REPORT] = dict(report)
    material[SIZE] = [*map(float, size_px), *size_m]


def report_of(material: Any) -> dict[str, float]:
    """The figures of the quality card; empty for a result of a Maquette that made none."""
    return {str(key): float(value) for key, value in dict(material.get(REPORT, {})).items()}


def size_of(material: Any) -> tuple[float, float, float, float] | None:
    """The tile's width and height in pixels, then in metres; None where an older Maquette did not say."""
    size = tuple(float(value) for value in material.get(SIZE, ()))
    return (size[0], size[1], size[2], size[3]) if len(size) == 4 and min(size) > 0 else None


def write_record(material: Any, request: Request, chosen: dict[str, str], pictures: list[Picture], folder: str) -> None:
    """Remember the Request; references become images: packed, or in `folder` beside the .blend where that is given."""
    _sign(material, request)
    material[APPLIED] = chosen
    names = _property_names(pictures)
    for name in [name for name in material.keys() if name.startswith(REFERENCE)]:  # noqa: SIM118 a datablock has no iter
        if name not in names:
            del material[name]
    for name, picture in zip(names, pictures, strict=True):
        material[name] = _reference_image(picture, folder)


def write_object_record(item: Any, request: Request, report: Mapping[str, float]) -> None:
    """Remember on an object, a character's armature or a building's root, what it was made from. References stay where
    they are, by hash."""
    _sign(item, request)
    item[REPORT] = dict(report)


def _sign(thing: Any, request: Request) -> None:
    thing[REQUEST] = request.to_json()
    thing[MADE_BY] = VERSION
    thing[KEY] = request.key
    thing[MADE_ON] = time.strftime("%Y-%m-%d %H:%M")


def _property_names(pictures: list[Picture]) -> list[str]:
    """The custom property of each picture: its role, with a number from the second of a role on."""
    names: list[str] = []
    for picture in pictures:
        same = sum(1 for before in pictures[: len(names)] if before.role == picture.role)
        names.append(REFERENCE + picture.role + (f"_{same + 1}" if same else ""))
    return names


def kept_pictures(material: Any, request: Request) -> list[Picture]:
    """The reference pictures of a material, read back from where they are kept, else from where they came from."""
    return [_kept(material, reference) for reference in request.references]


def with_paths(request: Request, pictures: list[Picture], cache: Path) -> Request:
    """The Request with every reference at a path that exists: where it was, or a copy by hash in the cache."""
    return replace(request, references=tuple(_placed(picture, cache) for picture in pictures))


def _kept(material: Any, reference: Reference) -> Picture:
    for name in [name for name in material.keys() if name.startswith(REFERENCE)]:  # noqa: SIM118 a datablock has no iter
        if (image := material[name]) is None or not name.startswith(REFERENCE + reference.role):
            continue
        data = encoded_bytes(image)
        if data and hashlib.sha256(data).hexdigest() == reference.sha256:
            return Picture(reference.role, reference.path, reference.sha256, data, reference.weight)
    return _from_path(material, reference)


def _from_path(material: Any, reference: Reference) -> Picture:
    """The picture from where it once came from, if it still is the same."""
    try:
        data = Path(reference.path).read_bytes()
    except OSError as error:
        raise InputError(
            f"The {reference.role} picture of '{material.name}' is neither in this file nor at "
            f"'{reference.path}'. Choose the picture in the panel and press Regenerate."
        ) from error
    picture = Picture.of(reference.role, reference.path, data, reference.weight)
    if reference.sha256 not in ("", picture.sha256):
        raise InputError(
            f"The picture '{reference.path}' is no longer the one that '{material.name}' was made from. "
            "Choose it in the panel and press Regenerate to use it as it is now."
        )
    return picture


def encoded_bytes(image: Any) -> bytes:
    """The encoded file of an image, packed or on disk; b"" where there is none."""
    if image.packed_file is not None:
        return bytes(image.packed_file.data)
    path = Path(bpy.path.abspath(image.filepath, library=image.library))
    return path.read_bytes() if image.filepath and path.is_file() else b""


def _reference_image(picture: Picture, folder: str) -> Any:
    for image in bpy.data.images:
        if image.get("maquette_sha256") == picture.sha256 and image.library is None:
            return image
    suffix = Path(picture.path).suffix.lower() or ".png"
    if folder:
        path = Path(folder) / f"{picture.sha256}{suffix}"
        write_once(path, picture.data)
        image = bpy.data.images.load(str(path), check_existing=False)
        image.filepath_raw = bpy.path.relpath(str(path))
    else:
        # the size tells nothing: the packed file does
        image = bpy.data.images.new("reference", 1, 1)
        image.source = "FILE"
        image.filepath_raw = f"//maquette/references/{picture.sha256}{suffix}"
        image.pack(data=picture.data, data_len=len(picture.data))
    image.name = f"Reference {Path(picture.path).name}"[:60]
    image["maquette_sha256"] = picture.sha256
    return image


def _placed(picture: Picture, cache: Path) -> Reference:
    path = Path(picture.path)
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == picture.sha256:
        return picture.reference
    path = cache / "references" / f"{picture.sha256}{path.suffix.lower() or '.png'}"
    write_once(path, picture.data)
    return replace(picture.reference, path=str(path))


def write_once(path: Path, data: bytes) -> None:
    """Write a file that is named by its content, unless it is there; HostError where that cannot be."""
    if path.is_file() and path.stat().st_size == len(data):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".part")
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise HostError(f"'{path.parent}' cannot be written: {error.strerror}. Check the disk.") from error
