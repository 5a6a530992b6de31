# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a Blender of its own: gives the collection of a .blend its picture.

Blender 4.3 and newer write a part of a file by way of a copy, and a collection's copy has no picture.

blender -b --factory-startup -P addon/scene/asset_picture.py -- FILE.blend COLLECTION PIXELS.npy
python addon/scene/asset_picture.py -- FILE.blend COLLECTION PIXELS.npy          (where the package bpy is installed)
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

LIMIT_S = 120.0


def is_needed() -> bool:
    """Whether this Blender loses a collection's picture when it writes a part of a file."""
    return bpy.app.version >= (4, 3, 0)


def add_picture(path: Path, collection: Any) -> bool:
    """Give the collection of the same name in the .blend at `path` the picture that it has here; whether it worked."""
    pixels = np.empty(len(collection.preview.image_pixels_float), np.float32)
    collection.preview.image_pixels_float.foreach_get(pixels)
    script, blender = str(Path(__file__).resolve()), bpy.app.binary_path
    start = [blender, "-b", "--factory-startup", "-P", script] if blender else [sys.executable, "-I", script]
    with tempfile.TemporaryDirectory(prefix="maquette-") as folder:
        kept = Path(folder) / "pixels.npy"
        np.save(kept, pixels)
        command = [*start, "--", str(path), collection.name, str(kept)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


def main() -> None:
    """All three come after `--`."""
    path, name, kept = sys.argv[sys.argv.index("--") + 1 :]
    pixels = np.load(kept)
    bpy.ops.wm.open_mainfile(filepath=path)
    side = round(float(len(pixels) / 4) ** 0.5)
    preview: Any = bpy.data.collections[name].preview_ensure()
    preview.image_size = (side, side)
    preview.image_pixels_float.foreach_set(pixels)
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=True, check_existing=False)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, KeyError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
