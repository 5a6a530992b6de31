# SPDX-License-Identifier: GPL-3.0-or-later
"""How much humanoids differ in what the attributes name: prints the constants of `core.character.measures`.

    python -m maquette.training.character.population DIR

Shape letters: N characters, M measures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from ...core.character.measures import MEASURES, Probe
from ...core.character.rig_space import RigSpace
from ...core.errors import InputError
from ..data.character_folder import scan_characters
from ..data.parametric_body import ParametricBody
from .deviations import as_character

NUM_BODIES = 40


def measured(space: RigSpace) -> np.ndarray:
    """(M,) the measures of a character as it is."""
    return np.asarray(Probe.of(space).measured(space.code.zero()[None])[0])


def measured_characters(folder: Path) -> list[np.ndarray]:
    """(N, M) the measures of the humanoids of each pack."""
    packs: dict[str, list[np.ndarray]] = {}
    for character in scan_characters(folder).characters:
        try:
            space = RigSpace.of(character.read())
        except InputError:
            continue
        if space.bones.is_humanoid:
            packs.setdefault(character.pack, []).append(measured(space))
    return [np.stack(rows) for rows in packs.values()]


def measured_bodies(body: ParametricBody) -> np.ndarray:
    """(N, M) the measures of drawn bodies."""
    random = np.random.default_rng(0)
    spaces = (RigSpace.of(as_character(body, body.sample(random, 1).targets)) for _ in range(NUM_BODIES))
    return np.stack([measured(space) for space in spaces])


def deviations(packs: list[np.ndarray], bodies: np.ndarray) -> dict[str, float]:
    """Standard deviations over all, each pack counting the same and the bodies as much as all packs."""
    rows = np.concatenate([*packs, bodies])
    shares = [np.full(len(pack), 0.5 / len(packs) / len(pack)) for pack in packs]
    shares.append(np.full(len(bodies), 0.5 / len(bodies)))
    share = np.concatenate(shares)[:, None]
    mean = (share * rows).sum(0)
    found = dict(zip(MEASURES, np.sqrt((share * (rows - mean) ** 2).sum(0)), strict=True))
    return {**{name: float(value) for name, value in found.items()}, "height": float(bodies[:, 0].std())}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    with torch.inference_mode():
        for name, value in deviations(
            measured_characters(root / "characters"),
            measured_bodies(ParametricBody.load(root / "characters/makehuman")),
        ).items():
            print(f'    "{name}": {value:.3f},')
