# SPDX-License-Identifier: GPL-3.0-or-later
"""`family`, how alike: sets of new members against characters that were not given, in two protocols.

Within: the prior has learned from half of every pack. Across: it knows nothing of the pack. Either way the method is
given half of the pack. The shipped prior takes part where it was trained on nothing that is judged. The reference are
the given characters as they are, which is also what the nearest copy gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import torch

from ....core.character.prior import ShapePrior
from ....core.character.rig_space import RigSpace
from ....core.models import SHIPPED, Model, models
from ....core.weights import load_network
from ...data.character_folder import CharacterFile
from ...metrics.point_sets import (
    bootstrap_interval,
    chamfer_distances,
    coverage,
    minimum_matching_distance,
    nearest_neighbour_accuracy,
    points_on,
    within_distances,
)
from .members import Way, bounded, by_components, by_family, by_scale
from .priors import Priors
from .study import Study
from .trials import Trial, trials

PROTOCOLS = ("within", "across")
SHIPPED_PRIOR = "shipped"
PLAIN: dict[str, Way] = {"pca": by_components, "scale": by_scale}
# sets that are drawn of each method a trial, of large packs one; the figures are their mean
DRAWS, LARGE = 2, 8
FIGURES = ("nna", "cov", "mmd", "nearest_training")


def evaluate(study: Study, priors: Priors) -> None:
    """Takes up the figures `family.nna*`, `family.cov*`, `family.mmd*` and `family.nearest_training*`."""
    found = trials(study.spaces.usable(study.judged.characters), study.spaces.usable(study.training.characters))
    if not found:
        return study.lack("family", "No pack has 8 characters, of which some were not trained on.")
    study.note(
        f"family: {len(found)} trials on {len({trial.pack for trial in found})} packs of 8 or more. 2,048 points of "
        "the rest pose, unit height, Chamfer distance (mean squared, there and back); sets of one size; "
        f"{DRAWS} draws a trial (one from {LARGE} characters on); 1-NNA leaves each character out together with its "
        "variants. The reference are the given characters as they are. A figure is the mean over packs; _low and "
        "_high bound it in 95 of 100 drawings of the packs."
    )
    study.note(
        "family: pca is the full normal distribution of codes, scale a random scale of every bone (standard deviation "
        "0.15 of the logarithm); neither depends on the protocol."
    )
    shipped = [model.sha256 for model in _shipped_models()]
    training = [character.sha256 for character in study.training.characters]
    part = study.part("likeness", training=training, shipped=shipped)
    rows: dict[str, dict[str, list[dict[str, float]]]] = {}
    for trial in study.in_time(found, 0.6, "family: trials"):
        study.say(f"family: {trial.key}")
        for name in ("reference", *PLAIN, *PROTOCOLS, *_shipped(trial)):
            attempt = partial(
                part.measured, f"{trial.key}/{name}", partial(_measured, study, priors, found, trial, name)
            )
            figures = study.tried(f"family: {trial.key} ({name})", attempt)
            if figures is not None:
                rows.setdefault(name, {}).setdefault(trial.pack, []).append(figures)
    _give(study, rows)
    if SHIPPED_PRIOR not in rows:
        for figure in ("nna", "cov"):
            study.lack(
                f"family.{figure}_{SHIPPED_PRIOR}", "The shipped model was trained on characters of every trial."
            )


def _shipped_models() -> list[Model]:
    return [model for model in models("character", "family") if model.name == SHIPPED]


def _shipped(trial: Trial) -> tuple[str, ...]:
    """The shipped prior takes part in trials whose unseen characters it was not trained on."""
    for model in _shipped_models():
        seen = set(model.card.get("training_sha256", ()))
        return () if any(character.sha256 in seen for character in trial.unseen) else (SHIPPED_PRIOR,)
    return ()


def training_of(study: Study, found: Sequence[Trial], trial: Trial, protocol: str) -> list[CharacterFile]:
    """The characters that a prior may learn from: within, nothing that this split judges; across, nothing of the
    pack."""
    every = {c.sha256: c for c in (*study.training.characters, *trial.given)}
    if protocol == "across":
        return [c for c in every.values() if c.pack != trial.pack]
    unseen = {c.sha256 for other in found if other.seed == trial.seed for c in other.unseen}
    return [c for c in every.values() if c.sha256 not in unseen]


def _measured(study: Study, priors: Priors, found: Sequence[Trial], trial: Trial, name: str) -> dict[str, float]:
    """The figures of one method on one trial, the mean of its draws."""
    spaces = [study.spaces.of(character) for character in trial.given]
    unseen = [_points(study.spaces.of(character), seed) for seed, character in enumerate(trial.unseen)][: trial.size]
    given = [_points(space, 1000 + seed) for seed, space in enumerate(spaces)]
    families = [character.family for side in (trial.given, trial.unseen) for character in side[: trial.size]]
    if name == "reference":
        between = within_distances(given)
        np.fill_diagonal(between, np.inf)
        return {**_likeness(given[: trial.size], unseen, families), "nearest_training": float(between.min(1).mean())}
    way = PLAIN[name] if name in PLAIN else _family(study, priors, found, trial, name)
    drawn = []
    for draw in range(DRAWS if trial.size < LARGE else 1):
        made = _draw(way, spaces[: trial.size], spaces, 10_000 * draw + 100 * trial.seed)
        nearest = float(chamfer_distances(made, given).min(1).mean())
        drawn.append({**_likeness(made, unseen, families), "nearest_training": nearest})
    return {figure: float(np.mean([one[figure] for one in drawn])) for figure in FIGURES}


def _family(study: Study, priors: Priors, found: Sequence[Trial], trial: Trial, protocol: str) -> Way:
    """The method, with a prior where any of the given characters has a use for one."""
    if not any(study.spaces.of(character).bones.is_humanoid for character in trial.given):
        return by_family(None)
    if protocol == SHIPPED_PRIOR:
        return by_family(load_network(_shipped_models()[0], ShapePrior, torch.device("cpu")))
    return by_family(priors.fitted(training_of(study, found, trial, protocol)))


def _draw(way: Way, sources: Sequence[RigSpace], spaces: Sequence[RigSpace], seed: int) -> list[np.ndarray]:
    """Points of one set of new members, each from another of the sources, as consecutive seeds give them."""
    made = []
    for number, space in enumerate(sources):
        difference = bounded(space, way(spaces, number, seed + number))
        positions = space.decode_many(difference[None]).positions[0].numpy().astype(np.float64)
        made.append(points_on(positions, space.surface.triangles, seed=2000 + seed + number))
    return made


def _likeness(made: Sequence[np.ndarray], real: Sequence[np.ndarray], families: Sequence[str]) -> dict[str, float]:
    across = chamfer_distances(made, real)
    return {
        "nna": nearest_neighbour_accuracy(within_distances(made), within_distances(real), across, families),
        "cov": coverage(across),
        "mmd": minimum_matching_distance(across),
    }


def _points(space: RigSpace, seed: int) -> np.ndarray:
    return points_on(space.surface.positions.astype(np.float64), space.surface.triangles, seed=seed)


def _give(study: Study, rows: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]) -> None:
    """The means over packs; the protocols also together, which is what the plain names stand for."""
    for figure in FIGURES:
        means = {name: [float(np.mean([row[figure] for row in r])) for r in rows[name].values()] for name in rows}
        together = [means[name] for name in PROTOCOLS if name in means]
        if len(together) == len(PROTOCOLS):
            both = [float(np.mean(pair)) for pair in zip(*together, strict=True)]
            study.give("family", {figure: float(np.mean(both)), **_interval(figure, both)})
        for name, values in means.items():
            key = f"{name}.{figure}" if name in PROTOCOLS else f"{figure}_{name}"
            study.give("family", {key: float(np.mean(values)), **_interval(key, values)})
    for name in rows:
        for pack, found in rows[name].items():
            accuracy = float(np.mean([row["nna"] for row in found]))
            study.note(f"family: {pack} ({name}): 1-NNA {accuracy:.3f} over {len(found)} splits.")


def _interval(name: str, values: Sequence[float]) -> dict[str, float]:
    low, high = bootstrap_interval(values)
    return {f"{name}_low": low, f"{name}_high": high}
