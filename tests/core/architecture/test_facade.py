# SPDX-License-Identifier: GPL-3.0-or-later
"""Storeys and the facade grammar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maquette.core.architecture.facade import (
    PIER_M,
    RHYTHM_MARKS,
    STYLES,
    FacadeStyle,
    Opening,
    kinds_of,
    lay_out,
)
from maquette.core.architecture.storeys import MAX_STOREYS, Tier, stack
from maquette.core.errors import InputError

LENGTHS = np.array([18.0, 10.0, 2.0, 31.0])
OPEN = np.ones(4, bool)


def test_storeys_stand_on_each_other() -> None:
    storeys = stack([4.0, 3.0, 3.5, 3.0], elevation_m=1.0)
    assert [storey.elevation_m for storey in storeys] == [1.0, 5.0, 8.0, 11.5]
    assert storeys[-1].top_m == 14.5
    assert [storey.tier for storey in storeys] == [Tier.BASE, Tier.MIDDLE, Tier.MIDDLE, Tier.TOP]
    assert [storey.tier for storey in stack([3.0, 3.0])] == [Tier.BASE, Tier.MIDDLE]


@pytest.mark.parametrize("heights", [[], [3.0] * (MAX_STOREYS + 1), [3.0, 0.5], [float("nan")], [3.0, 50.0]])
def test_storeys_that_cannot_be(heights: list[float]) -> None:
    with pytest.raises(InputError):
        stack(heights)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_bays_leave_piers_and_corners(style: FacadeStyle) -> None:
    bays = lay_out(np.zeros(4), LENGTHS, style, OPEN, front=0)
    width = max(style.base.width_m, style.middle.width_m, style.top.width_m)
    for edge, length in enumerate(LENGTHS):
        centre = bays.centre[bays.edge == edge]
        corner = style.corner_m if len(centre) > 1 else PIER_M / 2
        assert (len(centre) > 0) == (length >= width + PIER_M)
        if len(centre):
            assert centre[0] - width / 2 >= corner - 1e-9
            assert centre[-1] + width / 2 <= length - corner + 1e-9
            assert (np.diff(centre) >= width + PIER_M - 1e-9).all() or len(centre) == 1
            assert np.allclose(centre + centre[::-1], length)


def test_one_door_in_the_middle_of_the_front() -> None:
    bays = lay_out(np.zeros(4), LENGTHS, STYLES["plain"], OPEN, front=3)
    assert bays.is_door.sum() == 1
    assert bays.edge[bays.is_door] == [3]
    assert bays.centre[bays.is_door] == pytest.approx([LENGTHS[3] / 2])


def test_party_walls_are_blind() -> None:
    bays = lay_out(np.zeros(4), LENGTHS, STYLES["plain"], np.array([True, False, True, False]), front=0)
    assert set(bays.edge.tolist()) == {0, 2}


def test_rhythm_repeats_or_mirrors() -> None:
    style = replace(STYLES["plain"], rhythm="wn.", bay_m=2.2, symmetric=False)
    length = np.array([15.0])
    plain = lay_out(np.zeros(1), length, style, np.ones(1, bool), front=-1)
    assert "".join(RHYTHM_MARKS[mark] for mark in plain.mark) == "wn.wn."
    mirrored = lay_out(np.zeros(1), length, replace(style, symmetric=True), np.ones(1, bool), front=-1)
    assert "".join(RHYTHM_MARKS[mark] for mark in mirrored.mark) == "wn..nw"


def test_openings_fit_below_the_ceiling() -> None:
    storey = stack([2.6])[0]
    window, narrow, blank, door, _ = kinds_of(storey, STYLES["classical"], ceiling_m=2.35)
    assert blank is None
    for kind in (window, narrow, door):
        assert kind is not None
        assert kind.opening.sill_m + kind.opening.height_m <= 2.35
    high_sill = replace(STYLES["plain"], base=Opening(1.0, 1.0, 2.2))
    assert kinds_of(storey, high_sill, ceiling_m=2.35)[0] is None
    assert kinds_of(stack([3.0, 3.0])[1], STYLES["plain"], 2.7)[3] is None


@pytest.mark.parametrize(
    "changes", [{"rhythm": "x"}, {"rhythm": ""}, {"bay_m": 0.1}, {"narrow": float("nan")}, {"base": Opening(0.0, 1, 1)}]
)
def test_styles_that_cannot_be(changes: dict) -> None:
    with pytest.raises(InputError):
        FacadeStyle(**changes)
