# SPDX-License-Identifier: GPL-3.0-or-later
"""`family`: how near the learned space comes to materials that it has not seen, against two plain methods.

Every method is given the maps of an unseen material and answers with maps of the same size: `family` by projection
into its space, `nearest` with the nearest training material in the asked one's colours, `pca` by 64 components of
pixels. The crops of all answers together are compared with those of the materials themselves. Beside that, without
anything asked: samples of the family, and training materials each in the colours of another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ....core.models import SHIPPED, Model, models
from ...data.material_folder import MaterialSet
from ...metrics.distributions import FeatureSpace, fit_space, judged, precision_recall
from ...metrics.material_features import GROUPS, crops_of, group_sizes, grouped_features
from ..sheets import Sheet
from ..study import methods_sha256
from .family_baselines import Maps, Nearest, PixelPca, fit_pixel_pca, recoloured
from .feature_store import FeatureStore
from .making import project_maps, sample_maps
from .materials import complete_maps, unseen
from .study import Study
from .timing import NotTimed, timed

LEAST_TRAINING = 4
METHODS = {"family": "", "nearest": "_nearest", "pca": "_pca"}
UNASKED = {"samples": "_samples", "recoloured": "_recoloured"}


def evaluate(study: Study) -> None:
    """Takes up the figures `family.*`."""
    model = next((m for m in models("texture", "family") if m.name == SHIPPED), None)
    sets = unseen(study.judged.sets, model.card if model else {})
    study.note(f"family: {len(study.judged.sets) - len(sets)} materials that the model was trained on were left out.")
    if model is None:
        study.lack("family", "There are no shipped weights for family.")
    else:
        _time(study, model)
    if not sets:
        return study.lack("family", "No material is left: the model was trained on all of them.")
    training = [m for m in study.training.sets if not _related(m, sets)]
    if len(training) < LEAST_TRAINING:
        return study.lack("family", "The training data are not here, or are all judged. Set MAQUETTE_DATA.")
    study.note(
        "family: 64 random 128 px crops a material; statistics of oriented filters, colour, slopes and roughness, each "
        f"group weighing the same, on 32 principal components of the crops of {len(training)} training materials; "
        "k = 3. Figures ending in _materials take the mean of each material's crops as its one point."
    )
    study.note("family: a map that a set lacks is flat normals, roughness 0.5, metallic 0.")
    study.note("family: the nearest is the best by features of the 5 nearest by structure, once it has the colours.")
    _compare(study, model, sets, training)


def _compare(study: Study, model: Model | None, sets: Sequence[MaterialSet], training: Sequence[MaterialSet]) -> None:
    store = FeatureStore(study.out / "parts" / "features")
    features = []
    for material in training:
        if time.monotonic() > study.deadline:
            return study.lack("family", "The time was up before the training materials were looked at; run it again.")
        study.say(f"family: looking at {material.name}")
        features.append(store.features(["material", material.sha256], partial(complete_maps, material)))
    space, colourless = fitted_spaces(features)
    nearest = Nearest(space, colourless, features, lambda index: complete_maps(training[index]))
    pca = cache(lambda: fit_pixel_pca([partial(complete_maps, material) for material in training]))
    methods = Methods(model, tuple(training), nearest, pca)
    clouds: dict[str, list[np.ndarray]] = {name: [] for name in ("real", *METHODS, *UNASKED)}
    sheet = Sheet(study.out, "family", ("unseen", "family", "nearest", "PCA", "sample", "recoloured"))
    for number, material in enumerate(study.in_time(sets, 0.9, "family")):
        study.say(f"family: {material.name}")
        answers = methods.answers(material, number)
        attempt = partial(_judged, store, methods, material, number, answers)
        found = study.tried(f"family: {material.name}", attempt)
        for name, cloud in (found or {}).items():
            clouds[name].append(space.project(cloud))
        made = {name: answer() for name, answer in answers.items() if answer.cache_info().currsize}
        if len(made) == len(answers):
            sheet.add(material.name, [made[name]["albedo"] if name in made else None for name in clouds])
    sheet.write()
    _give(study, clouds)


@dataclass(frozen=True)
class Methods:
    """All that answers: the model, if there is one, and the plain methods over the training materials."""

    model: Model | None
    training: tuple[MaterialSet, ...]
    nearest: Nearest
    pca: Callable[[], PixelPca]

    def answers(self, material: MaterialSet, number: int) -> dict[str, Any]:
        """Functions, each run at most once, that make each method's maps for an unseen material; `real` are its own."""
        asked = cache(partial(complete_maps, material))
        one, other = (self.training[i] for i in np.random.default_rng(number).choice(len(self.training), 2, False))
        answers: dict[str, Callable[[], Maps]] = {
            "real": asked,
            "nearest": lambda: self.nearest.answer(asked(), range(len(self.training))),
            "pca": lambda: self.pca().answer(asked()),
            "recoloured": lambda: recoloured(complete_maps(one), complete_maps(other)["albedo"]),
        }
        if self.model is not None:
            answers["family"] = lambda: project_maps(asked())
            answers["samples"] = lambda: sample_maps(number, asked()["albedo"].shape[0])
        return {name: answer if name == "real" else cache(answer) for name, answer in answers.items()}

    def depends_on(self, name: str) -> list[str]:
        """What the answers of a method are made with, besides the material."""
        if name in ("family", "samples"):
            return [self.model.sha256, methods_sha256("texture")] if self.model else []
        return [] if name == "real" else [material.sha256 for material in self.training]


def _judged(
    store: FeatureStore, methods: Methods, material: MaterialSet, number: int, answers: Mapping[str, Callable[[], Maps]]
) -> dict[str, np.ndarray]:
    """The features of every answer: all of them, or none."""
    keys = {name: [name, material.sha256, number, methods.depends_on(name)] for name in answers}
    return {name: store.features(keys[name], answer) for name, answer in answers.items()}


def fitted_spaces(features: Sequence[np.ndarray]) -> tuple[FeatureSpace, FeatureSpace]:
    """The space of the training features (64, F) of each material, and one in which colours do not count."""
    plain = {"albedo": 3, "normal": 3, "roughness": 1, "metallic": 1}
    example = {name: np.full((32, 32, channels), 0.5, np.float32) for name, channels in plain.items()}
    sizes = group_sizes(grouped_features(crops_of(example, 1)))
    stacked = np.concatenate(features)
    start = 0
    colourless = stacked.copy()
    for name in GROUPS:
        if name == "colour":
            colourless[:, start : start + sizes[name]] = 0
        start += sizes[name]
    groups = list(sizes.values())
    return fit_space(stacked, groups), fit_space(colourless, groups)


def _give(study: Study, clouds: Mapping[str, Sequence[np.ndarray]]) -> None:
    """Distance, precision and recall of each method's answers against the materials."""
    if not clouds["real"]:
        return
    real = np.concatenate(clouds["real"])
    for name, suffix in (METHODS | UNASKED).items():
        if clouds[name]:
            found = judged(np.concatenate(clouds[name]), real)
            study.give("family", {f"{figure}{suffix}": value for figure, value in found.items()})
            precision, recall = precision_recall(*(np.stack([c.mean(0) for c in clouds[n]]) for n in (name, "real")))
            study.give("family", {f"precision_materials{suffix}": precision, f"recall_materials{suffix}": recall})
    study.give("family", {"sets": len(clouds["real"])})


def _related(material: MaterialSet, sets: Sequence[MaterialSet]) -> bool:
    return any(material.sha256 == other.sha256 or material.family == other.family for other in sets)


def _time(study: Study, model: Model) -> None:
    study.note("family: seconds_nine_256 is nine samples of 256 px with all maps, warm, the median of five runs.")
    part = study.part("family_times", model=model.sha256)
    left = min(120.0, study.deadline - time.monotonic())
    try:
        found = part.measured("nine", partial(timed, "nine", limit_s=left, runs=5, warm=2))
    except NotTimed as error:
        return study.lack("family.seconds_nine_256", str(error))
    study.give("family", {"seconds_nine_256": found["seconds"]})
