# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evaluation of the texture methods: its parts one after the other, figures and notes written after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...evaluate import MINUTES, PARTS
from ..parts import Runs, check, run_parts
from ..study import training_folder
from . import exemplar, family, photo, tileable
from .materials import find_materials
from .study import Study

RUNS: Runs[Study] = {
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
    check(data, parts, PARTS, minutes, "material sets in its 'pbr'")
    say("Looking at the materials")
    judged = find_materials(data)
    same = training_folder().resolve() == data.resolve()
    study = Study(
        generator="texture",
        hashes=tuple(material.sha256 for material in judged.sets),
        out=out,
        say=say,
        judged=judged,
        training=judged if same else find_materials(training_folder()),
    )
    otherwise = "Not judged yet." if judged.sets else "No usable material is in the data's 'pbr'."
    about = {
        "left_out_of_the_data": list(judged.left_out),
        "materials": [material.name for material in judged.sets],
    }
    run_parts(study, RUNS, parts, started + 60 * minutes, EXPECTED, otherwise, about)
    return study.figures
