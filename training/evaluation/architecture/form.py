# SPDX-License-Identifier: GPL-3.0-or-later
"""`form`: how alike proposed buildings are to those of districts that were not learned from.

`distance` is the Frechet distance of statistics of footprint and height (`form_code.STATISTICS`, in units of the
training buildings' spread) between proposals for real buildings' land and these buildings; `distance_nearest` the same
of the nearest real building of the training data fitted to the land. `nearest_training` is the mean distance from a
proposal to the nearest building learned from, `nearest_training_real` the same of the judged district's own buildings.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ....core.architecture.form_network import FormNetwork
from ....core.errors import InputError
from ....core.models import models
from ....core.weights import load_weights
from ...architecture.form_judge import FormJudge, proposed
from ...architecture.form_sheet import block_sheet
from ...architecture.parcels import Built, CityFile, built_of, scan_cities
from ..study import training_folder
from .study import Study

EXPECTED = tuple(
    f"form.{name}"
    for name in ("distance", "distance_nearest", "nearest_training", "nearest_training_real", "distance_other_district")
)
LEARNED, JUDGED, SHOWN = 6000, 1500, 60
SEED = 11


def evaluate(study: Study) -> None:
    """Takes up the figures `form.*`, and draws a block as it is built and as is proposed."""
    shipped = models("architecture", "form")
    if not shipped:
        return study.lack("form", "There are no weights of 'form'.")
    weights = load_weights(shipped[0].path)
    network = FormNetwork(**weights.config)
    network.load_state_dict(weights.tensors)
    network.eval()
    learned_from = set(weights.card.get("training_sha256", ()))
    judged = [city for city in _cities(study.data) if city.sha256 not in learned_from]
    training = [city for city in _cities(training_folder()) if city.sha256 in learned_from]
    if not judged or not training:
        missing = "No judged city was left out of the training." if training else "The training data is not there."
        return study.lack("form", missing)
    figures = study.part("form", weights=shipped[0].sha256).measured(
        "all", lambda: _figures(study, network, judged, training)
    )
    study.give("form", figures)
    study.note(
        f"form: {', '.join(city.name for city in judged)}; up to {JUDGED} buildings on Voronoi cells of footprints, "
        f"against up to {LEARNED} of those learned from ({', '.join(city.name for city in training)})."
    )


def _figures(study: Study, network: FormNetwork, judged: list[CityFile], training: list[CityFile]) -> dict[str, float]:
    study.say("form: looking at the buildings")
    learned = _built(training, LEARNED, SEED)
    real = _built(judged, JUDGED, SEED + 1)
    study.say("form: proposing")
    judge = FormJudge(learned, real)
    plain = judge.plain()
    picture = block_sheet(real[:SHOWN], proposed(network, real[:SHOWN], SEED))
    study.out.mkdir(parents=True, exist_ok=True)
    Image.fromarray((picture * 255).round().astype(np.uint8)).save(study.out / "form.png")
    return {
        **judge.learned(network),
        "distance_nearest": plain["distance"],
        "distance_other_district": plain["distance_other_district"],
    }


def _cities(folder: Path) -> tuple[CityFile, ...]:
    try:
        return scan_cities(folder)
    except InputError:
        return ()


def _built(files: list[CityFile], count: int, seed: int) -> list[Built]:
    each = -(-count // len(files))
    return [one for file in files for one in built_of(file, each, seed)]
