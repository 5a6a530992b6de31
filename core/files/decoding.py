# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture file to an array of its pixels: pillow for 8-bit files, OpenImageIO for what holds more.

Only the kinds in KINDS are ever handed to a decoder, recognised by their first bytes, whatever the name says.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 its own documentation's name for it
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "TGA", "EXR")
SUFFIXES = {"PNG": (".png",), "TIFF": (".tif", ".tiff"), "EXR": (".exr",)}
_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"\x76\x2f\x31\x01", "EXR"),
)
_PNG_BITS_AT = 24
# numpy's way to bring each EXIF orientation upright: (transpose, flip rows, flip columns)
_ORIENTATIONS = {
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


@dataclass(frozen=True)
class Decoded:
    """`pixels` (H, W, C) uint8, uint16 or float32, upright, C 1 or 3; `alpha` (H, W) of the same dtype or None.

    `linear` marks scene-linear values (EXR), whose colour is premultiplied with alpha; all else is stored straight.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    linear: bool


def kind_of(path: Path) -> str:
    """The kind of picture by its first bytes, "" for none that is read."""
    with open(path, "rb") as file:
        start = file.read(16)
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    # a TGA has no mark of its own
    return "TGA" if path.suffix.lower() in (".tga", ".targa") else ""


def size_of(path: Path, kind: str) -> tuple[int, int]:
    """(width, height) from the header. Raises whatever the decoder does on a damaged file."""
    if _needs_oiio(path, kind):
        with _opened_by_oiio(path, kind) as source:
            spec = source.spec()
            return spec.width, spec.height
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=[kind]) as image:
            return image.size


def decode(path: Path, kind: str, srgb: bool) -> Decoded:
    """All pixels, the first page of several; with `srgb` an embedded colour profile is converted to sRGB."""
    if _needs_oiio(path, kind):
        return _decoded_by_oiio(path, kind, srgb)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _decoded_by_pillow(path, kind, srgb)


def _needs_oiio(path: Path, kind: str) -> bool:
    """Whether pillow would lose bits or refuse the file."""
    if kind == "PNG":
        with open(path, "rb") as file:
            return file.read(_PNG_BITS_AT + 1)[_PNG_BITS_AT:] == b"\x10"
    if kind == "TIFF":
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(path, formats=["TIFF"]) as image:
                    bits: tuple[int, ...] = image.tag_v2.get(258, (1,))  # type: ignore[attr-defined]
                    return max(bits) > 8
        except UnidentifiedImageError:
            return True
    return kind == "EXR"


def _decoded_by_pillow(path: Path, kind: str, srgb: bool) -> Decoded:
    with Image.open(path, formats=[kind]) as opened:
        profile = opened.info.get("icc_profile")
        image = ImageOps.exif_transpose(opened)
    see_through = image.has_transparency_data
    grey = image.mode in ("1", "L", "LA", "La")
    if srgb and profile:
        if image.mode not in ("L", "RGB", "CMYK"):
            image = image.convert("RGBA" if see_through else "RGB")
        image = _in_srgb(image, profile)
        grey = False
    image = image.convert(("LA" if see_through else "L") if grey else ("RGBA" if see_through else "RGB"))
    array = np.asarray(image).reshape(image.height, image.width, -1)
    return Decoded(array[..., :-1], array[..., -1], False) if see_through else Decoded(array, None, False)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours of an embedded profile as sRGB; a damaged profile, or one that does not fit the picture, is ignored."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        output = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=output)
        return converted or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _decoded_by_oiio(path: Path, kind: str, srgb: bool) -> Decoded:
    with _opened_by_oiio(path, kind) as source:
        spec = source.spec()
        if spec.deep:
            raise ValueError("it is a deep picture")
        native = "uint16" if spec.format == oiio.UINT16 else "float"
        array = source.read_image(0, 0, 0, spec.nchannels, native)
        if array is None or source.has_error:
            raise ValueError(source.geterror() or "its pixels cannot be read")
        profile, orientation = spec.getattribute("ICCProfile"), spec.get_int_attribute("Orientation", 1)
    array = _upright(array.reshape(spec.height, spec.width, spec.nchannels), orientation)
    alpha = array[..., spec.alpha_channel] if spec.alpha_channel >= 0 else None
    colours = [c for c in range(spec.nchannels) if c != spec.alpha_channel] or [spec.alpha_channel]
    pixels = array[..., colours[: 3 if len(colours) >= 3 else 1]]
    if srgb and profile is not None and pixels.dtype == np.uint16 and pixels.shape[2] == 3:
        pixels = _deep_in_srgb(pixels, np.asarray(profile, np.uint8).tobytes())
    return Decoded(pixels, alpha, kind == "EXR")


def _deep_in_srgb(pixels: np.ndarray, profile: bytes) -> np.ndarray:
    """16-bit colours of a profile as sRGB: what the conversion adds is found in 8 bits, the fine detail is kept."""
    coarse = np.round(pixels / 257).astype(np.uint8)
    moved = np.asarray(_in_srgb(Image.fromarray(coarse), profile))
    change = (moved.astype(np.int32) - coarse) * 257
    converted: np.ndarray = np.clip(pixels + change, 0, 65535).astype(np.uint16)
    return converted


@contextlib.contextmanager
def _opened_by_oiio(path: Path, kind: str) -> Iterator[oiio.ImageInput]:
    """OpenImageIO picks its decoder by the suffix alone: a file with another one is read from a renamed copy."""
    oiio.attribute("try_all_readers", 0)
    with contextlib.ExitStack() as stack:
        if path.suffix.lower() not in SUFFIXES[kind]:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            path = Path(shutil.copyfile(path, Path(folder) / f"picture{SUFFIXES[kind][0]}"))
        straight = oiio.ImageSpec()
        straight.attribute("oiio:UnassociatedAlpha", 1)
        source = oiio.ImageInput.open(str(path), straight)
        if source is None:
            raise ValueError(oiio.geterror())
        try:
            yield source
        finally:
            source.close()


def _upright(array: np.ndarray, orientation: int) -> np.ndarray:
    transpose, flip_rows, flip_columns = _ORIENTATIONS.get(orientation, (False, False, False))
    if transpose:
        array = array.swapaxes(0, 1)
    return array[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
