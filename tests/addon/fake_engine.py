# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks the engine's protocol without torch: `fake_engine.py REPO [BEHAVIOUR]`.

BEHAVIOUR: nothing answers at once; `slow` reports progress for a minute and hears cancel; `deaf` does not hear it;
`paced` takes a few moments a job; `die` ends in the middle of a job; `fail` answers an error; `memory` answers
OutOfMemory; `warn` warns first; `falter` ends after three candidates of an exploration.
"""

import importlib.util
import json
import os
import struct
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

COLOURS = {
    "albedo": (180, 90, 60),
    "normal": (128, 128, 255),
    "roughness": 200,
    "metallic": 0,
    "height": 128,
    "ambient_occlusion": 250,
}
STEPS = {"slow": 1200, "deaf": 1200, "paced": 8}
PAUSES_S = {"slow": 0.05, "deaf": 0.05, "paced": 0.01}
REPORT = {"seam_z": 0.7, "copy_share": 0.06, "albedo_low": 0.04, "albedo_high": 0.86, "metallic_between": 0.3}


def png(size: int, colour: Any) -> bytes:
    """An 8-bit PNG of one colour: RGB for a triple, grey for a number."""
    grey = isinstance(colour, int)
    row = b"\0" + bytes([colour] if grey else colour) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 0 if grey else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * size)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def write_result(job: dict[str, Any]) -> tuple[str, ...]:
    """A bundle as the engine's PNG export leaves it; the seed shows in the albedo's colour."""
    import numpy as np

    from maquette.core import bundle
    from maquette.core.asset import Asset, Material

    params = job["request"]["params"]
    names, size = params.get("maps", list(COLOURS)), params.get("size", 128)
    maps = {name: np.zeros((size, size, 3 if name in ("albedo", "normal") else 1), np.float32) for name in names}
    size_m, relief = params.get("size_m", 1.0), params.get("relief", 0.02)
    material = Material("fake", maps, (size_m, size_m), relief * size_m)
    files = tuple(f"{name}.png" for name in maps)
    with bundle.writing(Path(job["folder"])) as folder:
        for name in maps:
            colour = COLOURS[name] if name != "albedo" else (job["request"]["seed"] % 256, 90, 60)
            (folder / f"{name}.png").write_bytes(png(size, colour))
        bundle.write_asset(Asset("fake", (material,), report=REPORT), folder, files, arrays=False)
    return files


def character(request: dict[str, Any], whole: bool = True) -> Any:
    """A post of three rings on two bones, in the proportions that `height` and the seed say."""
    import numpy as np

    from maquette.core.asset import Asset, Clip, Material, Mesh, Rig, Skin

    params = request["params"]
    tall, wide = 1.0 + 0.5 * params.get("height", 0.0), 0.1 * (1.0 + request["seed"] % 8)
    ring = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32) * np.float32(wide)
    places = np.concatenate([ring + np.float32([0, 0, z * tall]) for z in (0.0, 1.0, 2.0)])
    sides = [[4 * r + c, 4 * r + (c + 1) % 4, 4 * r + 4 + (c + 1) % 4, 4 * r + 4 + c] for r in (0, 1) for c in range(4)]
    corners = np.array([[3, 2, 1, 0], *sides, [8, 9, 10, 11]], np.int32).ravel()
    starts = np.arange(0, len(corners) + 1, 4, dtype=np.int32)
    slots = np.array([0] * 5 + [1] * 5, np.int32)
    far = corners.reshape(-1, 4).astype(np.float32)[..., None].repeat(2, axis=2).reshape(-1, 2) / 12
    level = Mesh("Body", places[[0, 1, 2, 3, 8, 9, 10, 11]], np.array([0, 1, 5, 4], np.int32), starts[:2], slots[:1])
    body = Mesh(
        name="Body",
        positions=places,
        corners=corners,
        face_starts=starts,
        material_of_face=slots,
        materials=("Skin", "Cloth"),
        uvs={"UVMap": far},
        shape_keys={"Smile": places + np.float32([0, -0.1, 0])},
        levels=(level,) if params.get("levels") else (),
        normals=np.tile(np.float32([[0, 0, 1]]), (len(corners), 1)),
        colors={"Colour": np.full((len(corners), 4), 0.5, np.float32)},
    )
    rest = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    # the bones stand up: their own Y is the world's Z
    rest[:, :3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    rest[1, 2, 3] = tall
    indices, weights = np.tile(np.int32([[0, 1]]), (12, 1)), np.repeat(np.float32([[1, 0], [0.5, 0.5], [0, 1]]), 4, 0)
    rig = Rig(("lower", "upper"), np.array([-1, 0], np.int32), rest, (Skin("Body", indices, weights),))
    half = np.sqrt(np.float32(0.5))
    turns = np.tile(np.float32([[half, half, 0, 0], [1, 0, 0, 0]]), (3, 1, 1))
    turns[1, 1] = [half, half, 0, 0]
    moves = np.tile(np.float32([[0, 0, 0], [0, tall, 0]]), (3, 1, 1))
    wave = Clip("Wave", np.float32([0, 0.5, 1]), turns, moves, np.ones((3, 2, 3), np.float32))
    skin = Material("Skin", {"albedo": np.full((1, 1, 3), 0.5, np.float32)}, (0.0, 0.0), 0.0)
    cloth = Material("Cloth", {"roughness": np.full((1, 1, 1), 0.8, np.float32)}, (0.0, 0.0), 0.0)
    clips = (wave,) if whole and params.get("clips", True) else ()
    return Asset("fake", (skin, cloth) if whole else (), (body,), rig, clips, report={"height_m": 2.0 * tall})


def write_character(job: dict[str, Any]) -> tuple[str, ...]:
    """A bundle as the engine's formats `scene` and `shape` leave it: the cloth has a texture."""
    from maquette.core import bundle

    whole = "scene" in job["formats"]
    files = ("texture_1_albedo.png",) if whole else ()
    with bundle.writing(Path(job["folder"])) as folder:
        for name in files:
            (folder / name).write_bytes(png(16, (90, 40, 160)))
        bundle.write_asset(character(job["request"], whole), folder, files)
    return files


def write_building(job: dict[str, Any]) -> tuple[str, ...]:
    """A bundle as the engine's format `scene` leaves it, or one file of another format: a massing has options."""
    from maquette.core import bundle

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
    import small_building  # type: ignore[import-not-found]

    request = job["request"]
    if request["method"] == "massing":
        asset = small_building.options(tall_m=9.0 + request["seed"])
    else:
        asset = small_building.building(storeys=request["params"].get("storeys", 2), level=True)
    files = tuple(f"building.{kind}" for kind in job["formats"] if kind not in ("scene", "picture"))
    with bundle.writing(Path(job["folder"])) as folder:
        for name in files:
            (folder / name).write_text(f"{name} of {request['method']}")
        bundle.write_asset(asset, folder, files)
    return files


WRITERS = {"character": write_character, "architecture": write_building}


def say(**message: Any) -> None:
    """One message to the host."""
    print(json.dumps(message), flush=True)


cancelled = threading.Event()


def answer(job: dict[str, Any], behaviour: str) -> None:
    """One job, as the behaviour asks."""
    name = job["id"]
    if behaviour == "die":
        say(type="progress", id=name, fraction=0.4, text="Matching")
        os._exit(9)
    if behaviour == "fail":
        return say(
            type="error", id=name, kind="InputError", text="The picture is not a picture. Choose another.", detail=""
        )
    if behaviour == "memory":
        return say(type="error", id=name, kind="OutOfMemory", text="There is not enough memory.", detail="")
    if behaviour == "warn":
        say(type="warn", id=name, text="The GPU ran out of memory; going on on the CPU.")
    for step in range(STEPS.get(behaviour, 3)):
        say(type="progress", id=name, fraction=step / 1200, text="Matching")
        time.sleep(PAUSES_S.get(behaviour, 0.0))
        if cancelled.is_set() and behaviour != "deaf":
            cancelled.clear()
            return say(type="cancelled", id=name)
    files = WRITERS.get(job["request"]["generator"], write_result)(job)
    if "picture" in job["formats"]:
        (Path(job["folder"]) / "thumbnail.png").write_bytes(png(64, (job["request"]["seed"] % 256, 90, 60)))
    return say(type="asset", id=name, folder=job["folder"], files=files, seconds=0.1)


def candidate(job: dict[str, Any], number: int) -> dict[str, Any]:
    """The first Request with another seed, or with the parameters of its neighbours where a move goes between them; all
    that were given are its parents."""
    from maquette.core.request import Request

    given = [Request.from_plain(plain) for plain in job["requests"]]
    plain = given[0].to_plain() | {"seed": (given[0].seed + job["seed"] * 100 + number + 1) % 2**31}
    plain["parents"] = [request.key for request in given][:4]
    if job["locks"]:
        plain["locks"] = {**plain.get("locks", {}), **job["locks"]}
    return plain


def explore(job: dict[str, Any], behaviour: str) -> None:
    """Candidates one by one, each with a picture whose red tells its number."""
    name = job["id"]
    for number in range(job["count"]):
        if behaviour == "falter" and number == 3:
            os._exit(9)
        if behaviour == "slow":
            time.sleep(0.1)
        if cancelled.is_set():
            cancelled.clear()
            return say(type="cancelled", id=name)
        folder = Path(job["folder"]) / str(number)
        folder.mkdir(parents=True)
        (folder / "thumbnail.png").write_bytes(png(64, (40 + 5 * number, 90, 60)))
        say(type="progress", id=name, fraction=(number + 1) / job["count"], text=f"Candidate {number + 1}")
        say(type="candidate", id=name, number=number, request=candidate(job, number), folder=str(folder))
    return say(type="explored", id=name, count=job["count"])


def main() -> None:
    """Serve until the host goes away."""
    repo, behaviour = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
    spec = importlib.util.spec_from_file_location("bootstrap", f"{repo}/core/bootstrap.py")
    assert spec is not None and spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    bootstrap.register_package()
    say(type="ready", engine="0.1.0", protocol=1, python="3", torch="none", devices=["cpu"])

    def read() -> None:
        for line in sys.stdin:
            message = json.loads(line)
            if message["type"] == "generate":
                threading.Thread(target=answer, args=(message, behaviour), daemon=True).start()
            elif message["type"] == "explore":
                log = os.environ.get("MAQUETTE_FAKE_LOG")
                if log:
                    Path(log).write_text(line)
                threading.Thread(target=explore, args=(message, behaviour), daemon=True).start()
            elif message["type"] == "cancel":
                cancelled.set()
            else:
                break

    read()
    os._exit(0)


if __name__ == "__main__":
    main()
