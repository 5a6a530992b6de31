# SPDX-License-Identifier: GPL-3.0-or-later
"""How long one call of the add-on's poll takes while a result comes into the scene: `blender_apply.py [SIZE ...]`.

Run by an interpreter with bpy and numpy. The maps are noise, which no PNG compresses: the largest files that a material
of that size can have. Printed per size: every tick that stages an image, the one that applies, and the others' worst;
Blender's own undo push counts on its own.
"""

from __future__ import annotations

import importlib.util
import os
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
DEPTHS = {"albedo": (3, 8), "normal": (3, 16), "roughness": (1, 16), "metallic": (1, 16), "height": (1, 16)}
DEPTHS["ambient_occlusion"] = (1, 16)


def noise_png(size: int, channels: int, bits: int) -> bytes:
    """A PNG of white noise."""
    width = size * channels * bits // 8
    rows = np.random.default_rng(0).integers(0, 256, (size, width + 1), dtype=np.uint8)
    rows[:, 0] = 0
    header = struct.pack(">IIBBBBB", size, size, bits, 2 if channels == 3 else 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks
    )


def load_conftest() -> Any:
    """The add-on's test machinery: builds the zip and installs it."""
    spec = importlib.util.spec_from_file_location("addon_conftest", HERE.parent / "addon" / "conftest.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_result(maquette: Any, job: Any) -> int:
    """The folder that the engine would have made; its size in bytes."""
    bundle, asset = maquette.module("core.bundle"), maquette.module("core.asset")
    size = job.request.params.size
    maps = {name: np.zeros((1, 1, channels), np.float32) for name, (channels, _) in DEPTHS.items()}
    material = asset.Material("noise", maps, (1.0, 1.0), 0.02)
    with bundle.writing(job.folder) as folder:
        for name, (channels, bits) in DEPTHS.items():
            (folder / f"{name}.png").write_bytes(noise_png(size, channels, bits))
        bundle.write_asset(asset.Asset("noise", (material,)), folder, tuple(f"{n}.png" for n in maps), arrays=False)
    return sum(file.stat().st_size for file in job.folder.iterdir())


def measure(maquette: Any, size: int, photo: Path, in_place: bool) -> None:
    """Apply one result and print its ticks in milliseconds."""
    import bpy

    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(photo)
    settings.texture_exemplar.size = size
    settings.seed += 1
    jobs = maquette.module("addon.jobs")
    pushes: list[float] = []
    push = jobs.push_undo

    def timed_push(message: str) -> None:
        started = time.perf_counter()
        push(message)
        pushes.append(time.perf_counter() - started)

    jobs.push_undo = timed_push
    job = maquette.start("regenerate" if in_place else "generate")
    num_bytes = write_result(maquette, job)
    ticks: dict[str, list[float]] = {}
    while not job.state.ended:
        state, started = job.state.name, time.perf_counter()
        maquette.studio.poll()
        ticks.setdefault("APPLY" if job.state.ended else state, []).append(time.perf_counter() - started)
        time.sleep(0.002)
    jobs.push_undo = push
    assert job.state.name == "DONE", job.notice
    stages = " ".join(f"{1000 * t:.0f}" for t in ticks["STAGING"])
    apply = 1000 * (ticks["APPLY"][0] - pushes[0])
    others = 1000 * max(ticks["READING"] + ticks["WAITING"])
    what = "in place" if in_place else "new"
    print(
        f"{bpy.app.version_string:12} {size:5} px {num_bytes / 2**20:4.0f} MiB {what:8} | stage {stages} | "
        f"apply {apply:.1f} | others <= {others:.1f} | undo push {1000 * pushes[0]:.1f} ms"
    )


def main() -> None:
    """Every size given, 1024 and 4096 without one."""
    conftest = load_conftest()
    import bpy

    folder = Path(tempfile.mkdtemp(prefix="maquette-benchmark-"))
    archive = conftest.build_zip(folder)
    bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=True)
    maquette = conftest.Maquette(conftest.PACKAGE)
    maquette.preferences.cache_folder = str(folder / "cache")
    photo = folder / "photo.png"
    photo.write_bytes(noise_png(64, 3, 8))
    for size in [int(argument) for argument in sys.argv[1:]] or [1024, 4096]:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        bpy.ops.mesh.primitive_cube_add()
        measure(maquette, size, photo, in_place=False)
        measure(maquette, size, photo, in_place=True)
    sys.stdout.flush()
    # bpy 4.2 and 4.5 do not survive Python's own ending with an add-on enabled
    os._exit(0)


if __name__ == "__main__":
    main()
