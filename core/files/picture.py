# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a reference picture: checked before memory is taken, upright, of a sensible size, float32 in [0, 1]."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
from PIL import Image

from ..codec import show
from ..errors import InputError
from . import decoding
from .decoding import Decoded

MAX_SIDE = 16384
MAX_PIXELS = 128 * 10**6
MAX_BYTES = 2**30
MIN_SIDE = 64
# a picture is never handed on larger than this, and so must not be a longer strip than LONGEST_STRIP to one
MAX_READ_SIDE = 4096
LONGEST_STRIP = MAX_READ_SIDE // MIN_SIDE
READABLE = "JPEG, PNG, WebP, TIFF, BMP, TGA or OpenEXR"
TRANSPARENT = 1 / 255


def check_picture(path: Path) -> tuple[int, int]:
    """(width, height) as stored, from the header alone; an InputError for what `read_picture` would refuse unread."""
    kind = _checked_kind(path)
    try:
        width, height = decoding.size_of(path, kind)
    except Image.DecompressionBombError as error:
        raise InputError(
            f"The picture {_shown(path)} claims more than {MAX_PIXELS // 10**6} megapixels. Give a smaller one."
        ) from error
    except Exception as error:
        raise _damaged(path, kind) from error
    _check_size(path, width, height)
    return width, height


def read_picture(path: Path, channels: int, *, shortest: int | None = None, srgb: bool = False) -> np.ndarray:
    """A picture as (H, W, channels) float32 in [0, 1].

    Values stay as stored; with `srgb` they are colours: an embedded profile is converted to sRGB and linear values
    (OpenEXR) are encoded. Grey becomes three equal channels, three become their mean. Alpha is dropped: the colour of
    see-through pixels is that of the visible ones around. A picture is brought down (Lanczos) so that its shortest
    side is `shortest`, and never is longer than 4096. Anything that cannot be used is an InputError.
    """
    check_picture(path)
    kind = decoding.kind_of(path)
    try:
        decoded = decoding.decode(path, kind, srgb)
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(path, kind) from error
    height, width = decoded.pixels.shape[:2]
    image = _visible_colours(decoded, _reduced(width, height, shortest), srgb)
    if image is None:
        raise InputError(f"The picture {_shown(path)} is wholly transparent. Give one that shows the surface.")
    if channels == image.shape[2]:
        return image
    return np.repeat(image, channels, axis=2) if image.shape[2] == 1 else image.mean(axis=2, keepdims=True)


def filled_in(image: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """The image with its hidden pixels taken from ever coarser averages of the visible ones around (pull-push)."""
    if visible.all():
        return image
    height, width, num_channels = image.shape
    weight = np.pad(visible, ((0, height % 2), (0, width % 2))).astype(np.float32)[..., None]
    padded = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0))) * weight
    quarters = (-(-height // 2), 2, -(-width // 2), 2)
    count = weight.reshape(*quarters, 1).sum(axis=(1, 3))
    mean = padded.reshape(*quarters, num_channels).sum(axis=(1, 3)) / np.maximum(count, 1)
    coarse = filled_in(mean, count[..., 0] > 0)
    finer = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    filled: np.ndarray = np.where(visible[..., None], image, finer)
    return filled


def _checked_kind(path: Path) -> str:
    """The kind of a regular, readable file that starts like a picture."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{_shown(path)} is a folder. Name a picture file.")
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{_shown(path)} is a device or a pipe. Name a picture file.")
        if found.st_size == 0:
            raise InputError(f"The picture {_shown(path)} is empty. Save it again.")
        if found.st_size > MAX_BYTES:
            raise InputError(f"The picture {_shown(path)} is larger than {MAX_BYTES >> 20} MiB. Give a smaller file.")
        kind = decoding.kind_of(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"The picture {_shown(path)} does not exist. Check its path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The picture {_shown(path)} cannot be read: {reason}.") from error
    if not kind:
        raise InputError(f"{_shown(path)} is no picture that Maquette reads. Give a {READABLE} file.")
    return kind


def _check_size(path: Path, width: int, height: int) -> None:
    size = f"The picture {_shown(path)} is {width} x {height} px"
    if max(width, height) > MAX_SIDE:
        raise InputError(f"{size}; {MAX_SIDE} px a side are the most. Make it smaller.")
    if width * height > MAX_PIXELS:
        raise InputError(f"{size}; {MAX_PIXELS // 10**6} megapixels are the most. Make it smaller.")
    if min(width, height) < MIN_SIDE:
        raise InputError(f"{size}; {MIN_SIDE} px a side are the least. Give a larger one.")
    if max(width, height) > LONGEST_STRIP * min(width, height):
        raise InputError(f"{size}, too narrow a strip; {LONGEST_STRIP} to 1 is the most. Cut a part of it.")


def _reduced(width: int, height: int, shortest: int | None) -> tuple[int, int]:
    """(width, height) to bring a picture down to; never larger than it is."""
    scale = min(1.0, MAX_READ_SIDE / max(width, height))
    if shortest is not None:
        scale = min(scale, shortest / min(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _visible_colours(decoded: Decoded, size: tuple[int, int], srgb: bool) -> np.ndarray | None:
    """(H, W, C) float32 in [0, 1] without alpha, None where nothing is visible."""
    num_channels = decoded.pixels.shape[2]
    planes = (_unit_values(decoded.pixels[..., channel]) for channel in range(num_channels))
    alpha = None if decoded.alpha is None else np.clip(_unit_values(decoded.alpha), 0, 1)
    if alpha is None or alpha.min() == 1:
        opaque: np.ndarray = np.stack([_resized(_stored(plane, decoded, srgb), size) for plane in planes], axis=2)
        return opaque
    if decoded.linear:
        planes = (plane / np.maximum(alpha, TRANSPARENT) for plane in planes)
    # weighted by alpha, what is hidden cannot bleed into its surroundings
    weight = _resized(alpha, size)
    colours = [_resized(_stored(plane, decoded, srgb) * alpha, size) for plane in planes]
    image: np.ndarray = np.clip(np.stack(colours, axis=2) / np.maximum(weight, TRANSPARENT)[..., None], 0, 1)
    visible: np.ndarray = weight >= TRANSPARENT
    return filled_in(image, visible) if visible.any() else None


def _unit_values(plane: np.ndarray) -> np.ndarray:
    """Float32 with the dtype's largest value at 1; what is not a number counts as 0."""
    if plane.dtype == np.float32:
        return np.nan_to_num(plane, nan=0.0, posinf=1.0, neginf=0.0)
    return plane.astype(np.float32) * np.float32(1 / np.iinfo(plane.dtype).max)


def _stored(plane: np.ndarray, decoded: Decoded, srgb: bool) -> np.ndarray:
    """Values in [0, 1] as an 8-bit file would hold them: linear colour gets the sRGB curve (IEC 61966-2-1)."""
    if not decoded.linear:
        return plane
    plane = np.clip(plane, 0, 1)
    if not srgb:
        return plane
    curved: np.ndarray = np.where(plane <= 0.0031308, plane * 12.92, 1.055 * plane ** np.float32(1 / 2.4) - 0.055)
    return curved.astype(np.float32)


def _resized(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if plane.shape == (size[1], size[0]):
        return np.clip(plane, 0, 1)
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    reduced: np.ndarray = np.asarray(image.resize(size, Image.Resampling.LANCZOS))
    return np.clip(reduced, 0, 1)


def _damaged(path: Path, kind: str) -> InputError:
    return InputError(f"The picture {_shown(path)} is damaged or cut short: no readable {kind}. Save it again.")


def _shown(path: Path) -> str:
    return show(str(path))
