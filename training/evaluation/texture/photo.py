# SPDX-License-Identifier: GPL-3.0-or-later
"""`photo`: normals and roughness from the albedo alone, against flat normals, a bump from luminance and class means.

Materials that the model was trained on are left out. Angles in degrees, means over texels, then over sets; `tilt` is
the mean angle of the true normals from straight up, which is also the error of flat normals.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ....core.errors import MaquetteError
from ....core.models import SHIPPED, Model, models
from ...data.material_folder import MaterialSet
from ...texture.photo_baselines import STRENGTHS, bump_normals, mean_angle_deg, slope_correlation
from ..sheets import Sheet
from ..study import Part, mean
from .making import predict_maps
from .materials import judged_maps, unseen, write_pictures
from .study import Study
from .timing import NotTimed, timed

TILTED_DEG = 4.0
POLAR_CLASSES = ("brick", "tiles", "paving")
FACTORS = (0.0, 0.25, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
Row = Mapping[str, float]


def evaluate(study: Study) -> None:
    """Takes up the figures `photo.*`."""
    model = next(iter(models("texture", "photo")), None)
    if model is None or model.name != SHIPPED:
        return study.lack("photo", "There are no shipped weights for photo.")
    sets = [material for material in unseen(study.judged.sets, model.card) if "normal" in material.files]
    left_out = len([m for m in study.judged.sets if "normal" in m.files]) - len(sets)
    study.note(f"photo: {len(sets)} sets with normals were judged; {left_out} that the model was trained on left out.")
    _time(study, model)
    if not sets:
        return study.lack("photo", "No set with normals is left: the model was trained on all of them.")
    rows = _rows(study, model, sets)
    study.note(
        f"photo: tilted sets have a mean tilt above {TILTED_DEG:g} degrees; figures ending in _all take all sets."
    )
    study.note("photo: the bump from luminance has the one strength that is best on the judged sets themselves.")
    _give_normals(study, {name: row for name, row in rows.items() if row["flat"] > TILTED_DEG}, "")
    _give_normals(study, rows, "_all")
    _give_classes(study, sets, rows)
    _give_roughness(study, sets, rows)


def _rows(study: Study, model: Model, sets: Sequence[MaterialSet]) -> dict[str, Row]:
    """What is measured of each set, by its name."""
    part = study.part("photo", model=model.sha256)
    sheet = Sheet(study.out, "photo", ("picture", "true normals", "predicted", "true roughness", "predicted"))
    rows: dict[str, Row] = {}
    for material in study.in_time(sets, 0.5, "photo"):
        if material.name not in part.items:
            study.say(f"photo: {material.name}")
        row = study.tried(f"photo: {material.name}", partial(_row, part, sheet, material))
        if row is not None and {"error", "flat", "correlation"} <= set(row):
            rows[material.name] = row
    sheet.write()
    return rows


def _row(part: Part, sheet: Sheet, material: MaterialSet) -> Row:
    if material.name in part.items:
        return part.items[material.name]
    maps = judged_maps(material)
    found = predict_maps(maps["albedo"])
    sheet.add(
        material.name,
        [maps["albedo"], maps["normal"], found["normal"], maps.get("roughness"), found["roughness"]],
    )
    return part.measured(material.name, partial(compared, maps, found))


def compared(maps: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The figures of one set: true `maps` and `found` ones, (H, W, C) float32 in [0, 1], normals encoded."""
    truth, guess = (_vectors(given["normal"]) for given in (maps, found))
    albedo = torch.from_numpy(np.ascontiguousarray(maps["albedo"])).permute(2, 0, 1)[None]
    figures = {
        "error": mean_angle_deg(guess, truth),
        "flat": mean_angle_deg(_scaled(guess, 0.0), truth),
        "correlation": slope_correlation(guess, truth),
        "best_factor": min(mean_angle_deg(_scaled(guess, factor), truth) for factor in FACTORS),
        "luminance_correlation": slope_correlation(bump_normals(albedo, 1.0), truth),
    }
    for strength in STRENGTHS:
        figures[f"bump {strength:g}"] = mean_angle_deg(bump_normals(albedo, strength), truth)
    if "roughness" in maps:
        figures["roughness"] = float(np.abs(maps["roughness"] - found["roughness"]).mean())
    return figures


def _vectors(encoded_hw3: np.ndarray) -> torch.Tensor:
    """Unit vectors (1, 3, H, W) of an encoded normal map."""
    vectors = torch.from_numpy(np.ascontiguousarray(encoded_hw3)).permute(2, 0, 1)[None] * 2 - 1
    return torch.nn.functional.normalize(vectors, dim=1)


def _scaled(normals: torch.Tensor, factor: float) -> torch.Tensor:
    """The normals of the same surface, so many times as high."""
    return torch.nn.functional.normalize(normals * torch.tensor([factor, factor, 1.0])[None, :, None, None], dim=1)


def _give_normals(study: Study, rows: Mapping[str, Row], suffix: str) -> None:
    if not rows:
        for name in ("normal_error_deg", "normal_error_deg_flat", "better_than_flat_share"):
            study.lack(f"photo.{name}{suffix}", f"No set is tilted more than {TILTED_DEG:g} degrees.")
        return
    values = list(rows.values())
    bumps = {strength: mean(values, f"bump {strength:g}") or 0.0 for strength in STRENGTHS}
    strength = min(bumps, key=lambda strength: bumps[strength])
    own_strengths = [min(row[f"bump {s:g}"] for s in STRENGTHS) for row in values]
    study.give(
        "photo",
        {
            f"normal_error_deg{suffix}": mean(values, "error"),
            f"normal_error_deg_flat{suffix}": mean(values, "flat"),
            f"normal_error_deg_bump{suffix}": bumps[strength],
            f"normal_error_deg_bump_own_strength{suffix}": float(np.mean(own_strengths)),
            f"normal_error_deg_own_strength{suffix}": mean(values, "best_factor"),
            f"better_than_flat_share{suffix}": float(np.mean([row["error"] < row["flat"] for row in values])),
            f"slope_correlation{suffix}": mean(values, "correlation"),
            f"slope_correlation_bump{suffix}": mean(values, "luminance_correlation"),
            f"sets{suffix}": len(values),
        },
    )


def _give_classes(study: Study, sets: Sequence[MaterialSet], rows: Mapping[str, Row]) -> None:
    """The polarity, and the skill against flat normals of each class: 1 is perfect, 0 as good as flat."""
    by_class: dict[str, list[Row]] = {}
    for material in sets:
        if material.name in rows:
            by_class.setdefault(material.category, []).append(rows[material.name])
    polar = [row["correlation"] > 0 for name in POLAR_CLASSES for row in by_class.get(name, ())]
    if polar:
        study.give("photo", {"polarity_share": float(np.mean(polar)), "polarity_sets": len(polar)})
    else:
        study.lack("photo.polarity_share", "No set of brick, tiles or paving is there.")
    skills = {
        f"skill.{name}": 1 - sum(row["error"] for row in members) / max(1e-6, sum(row["flat"] for row in members))
        for name, members in sorted(by_class.items())
    }
    study.give("photo", skills)


def _give_roughness(study: Study, sets: Sequence[MaterialSet], rows: Mapping[str, Row]) -> None:
    rough = [material for material in sets if "roughness" in rows.get(material.name, {})]
    if not rough:
        return study.lack("photo.roughness_error", "No judged set has a roughness map.")
    study.give("photo", {"roughness_error": mean([rows[material.name] for material in rough], "roughness")})
    means = class_means(study)
    if not means:
        return study.lack("photo.roughness_error_class_mean", "The training data are not here. Set MAQUETTE_DATA.")
    part = study.part("photo_class_means", training=[material.sha256 for material in study.training.sets])
    errors = []
    for material in rough:
        level = expected_roughness(material, study.training.sets, means)
        if level is not None:
            errors.append(part.measured(material.name, partial(_constant_error, material, level)))
    study.give("photo", {"roughness_error_class_mean": mean(errors, "error")})
    study.note("photo: class means of roughness are of the training data without sets of the judged one's family.")


def class_means(study: Study) -> dict[str, float]:
    """The mean roughness of each training set that has a map of it, by name; kept on disk."""
    part = study.part("training_roughness", training=[material.sha256 for material in study.training.sets])
    known = [material for material in study.training.sets if "roughness" in material.files]
    return {m.name: part.measured(m.name, partial(_mean_roughness, m))["mean"] for m in known}


def _mean_roughness(material: MaterialSet) -> dict[str, float]:
    return {"mean": float(judged_maps(material)["roughness"].mean())}


def expected_roughness(
    material: MaterialSet, training: Sequence[MaterialSet], means: Mapping[str, float]
) -> float | None:
    """The mean roughness of the other training sets of the set's class, or of all of them where there are none."""
    others = [
        other
        for other in training
        if other.name in means and other.sha256 != material.sha256 and other.family != material.family
    ]
    same = [means[other.name] for other in others if other.category == material.category]
    chosen = same or [means[other.name] for other in others]
    return float(np.mean(chosen)) if chosen else None


def _constant_error(material: MaterialSet, level: float) -> dict[str, float]:
    return {"error": float(np.abs(judged_maps(material)["roughness"] - level).mean())}


def _time(study: Study, model: Model) -> None:
    """Seconds from a 1024 px picture in memory to its maps; the network is loaded and warm."""
    first = next(iter(study.judged.sets), None)
    if first is None:
        return
    part = study.part("photo_times", model=model.sha256)
    study.note("photo: seconds_1024 is from an albedo in memory to all its maps, warm, the median of five runs.")
    with tempfile.TemporaryDirectory() as folder:
        albedo = judged_maps(first)["albedo"]
        doubled = np.tile(albedo, (2, 2, 1))[:1024, :1024]
        pictures = write_pictures({"albedo": doubled}, Path(folder))
        left = min(120.0, study.deadline - time.monotonic())
        try:
            found = part.measured("1024", partial(timed, "photo", limit_s=left, pictures=pictures, runs=5, warm=2))
        except (NotTimed, MaquetteError) as error:
            return study.lack("photo.seconds_1024", str(error))
    study.give("photo", {"seconds_1024": found["seconds"]})
