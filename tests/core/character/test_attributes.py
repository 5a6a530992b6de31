# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes move what they name, and little else."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core.character.attributes import REACH, moved_by_attributes
from maquette.core.character.decoding import decode
from maquette.core.character.measures import DEVIATIONS, MEASURES, Probe
from maquette.core.character.params import ATTRIBUTES
from maquette.core.character.rig_space import RigSpace
from maquette.core.errors import InputError

SCALE = np.array([DEVIATIONS[name] for name in MEASURES])


@functools.cache
def space() -> RigSpace:
    return RigSpace.of(synthetic_character(clips=False))


def changes(name: str, values: tuple[float, ...]) -> np.ndarray:
    """(values, M) by how many standard deviations each measure changed."""
    probe, zero = Probe.of(space()), space().code.zero()
    moved = torch.stack([zero, *(moved_by_attributes(space(), zero, {name: value}) for value in values)])
    measured = probe.measured(moved).numpy()
    return np.asarray((measured[1:] - measured[0]) / SCALE)


def test_every_attribute_has_its_measure() -> None:
    assert set(ATTRIBUTES) == {*MEASURES, "stylisation"} and set(REACH) == set(MEASURES) == set(DEVIATIONS)


@pytest.mark.parametrize("name", MEASURES)
def test_a_slider_moves_its_measure_steadily_and_the_others_little(name: str) -> None:
    found = changes(name, (-1.0, -0.5, 0.5, 1.0))
    column = MEASURES.index(name)
    own, others = found[:, column], np.abs(np.delete(found, column, axis=1))
    assert (np.diff([*own[:2], 0.0, *own[2:]]) > 0.1).all()
    # legs are half of the height, which the torso then has less of
    assert others.mean() < (0.35 if name == "legs" else 0.2) * np.abs(own).mean()


def test_what_a_slider_moved_is_found_by_measuring_the_character_anew() -> None:
    moved = moved_by_attributes(space(), space().code.zero(), {"weight": 1.0, "height": 0.5})
    made = RigSpace.of(decode(space(), moved))
    zero = space().code.zero()[None]
    found = (Probe.of(made).measured(zero) - Probe.of(space()).measured(zero))[0].numpy() / SCALE
    assert abs(found[MEASURES.index("weight")] - REACH["weight"]) < 0.25
    assert abs(found[MEASURES.index("height")] - 0.5 * REACH["height"]) < 0.05


def test_stylisation_makes_a_larger_head_on_shorter_legs() -> None:
    toy, slender = (dict(zip(MEASURES, row, strict=True)) for row in changes("stylisation", (1.0, -1.0)))
    assert toy["head"] > 0.2 and toy["legs"] < -0.2 and toy["hands"] > 0.2
    assert slender["head"] < -0.2 and slender["legs"] > 0.2
    assert abs(toy["weight"]) < 0.1 and abs(toy["height"]) < 0.01


def test_other_skeletons_have_what_they_can() -> None:
    asset = synthetic_character(clips=False)
    assert asset.rig is not None
    names = tuple(f"b{number}" for number in range(len(asset.rig.joints) - 1))
    own = RigSpace.of(replace(asset, rig=replace(asset.rig, joints=(*names, "Jumper Leg"))))
    taller = moved_by_attributes(own, own.code.zero(), {"height": 1.0, "legs": 1.0, "weight": 0.5})
    assert float(taller[0]) > 0.1 and int((taller != 0).sum()) > len(names)
    with pytest.raises(InputError, match="is no humanoid, and 'muscle' needs one"):
        moved_by_attributes(own, own.code.zero(), {"muscle": 1.0})
    with pytest.raises(InputError, match="has no bones named after head"):
        moved_by_attributes(own, own.code.zero(), {"head": 1.0})
