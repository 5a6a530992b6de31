# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evaluation of the texture methods: its parts one after the other, figures and notes written after each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from ....core.codec import show
from ....core.errors import InputError
from ....core.version import VERSION
from ...evaluate import MINUTES, PARTS
from . import exemplar, family, photo, tileable
from .materials import find_materials, training_folder
from .study import Study, write_json

# each part, and the share of the time that is left at its start which it may take
RUNS: dict[str, tuple[Callable[[Study], None], float]] = {
    "exemplar": (exemplar.evaluate, 0.55),
    "photo": (photo.evaluate, 0.4),
    "tileable": (tileable.evaluate, 0.4),
    "family": (family.evaluate, 1.0),
}
EXPECTED = (
    *(
        f"exemplar.{name}{suffix}"
        for name in ("patch_error", "swd", "steerable", "largest_copy")
        for suffix in ("", "_prototype")
    ),
    *(f"exemplar.{name}" for name in ("seam_z_max", "seconds_1024", "seconds_1024_reference")),
    *(f"exemplar.{name}" for name in ("seconds_1024_prototype", "seconds_4096", "peak_gib_4096")),
    *(f"photo.{name}" for name in ("normal_error_deg", "normal_error_deg_flat", "better_than_flat_share")),
    *(f"photo.{name}" for name in ("polarity_share", "roughness_error", "roughness_error_class_mean", "seconds_1024")),
    *(f"tileable.{name}" for name in ("seconds_512", "seam_z_max", "change_outside")),
    *(f"family.{name}" for name in ("distance", "distance_nearest", "distance_pca", "recall", "recall_nearest")),
    "family.seconds_nine_256",
)


def evaluate_textures(
    data: Path,
    out: Path,
    parts: Sequence[str] = PARTS,
    minutes: float = MINUTES,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Judges the methods named in `parts` on the materials in `data` and writes the results to `out`; the figures."""
    started = time.monotonic()
    if not data.is_dir():
        raise InputError(f"The folder {show(str(data))} does not exist. Name one with material sets in its 'pbr'.")
    if not 0 < minutes < 1e6:
        raise InputError(f"The evaluation cannot take {minutes:g} minutes. Give a number above 0.")
    for name in parts:
        if name not in PARTS:
            raise InputError(f"There is no part {show(name)} to evaluate. There is: {', '.join(PARTS)}.")
    say("Looking at the materials")
    judged = find_materials(data)
    same = training_folder().resolve() == data.resolve()
    study = Study(judged, judged if same else find_materials(training_folder()), out, 0.0, say)
    for name in parts:
        run, share = RUNS[name]
        left = started + 60 * minutes - time.monotonic()
        study.deadline = time.monotonic() + share * max(0.0, left)
        run(study)
        _write(study, parts)
    return study.figures


def _write(study: Study, parts: Sequence[str]) -> None:
    """`figures.json` and `notes.json`: every expected figure of the parts is in the one, or its reason in the other."""
    wanted = [key for key in EXPECTED if key.split(".")[0] in parts]
    reasons = {key: study.absent.get(key.split(".")[0]) or _no_reason(study) for key in wanted}
    reasons |= {key: reason for key, reason in study.absent.items() if "." in key}
    absent = {key: reason for key, reason in reasons.items() if key not in study.figures}
    notes = {
        "absent": dict(sorted(absent.items())),
        "protocol": study.protocol,
        "left_out_of_the_data": list(study.judged.left_out),
        "materials": [material.name for material in study.judged.sets],
        "machine": {"maquette": VERSION, "torch": torch.__version__, "cores": os.cpu_count() or 0},
    }
    write_json(study.out / "figures.json", dict(sorted(study.figures.items())))
    write_json(study.out / "notes.json", notes)


def _no_reason(study: Study) -> str:
    return "Not judged yet." if study.judged.sets else "No usable material is in the data's 'pbr'."
