# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the texture synthesis against a plain exact search and against the prototype, all in one run.

    python tests/benchmarks/textures.py speed      seconds and peak memory at 512 to 4096 pixels
    python tests/benchmarks/textures.py quality    twelve sets: ours beside the prototype
    python tests/benchmarks/textures.py seams      every set: seam figures and contact sheets
    python tests/benchmarks/textures.py report     tests/benchmarks/RESULTS.md from what was measured

Figures are kept as JSON under --out, and a run goes on where the last one stopped. Each measurement of speed is a
process of its own. Data: MAQUETTE_DATA, else ../shared/data; prototype: MAQUETTE_PROTOTYPES, else
../shared/research/prototypes; what is absent is skipped aloud.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parent))
import exact_search
import material_sets

from maquette.core.texture.synthesis import synthesise
from maquette.training.metrics import texture as metrics

SIZES = (512, 1024, 2048, 4096)
# the exact search compares all patches: beyond these sizes it takes hours, the prototype more memory than the rest
LIMITS = {"engine": 4096, "prototype": 2048, "exact": 512}
EXACT_EXEMPLAR = 256
SPEED_SET = "rock__Rock020"
# large freed blocks are kept instead of handed back, as the engine's worker does; for all that is measured
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TRIM_THRESHOLD_": "4000000000"}
RESULTS = Path(__file__).with_name("RESULTS.md")
CELL = 480


def engine(maps: dict[str, np.ndarray], size: int, seed: int = 0) -> dict[str, np.ndarray]:
    """All maps by the engine."""
    device = torch.device("cpu")
    return synthesise(maps, (size, size), seed=seed, device=device, progress=lambda _fraction, _text: None)


def exact(maps: dict[str, np.ndarray], size: int) -> dict[str, np.ndarray]:
    """All maps by the plain search, from an exemplar of 256 pixels: the largest that ends within minutes."""
    stack = torch.from_numpy(np.concatenate([image[:EXACT_EXEMPLAR, :EXACT_EXEMPLAR] for image in maps.values()], 2))
    return {"all": exact_search.synthesise_exactly(stack.permute(2, 0, 1).contiguous(), size).numpy()}


def prototype(maps: dict[str, np.ndarray], size: int) -> dict[str, np.ndarray]:
    """All maps by the prototype."""
    folder = material_sets.prototype_folder()
    assert folder is not None
    return material_sets.run_prototype(folder, maps, size)


METHODS: dict[str, Callable[[dict[str, np.ndarray], int], dict[str, np.ndarray]]] = {
    "engine": engine,
    "exact": exact,
    "prototype": prototype,
}


def measure_once(method: str, size: int) -> None:
    """In a process of its own: prints seconds and peak memory (GiB) of one synthesis."""
    folder = material_sets.data_folder()
    assert folder is not None
    maps = material_sets.load_set(folder, SPEED_SET)
    started = time.perf_counter()
    METHODS[method](maps, size)
    seconds = time.perf_counter() - started
    gibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"seconds": round(seconds, 3), "gibibytes": round(gibibytes, 3)}))


def speed(figures: dict[str, dict[str, float]], keep: Callable[[], None]) -> None:
    """Every method at every size that it can reach."""
    for size in SIZES:
        for method, limit in LIMITS.items():
            key = f"{method} {size}"
            if size > limit or key in figures or not available(method):
                continue
            command = [sys.executable, __file__, "once", "--method", method, "--size", str(size)]
            finished = subprocess.run(
                command, env={**os.environ, **ALLOCATOR}, capture_output=True, text=True, check=True
            )
            figures[key] = json.loads(finished.stdout)
            print(key, figures[key], flush=True)
            keep()


def quality(figures: dict[str, dict[str, float]], keep: Callable[[], None]) -> None:
    """The suite, 512 to 1024, by the engine and the prototype."""
    folder = material_sets.data_folder()
    assert folder is not None
    for name in material_sets.SUITE:
        maps = material_sets.load_set(folder, name)
        for method in ("engine", "prototype"):
            key = f"{method} {name}"
            if key in figures or not available(method):
                continue
            figures[key] = judged(METHODS[method](maps, 1024)["albedo"], maps["albedo"], full=True)
            print(key, figures[key], flush=True)
            keep()


def seams(figures: dict[str, dict[str, float]], keep: Callable[[], None], out: Path) -> None:
    """Every set, 512 to 1024: figures, and the output rolled by half so that its border crosses the middle."""
    folder = material_sets.data_folder()
    assert folder is not None
    for seed, name in enumerate(material_sets.set_names(folder)):
        if name in figures:
            continue
        maps = material_sets.load_set(folder, name)
        albedo = engine(maps, 1024, seed)["albedo"]
        figures[name] = judged(albedo, maps["albedo"], full=False)
        rolled = np.roll((albedo * 255 + 0.5).astype(np.uint8), (512, 512), (0, 1))
        Image.fromarray(rolled).save(out / f"{name}.png")
        print(name, figures[name], flush=True)
        keep()
    contact_sheets(out, [name for name in figures if (out / f"{name}.png").exists()])


def judged(output: np.ndarray, exemplar: np.ndarray, full: bool) -> dict[str, float]:
    """The figures of one albedo; `full` adds the slower ones."""
    made, given = (torch.from_numpy(image).permute(2, 0, 1).contiguous() for image in (output, exemplar))
    nearest = metrics.nearest_patches(made, given, stride=4 if full else 8)
    figures = {
        "seam_z": metrics.seam_z(made),
        "patch_error": nearest.patch_error,
        "wrap_band": metrics.wrap_band_ratio(nearest),
        "largest_copy": metrics.largest_copy(nearest),
        "usage": metrics.usage(nearest),
    }
    if full:
        figures["wasserstein"] = metrics.sliced_wasserstein(made, given)
        figures["steerable"] = metrics.steerable_difference(made, given)
    return {name: round(value, 5) for name, value in figures.items()}


def contact_sheets(out: Path, names: list[str], columns: int = 4, rows: int = 3) -> None:
    """Sheets of rolled outputs: a seam would be a cross through the middle of a picture."""
    for number, start in enumerate(range(0, len(names), columns * rows)):
        sheet = Image.new("RGB", (columns * (CELL + 6), rows * (CELL + 16)))
        for place, name in enumerate(names[start : start + columns * rows]):
            corner = (place % columns * (CELL + 6), place // columns * (CELL + 16))
            picture = Image.open(out / f"{name}.png").resize((CELL, CELL), Image.Resampling.LANCZOS)
            sheet.paste(picture, corner)
            ImageDraw.Draw(sheet).text((corner[0], corner[1] + CELL + 1), name, fill="white")
        sheet.save(out / f"sheet_{number:02d}.jpg", quality=92)


def available(method: str) -> bool:
    """Whether a method can run here; says so when not."""
    if method != "prototype" or material_sets.prototype_folder():
        return True
    print("skipped: the prototype is not here (set MAQUETTE_PROTOTYPES)", flush=True)
    return False


def report(measured: dict[str, dict[str, dict[str, float]]]) -> str:
    """The textures' section of RESULTS.md."""
    lines = [
        "## Textures",
        "",
        f"{date.today().isoformat()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}.",
        "Command: `python tests/benchmarks/textures.py {speed,quality,seams,report} --out FOLDER`.",
        "",
        *_speed_table(measured["speed"]),
        "",
        *_quality_table(measured["quality"]),
        "",
        *_seam_summary(measured["seams"]),
    ]
    return "\n".join(lines) + "\n"


def _speed_table(figures: dict[str, dict[str, float]]) -> list[str]:
    lines = [
        f"All maps of {SPEED_SET} from 512 px; the exact search from only {EXACT_EXEMPLAR} px, which makes it easier.",
        f"Its time grows with the fourth power of size: it ends at {LIMITS['exact']} px.",
        "",
        "| px | engine s | GiB | prototype s | GiB | engine / prototype | exact search s | engine / exact |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size in SIZES:
        ours, theirs, plain = (figures.get(f"{method} {size}", {}) for method in ("engine", "prototype", "exact"))
        cells = [ours.get("seconds"), ours.get("gibibytes"), theirs.get("seconds"), theirs.get("gibibytes")]
        cells += [_ratio(ours, theirs), plain.get("seconds"), _ratio(ours, plain)]
        lines.append(f"| {size} | " + " | ".join("-" if cell is None else f"{cell:.3g}" for cell in cells) + " |")
    return lines


def _ratio(ours: dict[str, float], theirs: dict[str, float]) -> float | None:
    return ours["seconds"] / theirs["seconds"] if ours and theirs else None


def _quality_table(figures: dict[str, dict[str, float]]) -> list[str]:
    names = ["patch_error", "wasserstein", "steerable", "largest_copy", "usage", "wrap_band", "seam_z"]
    lines = [
        "512 to 1024 px, albedo, engine / prototype (lower is better, but for usage):",
        "",
        "| set | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    both = [s for s in material_sets.SUITE if f"engine {s}" in figures and f"prototype {s}" in figures]
    pairs = {s: (figures[f"engine {s}"], figures[f"prototype {s}"]) for s in both}
    for name, (ours, theirs) in pairs.items():
        lines.append(f"| {name} | " + " | ".join(f"{ours[n]:.4f} / {theirs[n]:.4f}" for n in names) + " |")
    if pairs:
        means = [[np.mean([pair[k][n] for pair in pairs.values()]) for k in (0, 1)] for n in names]
        lines.append(f"| **mean of {len(pairs)}** | " + " | ".join(f"{a:.4f} / {b:.4f}" for a, b in means) + " |")
        lines.append("| **ratio of means** | " + " | ".join(f"{a / b:.2f}" for a, b in means) + " |")
    return lines


def _seam_summary(figures: dict[str, dict[str, float]]) -> list[str]:
    if not figures:
        return []
    scores = np.array([f["seam_z"] for f in figures.values()])
    bands = np.array([f["wrap_band"] for f in figures.values()])
    loud = sorted((f["seam_z"], name) for name, f in figures.items() if f["seam_z"] > 3)
    return [
        f"All {len(figures)} sets, 512 to 1024 px: seam z <= 3 on {np.mean(scores <= 3):.0%} "
        f"(median {np.median(scores):.2f}, highest {scores.max():.2f}); "
        f"wrap band / other lines: median {np.median(bands):.2f}, mean {bands.mean():.2f}, "
        f"<= 1.2 on {np.mean(bands <= 1.2):.0%}.",
        "Above 3: " + (", ".join(f"{name} {score:.2f}" for score, name in loud) or "none") + ".",
    ]


def main() -> None:
    """Runs one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["speed", "quality", "seams", "report", "once"])
    parser.add_argument("--out", type=Path, default=Path("out/textures"))
    parser.add_argument("--data", type=Path, help="the folder that holds pbr/, in place of MAQUETTE_DATA")
    parser.add_argument("--method", choices=list(METHODS))
    parser.add_argument("--size", type=int)
    options = parser.parse_args()
    if options.data:
        os.environ["MAQUETTE_DATA"] = str(options.data)
    if options.command == "once":
        measure_once(options.method, options.size)
        return
    if material_sets.data_folder() is None:
        print("skipped: no material sets are here (set MAQUETTE_DATA)")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    store = options.out / "figures.json"
    measured = {"speed": {}, "quality": {}, "seams": {}} | (json.loads(store.read_text()) if store.exists() else {})
    if options.command == "report":
        write_section(RESULTS, report(measured))
        return
    figures = measured[options.command]

    def keep() -> None:
        store.write_text(json.dumps(measured, indent=1))

    if options.command == "seams":
        seams(figures, keep, options.out)
    else:
        {"speed": speed, "quality": quality}[options.command](figures, keep)


def write_section(path: Path, section: str) -> None:
    """Puts the section in place of the one with the same heading, and leaves other sections alone."""
    heading = section.splitlines()[0]
    parts = path.read_text().split("\n## ") if path.exists() else ["# Measured"]
    others = [part.rstrip() for part in parts if f"## {part}".splitlines()[0] != heading]
    path.write_text("\n\n## ".join(others) + "\n\n" + section)


if __name__ == "__main__":
    main()
