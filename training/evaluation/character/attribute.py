# SPDX-License-Identifier: GPL-3.0-or-later
"""`attribute`: whether each slider moves what it names, and only that, on every humanoid that is judged."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from ....core.character.attributes import probe_of
from ....core.character.character_request import settled
from ....core.character.measures import DEVIATIONS, MEASURES
from ....core.character.params import VariationParams
from ....core.character.rig_space import RigSpace
from ..study import mean
from .study import Study

EXPECTED = ("attribute.monotone_share", "attribute.crosstalk")
POSITIONS = (-1.0, -0.5, 0.0, 0.5, 1.0)
# what moves less than this, in population standard deviations from one position to the next, does not count as moved
LEAST_STEP = 0.01


def evaluate(study: Study) -> None:
    """Takes up the figures `attribute.*`."""
    humanoids = [c for c in study.spaces.usable(study.judged.characters) if study.spaces.of(c).bones.is_humanoid]
    one_a_family = {character.family: character for character in reversed(humanoids)}.values()
    if not humanoids:
        return study.lack("attribute", "No judged character is a humanoid.")
    part = study.part("attribute")
    rows = []
    for character in study.in_time(sorted(one_a_family, key=lambda c: c.name), 1.0, "attribute"):
        study.say(f"attribute: {character.name}")
        attempt = partial(part.measured, character.sha256, partial(_measured, study.spaces.of(character)))
        figures = study.tried(f"attribute: {character.name}", attempt)
        if figures is not None:
            rows.append(figures)
    study.give("attribute", {name: mean(rows, name) for name in ("monotone_share", "crosstalk")})
    study.give("attribute", {f"crosstalk_{name}": mean(rows, f"crosstalk_{name}") for name in MEASURES})
    study.note(
        f"attribute: {len(rows)} humanoids, one of each family; each slider at {len(POSITIONS)} positions. monotone: "
        "its measure grows from each to the next; crosstalk: the mean change of all other measures over its own, from "
        "one end to the other, in population standard deviations. Age is measured by its proxy, stylisation by nothing."
    )


def _measured(space: RigSpace) -> dict[str, float]:
    """The figures of one character."""
    probe, zero = probe_of(space), space.code.zero()
    scale = np.array([DEVIATIONS[name] for name in MEASURES])
    monotone, crosstalk = [], {}
    for column, name in enumerate(MEASURES):
        sliders = [VariationParams.from_plain({"variety": 0.0, name: position}) for position in POSITIONS]
        moved = torch.stack([settled(space, slider, zero) for slider in sliders])
        found = probe.measured(moved).numpy() / scale
        monotone.append(float((np.diff(found[:, column]) > LEAST_STEP).all()))
        change = np.abs(found[-1] - found[0])
        crosstalk[f"crosstalk_{name}"] = float(np.delete(change, column).mean() / max(change[column], LEAST_STEP))
    return {
        "monotone_share": float(np.mean(monotone)),
        "crosstalk": float(np.mean(list(crosstalk.values()))),
        **crosstalk,
    }
