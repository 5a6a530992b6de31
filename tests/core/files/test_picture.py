# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 its own documentation's name for it
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from maquette.core.errors import InputError
from maquette.core.files.picture import check_picture, read_picture

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (64, 96, 3), dtype=np.uint8)
DEEP = RANDOM.integers(0, 65536, (64, 96, 3), dtype=np.uint16)


def save_deep(path: Path, pixels: np.ndarray, kind: str = "uint16", **attributes: object) -> Path:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], kind)
    for name, value in attributes.items():
        spec.attribute(name.replace("__", ":"), value)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec) and output.write_image(pixels) and output.close()
    return path


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "tga", "webp"])
def test_eight_bits_are_read_as_stored(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a name with spaces, 'quotes' and 🧱.{suffix}"
    Image.fromarray(PIXELS).save(path, **({"lossless": True} if suffix == "webp" else {}))
    image = read_picture(path, 3, srgb=True)
    assert image.dtype == np.float32 and image.shape == (64, 96, 3)
    np.testing.assert_allclose(image, PIXELS / 255, atol=1e-6)
    assert check_picture(path) == (96, 64)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a-png-called.jpg"])
def test_sixteen_bits_keep_sixteen_bits(tmp_path: Path, name: str) -> None:
    saved = save_deep(tmp_path / ("b.png" if name.endswith("jpg") else name), DEEP)
    image = read_picture(saved.rename(tmp_path / name), 3)
    np.testing.assert_allclose(image, DEEP / 65535, atol=1e-7)


def test_sixteen_bit_grey_is_one_channel_or_three(tmp_path: Path) -> None:
    path = save_deep(tmp_path / "grey.png", DEEP[..., :1])
    np.testing.assert_allclose(read_picture(path, 1), DEEP[..., :1] / 65535, atol=1e-7)
    np.testing.assert_allclose(read_picture(path, 3), np.repeat(DEEP[..., :1], 3, 2) / 65535, atol=1e-7)


def test_jpeg_palette_and_cmyk_show_the_same_colours(tmp_path: Path) -> None:
    smooth = Image.fromarray(PIXELS).resize((8, 6)).resize((96, 64))
    expected = np.asarray(smooth) / 255
    smooth.save(tmp_path / "a.jpg", quality=95)
    smooth.quantize(256).save(tmp_path / "palette.png")
    smooth.convert("CMYK").save(tmp_path / "cmyk.jpg", quality=95)
    smooth.convert("CMYK").save(tmp_path / "cmyk.tif")
    for path in sorted(tmp_path.iterdir()):
        assert np.abs(read_picture(path, 3, srgb=True) - expected).mean() < 0.02, path.name


def test_colour_of_three_channels_as_data_is_their_mean(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_picture(tmp_path / "a.png", 1)[..., 0], PIXELS.mean(2) / 255, atol=1e-6)


def test_half_floats_are_clipped_and_encoded_for_colour_alone(tmp_path: Path) -> None:
    linear = np.linspace(-0.5, 2, 64 * 96 * 3, dtype=np.float32).reshape(64, 96, 3)
    path = save_deep(tmp_path / "a.exr", linear, "half")
    clipped = np.clip(linear, 0, 1)
    encoded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(read_picture(path, 3), clipped, atol=1e-3)
    np.testing.assert_allclose(read_picture(path, 3, srgb=True), encoded, atol=2e-3)


def test_not_a_number_is_black(tmp_path: Path) -> None:
    pixels = np.full((64, 64, 3), 0.5, np.float32)
    pixels[3, 4], pixels[5, 6] = np.nan, np.inf
    image = read_picture(save_deep(tmp_path / "a.exr", pixels, "float"), 3)
    assert image[3, 4].max() == 0 and image[5, 6].min() == 1


def test_what_is_transparent_leaves_no_fringe(tmp_path: Path) -> None:
    pixels = np.zeros((64, 96, 4), np.uint8)
    pixels[:, :48] = (200, 100, 50, 255)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    for shortest in (None, 32):
        image = read_picture(tmp_path / "a.png", 3, shortest=shortest)
        np.testing.assert_allclose(image, np.broadcast_to(np.array([200, 100, 50]) / 255, image.shape), atol=0.02)


def test_sixteen_bit_alpha_is_dropped_and_colour_kept(tmp_path: Path) -> None:
    alpha = np.full((64, 96, 1), 30000, np.uint16)
    path = save_deep(tmp_path / "a.png", np.dstack([DEEP, alpha]), oiio__UnassociatedAlpha=1)
    np.testing.assert_allclose(read_picture(path, 3), DEEP / 65535, atol=1e-4)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_pictures_are_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    """Against pillow's own transposition; the 16-bit TIFF takes another way than the JPEG."""
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    turned = Image.fromarray(PIXELS)
    if orientation in turns:
        turned = turned.transpose(Image.Transpose(turns[orientation]))
    if suffix == "jpg":
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(PIXELS).save(tmp_path / "a.jpg", exif=exif, quality=100, subsampling=0)
    else:
        save_deep(tmp_path / "a.tif", PIXELS.astype(np.uint16) * 257, Orientation=orientation)
    image = read_picture(tmp_path / f"a.{suffix}", 3)
    assert image.shape[:2] == (turned.height, turned.width)
    assert np.abs(image - np.asarray(turned) / 255).mean() < (0.02 if suffix == "jpg" else 1e-4)


@pytest.mark.parametrize("deep", [False, True])
def test_an_embedded_profile_becomes_srgb(tmp_path: Path, deep: bool) -> None:
    """A profile whose red and green are exchanged makes the effect plain; data keeps its values."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace(b"sRGB", b"test").replace(b"s\0R\0G\0B", b"t\0e\0s\0t")
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    pixels = np.full((64, 64, 3), (200, 40, 90), np.uint8)
    if deep:
        icc = oiio.TypeDesc(f"uint8[{len(profile)}]")
        spec = oiio.ImageSpec(64, 64, 3, "uint16")
        spec.attribute("ICCProfile", icc, np.frombuffer(bytes(profile), np.uint8))
        output = oiio.ImageOutput.create(str(tmp_path / "a.png"))
        assert output.open(str(tmp_path / "a.png"), spec) and output.write_image(pixels.astype(np.uint16) * 257)
        output.close()
    else:
        Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=bytes(profile))
    swapped = read_picture(tmp_path / "a.png", 3, srgb=True)[0, 0] * 255
    np.testing.assert_allclose(swapped, (40, 200, 90), atol=3)
    np.testing.assert_allclose(read_picture(tmp_path / "a.png", 3)[0, 0] * 255, (200, 40, 90), atol=0.01)


def test_a_damaged_profile_is_ignored(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png", icc_profile=b"nonsense")
    np.testing.assert_allclose(read_picture(tmp_path / "a.png", 3, srgb=True), PIXELS / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "shortest", "expected"),
    [
        ((200, 100), 64, (64, 128)),
        ((200, 100), 512, (100, 200)),
        ((8192, 128), None, (64, 4096)),
        ((5000, 3000), 4096, (2458, 4096)),
    ],
)
def test_large_pictures_are_brought_down(
    tmp_path: Path, size: tuple[int, int], shortest: int | None, expected: tuple[int, int]
) -> None:
    Image.new("L", size, 99).save(tmp_path / "a.png")
    image = read_picture(tmp_path / "a.png", 1, shortest=shortest)
    assert image.shape == (*expected, 1)
    np.testing.assert_allclose(image, 99 / 255, atol=1e-3)


def write_text(path: Path) -> None:
    path.write_text("hello " * 100)


def cut(kind: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        whole = path.with_name(f"whole.{kind}")
        if kind == "jpg":
            Image.fromarray(PIXELS).save(whole)
        else:
            save_deep(whole, DEEP)
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    return write


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "does not exist. Check its path."),
        (lambda path: path.mkdir(), "is a folder. Name a picture file."),
        (lambda path: path.touch(), "is empty. Save it again."),
        (
            lambda path: os.mkfifo(path),  # noqa: PLW0108 Windows has none
            "is a device or a pipe. Name a picture file.",
        ),
        (lambda path: os.truncate(path.touch() or path, 2**30 + 1), "is larger than 1024 MiB. Give a smaller file."),
        (write_text, "is no picture that Maquette reads. Give a JPEG, PNG, WebP, TIFF, BMP, TGA or OpenEXR file."),
        (lambda path: path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n"), "is no picture that Maquette reads."),
        (lambda path: path.write_bytes(png_header(1, 1)), "is 1 x 1 px; 64 px a side are the least."),
        (lambda path: path.write_bytes(png_header(20000, 100)), "is 20000 x 100 px; 16384 px a side are the most."),
        (lambda path: path.write_bytes(png_header(12000, 12000)), "12000 px; 128 megapixels are the most."),
        (lambda path: path.write_bytes(png_header(60000, 60000)), "claims more than 128 megapixels."),
        (lambda path: path.write_bytes(png_header(16000, 70)), "too narrow a strip; 64 to 1 is the most."),
        (lambda path: path.write_bytes(png_header(100, 100)), "is damaged or cut short: no readable PNG."),
        (cut("jpg"), "is damaged or cut short: no readable JPEG. Save it again."),
        (cut("png"), "is damaged or cut short: no readable PNG. Save it again."),
        (cut("tif"), "is damaged or cut short: no readable TIFF. Save it again."),
        (lambda path: Image.new("RGBA", (64, 64)).save(path, "PNG"), "is wholly transparent."),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    make(tmp_path / "it.png")
    with pytest.raises(InputError) as caught:
        read_picture(tmp_path / "it.png", 3)
    assert said in str(caught.value)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_damaged_pictures_are_read_or_refused_in_one_sentence(tmp_path: Path, data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from(["png", "tif", "exr", "jpg", "webp", "bmp", "tga"]))
    whole = tmp_path / f"whole.{suffix}"
    if not whole.exists():
        if suffix in ("jpg", "webp", "bmp", "tga"):
            Image.fromarray(PIXELS).save(whole)
        else:
            save_deep(whole, DEEP if suffix != "exr" else (DEEP / 65535).astype(np.float32), "half")
    damaged = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, min(len(damaged) - 1, 400)))] = data.draw(st.integers(0, 255))
    (tmp_path / f"damaged.{suffix}").write_bytes(bytes(damaged))
    try:
        image = read_picture(tmp_path / f"damaged.{suffix}", 3, srgb=True)
    except InputError:
        return
    assert np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1
