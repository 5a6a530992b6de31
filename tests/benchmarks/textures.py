# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the texture methods against the prototype and plain references, and writes their section of RESULTS.md.

    python tests/benchmarks/textures.py speed      seconds and peak memory at 512 to 8192 pixels
    python tests/benchmarks/textures.py quality    the suite of twelve sets, three seeds, 512, 1024 and 2048 pixels
    python tests/benchmarks/textures.py seams      every set: seam figures and contact sheets
    python tests/benchmarks/textures.py methods    the figures of `maquette evaluate texture`, all methods
    python tests/benchmarks/textures.py report     tests/benchmarks/RESULTS.md from what was measured

Figures are kept as JSON under --out, and a run goes on where the last one stopped. Each measurement of speed is a
process of its own. The suite was named before anything was measured (`training/evaluation/texture/materials.py`). Data:
--data, else MAQUETTE_DATA, else ../shared/data; prototype: MAQUETTE_PROTOTYPES, else ../shared/research/prototypes;
what is absent is skipped aloud.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))
import exact_search

from maquette.core.client import engine_environment
from maquette.training.data.material_folder import MaterialSet
from maquette.training.evaluation.sheets import Sheet, rolled
from maquette.training.evaluation.study import Part, training_folder
from maquette.training.evaluation.texture.exemplar import SEEDS, SPEED_SET, judged
from maquette.training.evaluation.texture.making import make
from maquette.training.evaluation.texture.materials import (
    CROP_SIDE,
    cropped,
    find_materials,
    judged_maps,
    suite,
    write_pictures,
)
from maquette.training.evaluation.texture.run import evaluate_textures
from maquette.training.evaluation.texture.timing import NotTimed, peak_gibibytes, read_pictures, timed
from maquette.training.metrics.prototype import prototype_folder, run_prototype

# the largest size that each way reaches: the exact search takes hours beyond, the prototype more memory than the rest
LIMITS = {"engine": 8192, "prototype": 2048, "quilting": 2048, "exact": 512}
SPEED_SIZES = (512, 1024, 2048, 4096, 8192)
EXACT_EXEMPLAR = 256
TIMEOUT_S = 3600.0
# output size, exemplar side (a whole tile from 512 on), every how many texels a patch is looked at
QUALITY = ((512, CROP_SIDE, 1), (1024, 512, 4), (2048, 512, 8))
PROTOTYPE_QUALITY_LIMIT = 1024
COMPARED = ("patch_error", "swd", "steerable", "largest_copy", "usage", "wrap_band", "seam_z")
RESULTS = Path(__file__).with_name("RESULTS.md")
HEADING = "## Textures"


def speed(sets: Sequence[MaterialSet], out: Path) -> None:
    """Every way at every size that it can reach, on all maps of one set."""
    material = next((m for m in sets if m.name == SPEED_SET), sets[0])
    part = Part(out / "speed.json", {"set": material.name})
    with tempfile.TemporaryDirectory() as folder:
        maps = judged_maps(material)
        pictures = write_pictures(maps, Path(folder))
        for size in SPEED_SIZES:
            for way, limit in LIMITS.items():
                if size <= limit and available(way):
                    say(f"{way} {size}", part, partial(seconds_of, way, size, pictures, list(maps)))


def seconds_of(way: str, size: int, pictures: Mapping[str, str], maps: list[str]) -> Mapping[str, float]:
    """Seconds and peak memory of one way."""
    if way == "exact":
        command = [sys.executable, __file__, "exact", "--out", ".", "--pictures", json.dumps(pictures)]
        finished = subprocess.run(command, env=engine_environment(), capture_output=True, text=True, check=True)
        found: Mapping[str, float] = json.loads(finished.stdout)
        return found
    job: dict[str, Any] = {"pictures": pictures, "size": size, "runs": 3 if size <= 1024 else 1}
    if way == "engine":
        job |= {"method": "exemplar", "params": {"size": size, "maps": maps}}
    return timed("method" if way == "engine" else way, limit_s=TIMEOUT_S, **job)


def exact(pictures: Mapping[str, str]) -> None:
    """In a process of its own: the plain search, from an exemplar of 256 pixels: the largest that ends in minutes."""
    maps = read_pictures(pictures).values()
    stack = torch.from_numpy(np.concatenate([image[:EXACT_EXEMPLAR, :EXACT_EXEMPLAR] for image in maps], 2))
    started = time.perf_counter()
    exact_search.synthesise_exactly(stack.permute(2, 0, 1).contiguous(), LIMITS["exact"])
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "gibibytes": peak_gibibytes() or 0.0}))


def quality(sets: Sequence[MaterialSet], out: Path) -> None:
    """The suite by the engine and the prototype, at three sizes with three seeds."""
    part = Part(out / "quality.json", {"sets": [material.sha256 for material in suite(sets)]})
    for size, side, stride in QUALITY:
        sheet = Sheet(out, f"quality_{size}", ("exemplar", "engine", "moved by half", "prototype"))
        for seed in SEEDS:
            for material in suite(sets):
                quality_of(part, sheet, material, size, side, stride, seed)
        sheet.write()


def quality_of(part: Part, sheet: Sheet, material: MaterialSet, size: int, side: int, stride: int, seed: int) -> None:
    """One set at one size and seed, by the engine and the prototype."""
    keys = {"engine": f"engine {size} {material.name} {seed}"}
    if size <= PROTOTYPE_QUALITY_LIMIT and available("prototype"):
        keys["prototype"] = f"prototype {size} {material.name} {seed}"
    if all(key in part.items for key in keys.values()):
        return
    maps = judged_maps(material)
    exemplar = cropped(maps) if side == CROP_SIDE else maps
    made = {who: albedo_of(who, exemplar, size, seed) for who in keys}
    for who, key in keys.items():
        say(key, part, partial(judged, made[who], exemplar["albedo"], stride))
    if seed == SEEDS[0]:
        sheet.add(material.name, [exemplar["albedo"], made["engine"], rolled(made["engine"]), made.get("prototype")])


def albedo_of(who: str, exemplar: dict[str, np.ndarray], size: int, seed: int) -> np.ndarray:
    """The albedo that the engine or the prototype makes of all maps of an exemplar."""
    if who == "prototype":
        folder = prototype_folder()
        assert folder is not None
        return np.clip(run_prototype(folder, exemplar, size, seed)["albedo"], 0, 1)
    with tempfile.TemporaryDirectory() as folder_name:
        pictures = write_pictures(exemplar, Path(folder_name))
        albedo: np.ndarray = make("exemplar", pictures, seed=seed, size=size, maps=list(exemplar))["albedo"]
    return albedo


def seams(sets: Sequence[MaterialSet], out: Path) -> None:
    """Every set, 512 to 1024: figures, and the output rolled by half so that its border crosses the middle."""
    part = Part(out / "seams.json", {"sets": [material.sha256 for material in sets]})
    sheet = Sheet(out, "seams", ("made", "moved by half"))
    for seed, material in enumerate(sets):
        if material.name not in part.items:
            maps = judged_maps(material)
            albedo = albedo_of("engine", maps, 1024, seed)
            sheet.add(material.name, [albedo, rolled(albedo)])
            say(material.name, part, partial(judged, albedo, maps["albedo"], 8))
    sheet.write()


def say(key: str, part: Part, measure: Any) -> None:
    """Measure what is not kept yet, and print it."""
    if key not in part.items:
        try:
            found = part.measured(key, measure)
        except NotTimed as error:
            print(f"{key}: {error}", flush=True)
            return
        print(key, {name: round(value, 5) for name, value in found.items()}, flush=True)


def available(way: str) -> bool:
    """Whether a way can be gone here; says so when not."""
    if way != "prototype" or prototype_folder():
        return True
    print("skipped: the prototype is not here (set MAQUETTE_PROTOTYPES)", flush=True)
    return False


def report(out: Path) -> str:
    """The textures' section of RESULTS.md."""
    lines = [
        HEADING,
        "",
        f"{date.today().isoformat()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}.",
        "Command: `python tests/benchmarks/textures.py {speed,quality,seams,methods,report} --out FOLDER`.",
        "",
        *speed_table(kept(out, "speed")),
        *quality_tables(kept(out, "quality")),
        *seam_summary(kept(out, "seams")),
        *method_figures(out / "methods"),
    ]
    return "\n".join(lines).rstrip() + "\n"


def kept(out: Path, name: str) -> dict[str, dict[str, float]]:
    """What was measured by one command."""
    path = out / f"{name}.json"
    items: dict[str, dict[str, float]] = json.loads(path.read_text())["items"] if path.exists() else {}
    return items


def speed_table(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Seconds and memory by size."""
    if not figures:
        return []
    lines = [
        f"`exemplar`, all maps of {SPEED_SET} from 512 px, each in a process of its own. Plain references: image "
        "quilting in NumPy (not tileable), and the exact search, which",
        f"gets only {EXACT_EXEMPLAR} px, takes time with the fourth power of size and ends at {LIMITS['exact']} px.",
        "",
        "| px | engine s | GiB | prototype s | engine / prototype | quilting s | engine / quilting | exact search s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size in SPEED_SIZES:
        ours, theirs, plain, exactly = (figures.get(f"{way} {size}", {}) for way in LIMITS)
        cells = [ours.get("seconds"), ours.get("gibibytes"), theirs.get("seconds"), ratio(ours, theirs)]
        cells += [plain.get("seconds"), ratio(ours, plain), exactly.get("seconds")]
        lines.append(f"| {size} | " + " | ".join("-" if cell is None else f"{cell:.3g}" for cell in cells) + " |")
    return [*lines, ""]


def ratio(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float | None:
    """Seconds of the one by the other's, where both are known."""
    return ours["seconds"] / theirs["seconds"] if ours and theirs else None


def quality_tables(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Means over seeds for each set and size, engine / prototype."""
    lines = []
    for size, side, _ in QUALITY:
        names = sorted({key.split()[2] for key in figures if key.startswith(f"engine {size} ")})
        if not names:
            continue
        lines += [
            f"{side} to {size} px, albedo, means over seeds {SEEDS}, engine / prototype; usage alone is better higher:",
            "",
            "| set | " + " | ".join(COMPARED) + " |",
            "|---" * (len(COMPARED) + 1) + "|",
        ]
        rows = {who: [means(figures, f"{who} {size} {name} ") for name in names] for who in ("engine", "prototype")}
        for name, ours, theirs in zip(names, rows["engine"], rows["prototype"], strict=True):
            lines.append(f"| {name} | " + " | ".join(pair(ours, theirs, figure) for figure in COMPARED) + " |")
        overall = {who: means(figures, f"{who} {size} ") for who in rows}
        cells = [pair(overall["engine"], overall["prototype"], figure) for figure in COMPARED]
        lines.append(f"| **mean of {len(names)}** | " + " | ".join(cells) + " |")
        if overall["prototype"]:
            ratios = [f"{overall['engine'][figure] / overall['prototype'][figure]:.2f}" for figure in COMPARED[:6]]
            lines.append("| **ratio of means** | " + " | ".join(ratios) + " | - |")
        lines.append("")
    return lines


def means(figures: Mapping[str, Mapping[str, float]], start: str) -> dict[str, float]:
    """The mean of every figure over the items whose key begins so; {} where there is none."""
    rows = [row for key, row in figures.items() if key.startswith(start)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]} if rows else {}


def pair(ours: Mapping[str, float], theirs: Mapping[str, float], figure: str) -> str:
    """Both figures as a table's cell."""
    return " / ".join(f"{row[figure]:.4f}" if figure in row else "-" for row in (ours, theirs))


def seam_summary(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """How many of all sets are without a seam."""
    if not figures:
        return []
    scores = np.array([row["seam_z"] for row in figures.values()])
    bands = np.array([row["wrap_band"] for row in figures.values()])
    loud = sorted((row["seam_z"], name) for name, row in figures.items() if row["seam_z"] > 3)
    return [
        f"All {len(figures)} sets, 512 to 1024 px: seam z <= 3 on {np.mean(scores <= 3):.0%} "
        f"(median {np.median(scores):.2f}, highest {scores.max():.2f}); "
        f"wrap band / other lines: median {np.median(bands):.2f}, mean {bands.mean():.2f}, "
        f"<= 1.2 on {np.mean(bands <= 1.2):.0%}.",
        "Above 3: " + (", ".join(f"{name} {score:.2f}" for score, name in loud) or "none") + ".",
        "",
    ]


def method_figures(folder: Path) -> list[str]:
    """What `maquette evaluate texture` found, and how."""
    if not (folder / "figures.json").exists():
        return []
    figures = json.loads((folder / "figures.json").read_text())
    notes = json.loads((folder / "notes.json").read_text())
    lines = ["All methods, by `maquette evaluate texture`:", "", "| figure | value |", "|---|---|"]
    lines += [f"| {name} | {value:.4g} |" for name, value in figures.items()]
    lines += ["", *(f"- {note}" for note in notes["protocol"])]
    lines += [f"- {name}: absent. {reason}" for name, reason in notes["absent"].items()]
    return [*lines, ""]


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["speed", "quality", "seams", "methods", "report", "exact"])
    parser.add_argument("--out", type=Path, default=Path("out/textures"))
    parser.add_argument("--data", type=Path, default=training_folder(), help="the folder that holds pbr/")
    parser.add_argument("--pictures", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command == "exact":
        return exact(options.pictures)
    if options.command == "report":
        return write_section(RESULTS, report(options.out))
    sets = find_materials(options.data).sets
    if not sets:
        print("skipped: no material sets are here (set MAQUETTE_DATA)")
    elif options.command == "methods":
        evaluate_textures(options.data, options.out / "methods", say=lambda text: print(text, flush=True))
    else:
        {"speed": speed, "quality": quality, "seams": seams}[options.command](sets, options.out)
    return None


def write_section(path: Path, section: str) -> None:
    """Puts the section in place of the one with the same heading, and leaves other sections alone."""
    heading = section.splitlines()[0]
    parts = path.read_text().split("\n## ") if path.exists() else ["# Measured"]
    others = [part.rstrip() for part in parts if f"## {part}".splitlines()[0] != heading]
    path.write_text("\n\n## ".join(others) + "\n\n" + section)


if __name__ == "__main__":
    main()
