# SPDX-License-Identifier: GPL-3.0-or-later
"""Badly drawn outlines are put right, and what cannot be meant is refused with a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from plan_outlines import SHAPES, rectilinear

from maquette.core.architecture.outline import Outline, clean_outline, is_inside
from maquette.core.errors import InputError

SQUARE = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], np.float64)
COURT = np.array([(4, 4), (6, 4), (6, 6), (4, 6)], np.float64)


def _corners(outline: Outline) -> set[tuple[float, float]]:
    return {(round(float(x), 6), round(float(y), 6)) for x, y in outline.outer}


def test_a_clean_outline_stays_as_it_is() -> None:
    for rings in SHAPES.values():
        outline = clean_outline(rings[0], rings[1:])
        assert all(np.array_equal(a, b) for a, b in zip(outline.rings, rings, strict=True))


@pytest.mark.parametrize(
    "drawn",
    [
        SQUARE[::-1],
        np.concatenate([SQUARE, SQUARE[:1]]),
        np.repeat(SQUARE, 3, axis=0),
        np.insert(SQUARE, 1, [(3, 0), (7, 0.001)], axis=0),
        np.insert(SQUARE, 2, [(15, 0), (10, 0)], axis=0),
        np.insert(SQUARE, 2, [(10, 5), (12, 5), (10, 5)], axis=0),
        np.column_stack([SQUARE, np.full(4, 31.5)]),
        SQUARE.astype(np.int64),
    ],
    ids=["clockwise", "closed", "doubled", "needless", "overshoot", "spike", "with heights", "whole numbers"],
)
def test_slips_are_put_right(drawn: np.ndarray) -> None:
    outline = clean_outline(drawn)
    assert _corners(outline) == {(0, 0), (10, 0), (10, 10), (0, 10)}
    assert outline.area == pytest.approx(100)


def test_ends_that_cross_are_cut_off() -> None:
    drawn = np.array([(-0.3, 0.2), (0.2, 0), (10, 0), (10, 10), (0, 10), (0, -0.3)])
    outline = clean_outline(drawn)
    assert outline.area == pytest.approx(100, rel=0.02)
    assert len(outline.outer) < 7


def test_holes_run_clockwise_and_small_ones_are_filled() -> None:
    outline = clean_outline(SQUARE, [COURT, 8 + 0.1 * COURT])
    assert len(outline.holes) == 1
    assert outline.area == pytest.approx(96)
    assert clean_outline(SQUARE, [COURT[::-1]]).area == pytest.approx(96)


def test_random_outlines_keep_their_area() -> None:
    generator = np.random.default_rng(2)
    for _ in range(20):
        rings = rectilinear(generator, 0.03)
        wanted = Outline(rings[0], rings[1:]).area
        assert clean_outline(rings[0][::-1], rings[1:]).area == pytest.approx(wanted, rel=1e-3)


BOW_TIE = np.array([(0, 0), (10, 10), (10, 0), (0, 10)], np.float64)
ROUGH = np.arange(900) * 2 * np.pi / 900
GEAR = np.stack([np.cos(ROUGH), np.sin(ROUGH)], 1) * (50 + np.arange(900)[:, None] % 2)


@pytest.mark.parametrize(
    ("outer", "holes", "sentence"),
    [
        (BOW_TIE, [], r"crosses itself at \(5.00, 5.00\)"),
        (SQUARE[:2], [], "encloses 0.00 m2"),
        (SQUARE * [1, 0], [], "encloses 0.00 m2"),
        (SQUARE * 0.1, [], "encloses 1.00 m2"),
        (np.zeros((0, 2)), [], "encloses 0.00 m2"),
        (np.zeros((10_000, 2)), [], "has 10000 points"),
        (GEAR, [], "has 900 corners"),
        (SQUARE * 1000, [], "is 10000 m across"),
        (np.where(SQUARE == 10, np.nan, SQUARE), [], "not a finite number"),
        (np.column_stack([SQUARE, [0, 0, 3, 0]]), [], "differ by 3.00 m in height"),
        (np.zeros(4), [], "must be a list of points"),
        (SQUARE, [COURT] * 101, "has 101 holes"),
        (SQUARE, [COURT + 20], "lies outside the outline"),
        (SQUARE, [COURT + np.array([5, 0])], "crosses another side"),
        (SQUARE, [COURT, COURT * 0.5 + 2.5], "within another hole"),
        (SQUARE, [COURT * 0.5 + 2.5, COURT], "within another hole"),
    ],
)
def test_what_is_no_outline_is_refused(outer: np.ndarray, holes: list[np.ndarray], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        clean_outline(outer, holes)


def test_is_inside_knows_concave_rings() -> None:
    ring = SHAPES["U"][0]
    assert is_inside(ring, np.array([1.0, 9.0]))
    assert not is_inside(ring, np.array([6.0, 9.0]))
    assert not is_inside(ring, np.array([13.0, 1.0]))
