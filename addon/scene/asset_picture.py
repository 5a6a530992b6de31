# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a Blender of its own: writes a .blend once more, with the picture of its collection.

Blender 4.3 and newer write a part of a file by way of a copy, and a collection's copy has no picture.

blender -b --factory-startup -P addon/scene/asset_picture.py -- FILE.blend COLLECTION PIXELS.npy OUT.blend
python addon/scene/asset_picture.py -- FILE.blend COLLECTION PIXELS.npy OUT.blend (where the package bpy is installed)
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np


def is_needed(whole: Any) -> bool:
    """Whether this Blender loses the picture of a datablock when it writes a part of a file."""
    return bpy.app.version >= (4, 3, 0) and isinstance(whole, bpy.types.Collection)


def pixels_of(collection: Any) -> np.ndarray:
    """(N, ) float32: the picture that a collection has here."""
    pixels = np.empty(len(collection.preview.image_pixels_float), np.float32)
    collection.preview.image_pixels_float.foreach_get(pixels)
    return pixels


def start(path: Path, name: str, pixels: Path, out: Path) -> subprocess.Popen[bytes]:
    """Begin to write the .blend at `path` to `out` with the picture in `pixels`; OSError where nothing starts."""
    script, blender = str(Path(__file__).resolve()), bpy.app.binary_path
    python = [blender, "-b", "--factory-startup", "-P", script] if blender else [sys.executable, "-I", script]
    command = [*python, "--", str(path), name, str(pixels), str(out)]
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)


def main() -> None:
    """All four come after `--`."""
    path, name, kept, out = sys.argv[sys.argv.index("--") + 1 :]
    pixels = np.load(kept)
    bpy.ops.wm.open_mainfile(filepath=path)
    side = round(float(len(pixels) / 4) ** 0.5)
    preview: Any = bpy.data.collections[name].preview_ensure()
    preview.image_size = (side, side)
    preview.image_pixels_float.foreach_set(pixels)
    bpy.ops.wm.save_as_mainfile(filepath=out, compress=True, check_existing=False, copy=True)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, KeyError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
