# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's reference slots as pictures with bytes and a hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..core.errors import InputError
from ..core.files import depth, plain_image
from ..core.generators import Method
from .mask_image import is_mask, mask_of
from .param_properties import choice_label
from .scene.images import read_pixels
from .scene.record import Picture, encoded_bytes

MAX_PICTURE_BYTES = 512 * 2**20
_MISSING = {
    "albedo": "No reference picture is chosen. Choose a photograph of the surface.",
    "mask": "No mask is chosen. Press 'Paint Mask' and paint what shall be made anew, or choose a picture of it.",
}


def repeated_role(method: Method) -> str:
    """The role of which a method takes several pictures, "" where it takes none."""
    return next(iter(method.repeatable), "")


def takes_mask(references: Any, method: Method) -> bool:
    """Whether a mask says anything: where it lies between pictures of one role, there have to be two."""
    pictures = [references.albedo, *references.more]
    return not repeated_role(method) or sum(slot.filled for slot in pictures) == 2


def read_slots(references: Any, method: Method) -> list[Picture]:
    """The chosen pictures in the order of the method's roles; InputError where a required one is missing or unreadable.

    Further pictures of the repeated role follow their first. A mask that says nothing stays where it is.
    """
    pictures: list[Picture] = []
    for role in method.roles:
        slot = getattr(references, role)
        if role == "mask" and not takes_mask(references, method):
            continue
        if slot.filled:
            pictures.append(read_slot(role, slot))
        elif role in method.required:
            raise InputError(_MISSING.get(role, f"{choice_label(role)}: no picture is chosen. Choose one."))
        if slot.filled and role == repeated_role(method):
            pictures += [read_slot(role, further) for further in references.more if further.filled]
    return pictures


def write_slots(references: Any, method: Method, given: list[tuple[str, str, float]]) -> None:
    """Show pictures, each as (role, path, weight), in the method's slots; the others are emptied."""
    references.more.clear()
    left = list(given)
    for role in method.roles:
        first = next((item for item in left if item[0] == role), (role, "", 1.0))
        getattr(references, role).use_file(*first[1:])
        if first in left:
            left.remove(first)
    for _, path, weight in left:
        references.more.add().use_file(path, weight)


def read_slot(role: str, slot: Any) -> Picture:
    """One slot's picture."""
    if slot.source == "IMAGE":
        return _image_picture(role, slot.image, slot.weight)
    return _file_picture(role, Path(bpy.path.abspath(slot.path)), slot.weight)


def _file_picture(role: str, path: Path, weight: float) -> Picture:
    label = choice_label(role)
    if path.is_dir():
        raise InputError(f"{label}: '{path}' is a folder. Choose a picture in it.")
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise InputError(f"{label}: '{path.name}' is larger than {MAX_PICTURE_BYTES >> 20} MiB. Use a smaller one.")
        return Picture.of(role, str(path), path.read_bytes(), weight)
    except FileNotFoundError as error:
        raise InputError(f"{label}: the picture '{path}' does not exist. Choose another.") from error
    except OSError as error:
        raise InputError(f"{label}: the picture '{path}' cannot be read: {error.strerror}.") from error


def _image_picture(role: str, image: Any, weight: float) -> Picture:
    """The image's own file where it has one; what was painted or rendered is encoded as PNG."""
    label = choice_label(role)
    if image.source in ("MOVIE", "SEQUENCE", "TILED", "VIEWER"):
        raise InputError(f"{label}: '{image.name}' is no single still picture. Choose a plain image.")
    painted = image.is_dirty or image.source == "GENERATED" or is_mask(image)
    data = b"" if painted else encoded_bytes(image)
    if data:
        suffix = Path(image.filepath).suffix or ".png"
        path = bpy.path.abspath(image.filepath, library=image.library) if image.filepath else f"{image.name}{suffix}"
        return Picture.of(role, path, data, weight)
    if not image.has_data and not (image.source == "GENERATED" and image.size[0]):
        raise InputError(
            f"{label}: the file of '{image.name}' is missing. Find it (File > External Data) or choose another."
        )
    return Picture.of(role, f"{image.name}.png", _encoded(image), weight)


def _encoded(image: Any) -> bytes:
    """The image's pixels as an 8-bit PNG; a painted mask as grey."""
    pixels = read_pixels(image)
    if not is_mask(image):
        return plain_image.png(depth.integers(pixels, 8))
    if image.is_dirty:
        # strokes live in memory alone: what was used shall be there when the file is opened again
        image.pack()
    return plain_image.png(depth.integers(mask_of(pixels), 8))
