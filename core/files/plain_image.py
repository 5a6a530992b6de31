# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG and OpenEXR written with numpy and zlib alone: what Blender's own process exports without the engine.

`image_file` writes the same through OpenImageIO, faster; a test reads these by it.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
_CHANNEL_NAMES = {1: "Y", 3: "RGB", 4: "RGBA"}
_LEVEL = 1
# OpenEXR's compression "ZIP": so many rows share one block
_ZIP, _BLOCK_ROWS, _HALF = 3, 16, 1


def png(pixels: np.ndarray, srgb: bool = False) -> bytes:
    """(H, W, 1, 3 or 4) uint8 or uint16, top row first, as a PNG (ISO/IEC 15948); `srgb` is written down in it."""
    height, width, channels = pixels.shape
    samples = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder(">")).view(np.uint8).reshape(height, -1)
    rows = np.full((height, 1 + samples.shape[1]), 2, np.uint8)  # each row begins with its filter: minus the one above
    rows[0, 1:] = samples[0]
    np.subtract(samples[1:], samples[:-1], out=rows[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, _COLOUR_TYPES[channels], 0, 0, 0)
    chunks = [(b"IHDR", header), *([(b"sRGB", b"\0")] if srgb else [])]
    chunks += [(b"IDAT", zlib.compress(rows.data, _LEVEL)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def exr(pixels: np.ndarray) -> bytes:
    """(H, W, 1, 3 or 4) float16, top row first, as an OpenEXR 2 scan-line file in half floats."""
    height, width, channels = pixels.shape
    names = _CHANNEL_NAMES[channels]
    order = sorted(range(channels), key=lambda index: names[index])
    header = _exr_header(width, height, [names[index] for index in order])
    # a file's row holds one channel after the other
    rows = np.ascontiguousarray(pixels[..., order].transpose(0, 2, 1), dtype="<f2").view(np.uint8).reshape(height, -1)
    blocks = [_exr_block(y, rows[y : y + _BLOCK_ROWS]) for y in range(0, height, _BLOCK_ROWS)]
    starts = np.cumsum([len(header) + 8 * len(blocks), *(len(block) for block in blocks[:-1])])
    return b"".join((header, starts.astype("<u8").tobytes(), *blocks))


def _exr_header(width: int, height: int, names: list[str]) -> bytes:
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    channels = b"".join(name.encode() + b"\0" + struct.pack("<iiii", _HALF, 0, 1, 1) for name in names) + b"\0"
    attributes = (
        ("channels", "chlist", channels),
        ("compression", "compression", bytes([_ZIP])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
        ("screenWindowCenter", "v2f", struct.pack("<2f", 0.0, 0.0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1.0)),
    )
    parts = [f"{n}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value for n, kind, value in attributes]
    return struct.pack("<ii", 20000630, 2) + b"".join(parts) + b"\0"


def _exr_block(y: int, rows: np.ndarray) -> bytes:
    """Some rows: low and high bytes apart, each byte minus the one before it, deflated; as they are if that is more."""
    flat = rows.ravel()
    apart = np.concatenate([flat[0::2], flat[1::2]])
    apart[1:] = apart[1:] - apart[:-1] + np.uint8(128)
    data = zlib.compress(apart.data, _LEVEL)
    if len(data) >= flat.size:
        data = flat.tobytes()
    return struct.pack("<ii", y, len(data)) + data
