# SPDX-License-Identifier: GPL-3.0-or-later
"""Curved outlines become panels that have windows, and what is not curved stays as it was drawn."""

from __future__ import annotations

import numpy as np
import pytest
from closed_mesh import is_closed, volume
from synthetic_outlines import L_SHAPE, star

from maquette.core.architecture.building_kernel import build
from maquette.core.architecture.curves import facetted_outline
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline


def arc(radius: float, start: float, end: float, count: int) -> np.ndarray:
    angles = np.linspace(start, end, count)
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


CIRCLE = Outline(arc(10.0, 0, 2 * np.pi, 121)[:-1])
# a half disc, straight on its long side
BOW = Outline(arc(14.0, 0, np.pi, 60))
RING = Outline(arc(16.0, 0, 2 * np.pi, 161)[:-1], (arc(7.0, 2 * np.pi, 0, 91)[:-1],))


@pytest.mark.parametrize("outline", [CIRCLE, BOW, RING])
def test_curved_facades_have_windows_all_around(outline: Outline) -> None:
    massing = Massing(((outline,),) * 3, (3.5, 3.0, 3.0))
    parts = build(massing)
    for mesh in parts.meshes:
        assert is_closed(mesh), mesh.name
        assert volume(mesh) > 0, mesh.name
    assert parts.report["glazed_share"] > 0.15
    assert parts.report["gross_floor_area_m2"] == pytest.approx(massing.gross_floor_area_m2, rel=0.03)
    for shell in parts.shells:
        for ring in shell.outline.rings:
            lengths = np.hypot(*(np.roll(ring, -1, 0) - ring).T)
            assert lengths.min() > 1.4


def test_corners_stay_on_the_drawn_line_and_the_straight_side_straight() -> None:
    made = facetted_outline(BOW, 2.2)
    assert len(made.outer) < len(BOW.outer)
    drawn = {tuple(corner) for corner in BOW.outer.tolist()}
    assert {tuple(corner) for corner in made.outer.tolist()} <= drawn
    assert (made.outer == BOW.outer[0]).all(1).any()
    assert (made.outer == BOW.outer[-1]).all(1).any()


@pytest.mark.parametrize("ring", [L_SHAPE, star(2), arc(1.5, 0, 2 * np.pi, 25)[:-1]])
def test_what_has_no_curves_stays_the_same(ring: np.ndarray) -> None:
    outline = Outline(ring)
    assert facetted_outline(outline, 2.2) is outline


def test_panels_of_panels_are_the_same() -> None:
    once = facetted_outline(CIRCLE, 2.2)
    assert np.array_equal(facetted_outline(once, 2.2).outer, once.outer)
