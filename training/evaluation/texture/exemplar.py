# SPDX-License-Identifier: GPL-3.0-or-later
"""`exemplar`: 512 px from 400 px crops, beside the research prototype on the same sets and seeds; time and memory.

Figures of resemblance are those of the albedo, means over sets and seeds.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...data.material_folder import MaterialSet
from ...metrics import texture
from ...metrics.prototype import prototype_folder, run_prototype
from ..sheets import Sheet, rolled
from ..study import Part, highest, mean
from .making import make
from .materials import cropped, judged_maps, suite, write_pictures
from .study import Study
from .timing import NotTimed, timed

SEEDS = (0, 1, 2)
COMPARED = ("patch_error", "swd", "steerable", "largest_copy", "usage")
SPEED_SET = "rock__Rock020"
SPEED_LIMIT_S = 300.0


def evaluate(study: Study) -> None:
    """Takes up the figures `exemplar.*`."""
    sets = suite(study.judged.sets)
    if not sets:
        return
    study.note(f"exemplar: the suite is {', '.join(material.name for material in sets)}; seeds {SEEDS}.")
    study.note("exemplar: 400 px (the top left of 512) to 512 px; patches at half resolution, every texel.")
    if prototype_folder() is None:
        reason = "The prototype is not here. Set MAQUETTE_PROTOTYPES to its folder."
        for name in (*COMPARED, "seam_z_max", "seconds_1024"):
            study.lack(f"exemplar.{name}_prototype", reason)
    _times(study, next((m for m in sets if m.name == SPEED_SET), sets[0]))
    _resemblance(study, sets)


def _resemblance(study: Study, sets: tuple[MaterialSet, ...]) -> None:
    part = study.part("exemplar")
    sheet = Sheet(study.out, "exemplar", ("exemplar", "Maquette", "the same, moved by half", "prototype"))
    rows: dict[str, list[dict[str, float]]] = {"ours": [], "prototype": []}
    pairs = [(seed, material) for seed in SEEDS for material in sets]
    for seed, material in study.in_time(pairs, 0.9, "exemplar"):
        study.say(f"exemplar: {material.name}, seed {seed}")
        pair = study.tried(f"exemplar: {material.name}", partial(_judged_pair, part, sheet, material, seed))
        for who, figures in (pair or {}).items():
            rows[who].append(figures)
    sheet.write()
    for who, suffix in (("ours", ""), ("prototype", "_prototype")):
        if rows[who]:
            study.give("exemplar", {f"{name}{suffix}": mean(rows[who], name) for name in COMPARED})
            study.give("exemplar", {f"seam_z_max{suffix}": highest(rows[who], "seam_z")})


def _judged_pair(part: Part, sheet: Sheet, material: MaterialSet, seed: int) -> dict[str, dict[str, float]]:
    """The figures of ours and, where it is, the prototype's for one set and seed."""
    keys = {who: f"{material.name} {seed} {who}" for who in ("ours", "prototype")}
    wanted = [who for who in keys if who == "ours" or prototype_folder() is not None]
    if all(keys[who] in part.items for who in wanted):
        return {who: part.items[keys[who]] for who in wanted}
    maps = judged_maps(material)
    size = min(maps["albedo"].shape[:2]) // 2 * 2
    crop = cropped(maps)
    made = {"ours": _made(crop, size, seed)}
    if "prototype" in wanted:
        made["prototype"] = _made_by_prototype(crop, size, seed)
    if seed == SEEDS[0]:
        images = [crop["albedo"], made["ours"], rolled(made["ours"]), made.get("prototype")]
        sheet.add(material.name, images)
    return {who: part.measured(keys[who], partial(judged, made[who], crop["albedo"])) for who in wanted}


def _made(crop: dict[str, np.ndarray], size: int, seed: int) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        pictures = write_pictures(crop, Path(folder))
        maps = make("exemplar", pictures, seed=seed, size=size, maps=list(crop))
    albedo: np.ndarray = maps["albedo"]
    return albedo


def _made_by_prototype(crop: dict[str, np.ndarray], size: int, seed: int) -> np.ndarray:
    folder = prototype_folder()
    assert folder is not None
    return np.clip(run_prototype(folder, crop, size, seed)["albedo"], 0, 1)


def judged(output: np.ndarray, exemplar: np.ndarray, stride: int = 1) -> dict[str, float]:
    """The figures of one albedo (H, W, 3) made from an exemplar (h, w, 3)."""
    made, given = (torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1) for image in (output, exemplar))
    nearest = texture.nearest_patches(made.contiguous(), given.contiguous(), stride)
    return {
        "patch_error": nearest.patch_error,
        "swd": texture.sliced_wasserstein(made, given),
        "steerable": texture.steerable_difference(made, given),
        "largest_copy": texture.largest_copy(nearest),
        "usage": texture.usage(nearest),
        "wrap_band": texture.wrap_band_ratio(nearest),
        "seam_z": texture.seam_z(made),
    }


def _times(study: Study, material: MaterialSet) -> None:
    """Seconds and memory: all maps that the set has, from 512 px."""
    study.note(
        f"exemplar: times are of {material.name}, all its maps, from 512 px, each in a process of its own with the "
        "worker's allocator; ours from picture files to arrays. exemplar.seconds_1024_reference is the plain image "
        "quilting (A. A. Efros and W. T. Freeman) of training/metrics/reference_quilting.py, all maps, not tileable."
    )
    part = study.part("exemplar_times", set=material.name)
    with tempfile.TemporaryDirectory() as folder:
        maps = judged_maps(material)
        pictures = write_pictures(maps, Path(folder))
        for key, way, figures, job in _speed_jobs(list(maps), pictures):
            if (way == "prototype" and prototype_folder() is None) or _no_gpu(job, study, figures):
                continue
            study.say(f"exemplar: timing {key}")
            left = min(SPEED_LIMIT_S, study.deadline - time.monotonic())
            try:
                found = part.measured(key, partial(timed, way, limit_s=left, **job))
            except NotTimed as error:
                for name in figures.values():
                    study.lack(f"exemplar.{name}", str(error))
                continue
            study.give("exemplar", {name: found.get(measured) for measured, name in figures.items()})


def _speed_jobs(maps: list[str], pictures: dict[str, str]) -> list[tuple[str, str, dict[str, str], dict[str, Any]]]:
    """(key, way, figure by what is measured, job) of every measurement."""

    def ours(size: int, **more: Any) -> dict[str, Any]:
        return {"method": "exemplar", "pictures": pictures, "params": {"size": size, "maps": maps}, **more}

    plain = {"pictures": pictures, "size": 1024}
    return [
        ("1024 ours", "method", {"seconds": "seconds_1024", "gibibytes": "peak_gib_1024"}, ours(1024, runs=3)),
        ("1024 prototype", "prototype", {"seconds": "seconds_1024_prototype"}, {**plain, "runs": 3}),
        ("1024 quilting", "quilting", {"seconds": "seconds_1024_reference"}, plain),
        ("4096 ours", "method", {"seconds": "seconds_4096", "gibibytes": "peak_gib_4096"}, ours(4096)),
        ("1024 gpu", "method", {"seconds": "seconds_1024_gpu"}, ours(1024, device="cuda", warm=1, runs=3)),
    ]


def _no_gpu(job: dict[str, Any], study: Study, figures: dict[str, str]) -> bool:
    if job.get("device") != "cuda" or torch.cuda.is_available():
        return False
    for name in figures.values():
        study.lack(f"exemplar.{name}", "Not measured: there is no GPU here.")
    return True
