# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a scene without a window: results that lie in folders, or the jobs of a file, onto objects by name.

Materials go on objects; characters and buildings stand where an object of the name stands, or at the origin.

    blender -b scene.blend -P addon/scene/fill_scene.py -- SOURCE [--to OBJECT ...] [--to JOB=OBJECT ...]
            [--out FILLED.blend] [--python ENGINE_PYTHON] [--mapping AUTO|UV|BOX] [--displace]

SOURCE is one result's folder, the output folder of a batch, or a jobs file, which is made first by the engine. Without
`--to`, every job goes on the object of its own name. The scene is saved over itself unless `--out` is given.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# a lone script finds its neighbours by its own folder
sys.path.insert(0, str(Path(__file__).resolve().parent))
from script import ROOT, package_module  # type: ignore[import-not-found]

sys.path.pop(0)


# what comes as a whole scene rather than as a material
GENERATOR = re.compile(r'"generator"\s*:\s*"(character|architecture)"')


def arguments() -> argparse.Namespace:
    """What stands after `--`."""
    parser = argparse.ArgumentParser(prog="fill_scene.py", description="Put Maquette's results on objects of a scene.")
    parser.add_argument("source", type=Path, help="a result's folder, a batch's output folder, or a jobs file")
    parser.add_argument("--to", action="append", default=[], metavar="[JOB=]OBJECT", help="where a result goes")
    parser.add_argument("--out", type=Path, help="save the filled scene here instead of over itself")
    parser.add_argument("--python", default=os.environ.get("MAQUETTE_PYTHON", ""), help="the engine's interpreter")
    parser.add_argument("--mapping", choices=("AUTO", "UV", "BOX"), default="AUTO")
    parser.add_argument("--displace", action="store_true", help="let the relief move the geometry")
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    return parser.parse_args(given)


def results(source: Path) -> dict[str, Path]:
    """The finished results in a folder, by job name."""
    if (source / "asset.json").is_file():
        return {source.name: source}
    return {folder.parent.name: folder.parent for folder in sorted(source.glob("*/asset.json"))}


def export_of(jobs: Path) -> str:
    """What the engine writes for the scene; a file mixes no materials with characters or buildings."""
    errors, export = package_module("core.errors"), package_module("core.files.export")
    text = jobs.read_text(encoding="utf-8", errors="replace")
    scenes = [line for line in text.splitlines() if GENERATOR.search(line)]
    if not scenes:
        return "png"
    if len(scenes) < len([line for line in text.splitlines() if line.strip()]):
        raise errors.InputError(
            f"'{jobs}' has materials beside characters or buildings. Give each a jobs file of its own."
        )
    return str(export.SCENE)


def run_jobs(jobs: Path, python: str, out: Path) -> None:
    """Make every job of a file with the engine's interpreter."""
    errors = package_module("core.errors")
    if not python:
        raise errors.HostError("A jobs file needs the engine. Name its Python with --python or MAQUETTE_PYTHON.")
    bootstrap = ROOT / "core" / "bootstrap.py"
    command = [
        python,
        "-I",
        str(bootstrap),
        "maquette.__main__",
        "batch",
        str(jobs),
        "--out",
        str(out),
        "--export",
        export_of(jobs),
    ]
    if subprocess.run(command, check=False).returncode != 0:
        print("Some jobs failed; the others are put into the scene.", file=sys.stderr)


def placements(found: dict[str, Path], to: list[str]) -> list[tuple[str, Path, list[str]]]:
    """(job, folder, object names): as `--to` says, else each job on the object of its name."""
    pairs = [item.partition("=") for item in to]
    everywhere = [job for job, equals, _ in pairs if not equals]
    wanted: dict[str, list[str]] = {}
    for job, equals, item in pairs:
        if equals:
            wanted.setdefault(job, []).append(item)
    return [(job, folder, wanted.get(job, everywhere or ([] if to else [job]))) for job, folder in found.items()]


def fill(given: argparse.Namespace) -> bool:
    """Apply everything and save; False where something could not be placed."""
    import bpy

    with tempfile.TemporaryDirectory(prefix="maquette-") as temporary:
        folder = given.source
        if folder.is_file():
            folder = Path(temporary) / "results"
            run_jobs(given.source, given.python, folder)
        found = results(folder)
        if not found:
            raise package_module("core.errors").InputError(f"'{given.source}' holds no results. Name a batch's folder.")
        complete = all([place_one(*placement, given) for placement in placements(found, given.to)])
        out = given.out or Path(bpy.data.filepath)
        bpy.ops.wm.save_as_mainfile(filepath=str(out.resolve()), check_existing=False)
    print(f"Saved {out}")
    return complete


def place_one(job: str, folder: Path, names: list[str], given: argparse.Namespace) -> bool:
    """One result onto its objects; a sentence where they are not there."""
    import bpy

    asset = package_module("core.bundle").asset_without_arrays(folder)
    if asset.rig is not None or asset.meshes:
        return place_whole(job, folder, names, is_character=asset.rig is not None)
    targets = package_module("addon.scene.targets")
    apply = package_module("addon.scene.apply")
    named: list[Any] = [bpy.data.objects.get(name) for name in names]
    objects = [item for item in named if item is not None and not targets.why_not(item)]
    if len(objects) < len(names) or not names:
        missing = ", ".join(sorted(set(names) - {item.name for item in objects})) or job
        print(f"'{job}': no object that can be changed for: {missing}", file=sys.stderr)
    if not objects:
        return False
    made = package_module("addon.scene.bundle_images").read_made(folder, job)
    scene: Any = bpy.context.scene
    place = apply.Place(
        scene=targets.Target(scene.name, scene.session_uid),
        targets=tuple(targets.Target(item.name, item.session_uid) for item in objects),
        mapping=given.mapping,
        relief_as="GEOMETRY" if given.displace else "SHADING",
    )
    _, said = apply.apply(made, place, package_module("addon.scene.units").metres_per_unit(scene))
    print(f"'{job}' on {', '.join(item.name for item in objects)}. {' '.join(said)}".rstrip())
    return len(objects) == len(names)


def place_whole(job: str, folder: Path, names: list[str], is_character: bool) -> bool:
    """A character or building where the first object of these names stands, else at the origin; True unless a name was
    wished for in vain."""
    import bpy

    marks = [mark for name in names if (mark := bpy.data.objects.get(name)) is not None]
    place = marks[0].matrix_world.copy() if marks else None
    if is_character:
        item = package_module("addon.scene.character_file").add_from_bundle(folder, job)
        item.location = (0.0, 0.0, 0.0)
    else:
        origin = tuple(place.translation) if place is not None else (0.0, 0.0, 0.0)
        item, _ = package_module("addon.scene.building_file").add_from_bundle(folder, job, origin)
    if place is not None and item is not None:
        item.location, item.rotation_euler = place.translation, place.to_euler()
    print(f"'{job}' at {marks[0].name if marks else 'the origin'}.")
    return bool(marks) or names in ([], [job])


def main() -> None:
    """Exit code 1 where something was not placed."""
    try:
        complete = fill(arguments())
    except package_module("core.errors").MaquetteError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    sys.exit(0 if complete else 1)


if __name__ == "__main__":
    main()
