# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole evaluation of the character methods: its parts one after the other, figures and notes after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...evaluate import CHARACTER_PARTS, MINUTES
from ..parts import Runs, check, run_parts
from ..study import training_folder
from . import attribute, base, likeness, soundness, timing
from .priors import Priors
from .study import Study, find_characters

COMPARED = ("", "_reference", "_pca", "_scale")
EXPECTED = (
    "library.imported_share",
    *(f"family.{name}{suffix}" for name in ("nna", "cov", "mmd") for suffix in COMPARED),
    *(
        f"family.{protocol}.{name}"
        for protocol in likeness.PROTOCOLS
        for name in ("nna", "cov", "mmd", "nearest_training")
    ),
    *(f"family.{name}" for name in ("nearest_training", "nearest_training_reference", "inverted_share")),
    *(f"family.{name}" for name in ("extra_intersections", "missing_parts", "poke_through_share", "gaps")),
    "family.unweighted_share",
    *(f"family.{name}_{likeness.SHIPPED_PRIOR}" for name in ("nna", "cov")),
    "clip.foot_error",
    *timing.EXPECTED,
    *base.EXPECTED,
    *attribute.EXPECTED,
)


def evaluate_characters(
    data: Path,
    out: Path,
    parts: Sequence[str] = CHARACTER_PARTS,
    minutes: float = MINUTES,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Judges the parts named on the characters in `data` and writes the results to `out`; the figures."""
    started = time.monotonic()
    check(data, parts, CHARACTER_PARTS, minutes, "characters in packs below its 'characters'")
    say("Looking at the characters")
    judged = find_characters(data)
    same = training_folder().resolve() == data.resolve()
    study = Study(
        generator="character",
        hashes=tuple(character.sha256 for character in judged.characters),
        out=out,
        say=say,
        judged=judged,
        training=judged if same else find_characters(training_folder()),
    )
    priors = Priors(study.spaces)
    runs: Runs[Study] = {
        "library": (_library, 0.05),
        "code": (timing.time_code, 0.05),
        "base": (base.evaluate, 0.3),
        "attribute": (attribute.evaluate, 0.3),
        "family": (lambda study: _family(study, priors), 0.9),
        "clip": (lambda study: soundness.evaluate_clips(study, priors), 1.0),
    }
    otherwise = "Not judged yet." if judged.characters else "No usable character is in the data."
    about = {
        "left_out_of_the_data": list(judged.left_out),
        "characters": [character.name for character in judged.characters],
    }
    run_parts(study, runs, parts, started + 60 * minutes, EXPECTED, otherwise, about)
    return study.figures


def _family(study: Study, priors: Priors) -> None:
    likeness.evaluate(study, priors)
    soundness.evaluate(study, priors)


def _library(study: Study) -> None:
    """`library.imported_share`: the share of the character files that can be used; doubles count as read."""
    read, left_out = len(study.judged.characters), study.judged.left_out
    doubles = sum("the same file as" in reason for reason in left_out)
    total = read + len(left_out)
    if read:
        study.give("library", {"imported_share": (read + doubles) / total, "characters": float(total)})
