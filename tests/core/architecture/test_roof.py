# SPDX-License-Identifier: GPL-3.0-or-later
"""Every roof is one closed solid over its outline, and says when it is not the one that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from closed_mesh import is_closed, volume, worst_uv_stretch
from plan_outlines import SHAPES, real_footprints, rectilinear, star

from maquette.core.architecture import roof as roof_module
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.roof import KINDS, RoofStyle, make_roof
from maquette.core.asset import Mesh
from maquette.core.errors import InputError

RECTANGLE = Outline(SHAPES["rectangle"][0])
STYLE = RoofStyle(pitch_deg=45.0, thickness_m=0.25)


def volume_if_closed(mesh: Mesh) -> float:
    assert is_closed(mesh)
    return volume(mesh)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHAPES)
def test_roofs_are_closed_and_cover_the_outline(name: str, kind: str) -> None:
    outer, *holes = SHAPES[name]
    outline = Outline(outer, tuple(holes))
    mesh = make_roof(outline, kind).mesh
    assert volume_if_closed(mesh) > 0.9 * outline.area * RoofStyle().thickness_m
    assert mesh.positions[:, 2].min() == 0
    np.testing.assert_allclose(np.ptp(mesh.positions[:, :2], axis=0), np.ptp(outer, axis=0), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_roofs_over_random_outlines_are_closed(kind: str) -> None:
    generator = np.random.default_rng(5)
    for _ in range(15):
        for rings in (star(generator), rectilinear(generator), rectilinear(generator, 0.05)):
            roof = make_roof(Outline(rings[0], rings[1:]), kind)
            assert volume_if_closed(roof.mesh) > 0
            assert roof.kind == kind or kind == "gable"


def test_volumes_are_those_of_a_hand_calculation() -> None:
    slab = 40 * 0.25
    volumes = {kind: volume_if_closed(make_roof(RECTANGLE, kind, STYLE).mesh) for kind in KINDS}
    assert volumes["gable"] == pytest.approx(slab + 10 * 4 * 2 / 2, rel=1e-5)
    # a hipped roof lacks two thirds of a pyramid's half at either end
    assert volumes["hip"] == pytest.approx(slab + 10 * 4 * 2 / 2 - 2 * (4 * 2 * 2 / 6), rel=1e-5)
    assert volumes["shed"] == pytest.approx(slab + 40 * 2 * np.tan(np.radians(8)), rel=1e-5)
    assert volumes["flat"] == pytest.approx(slab + (40 - 9.4 * 3.4) * 0.9, rel=1e-5)


def test_a_gable_is_upright_and_its_ridge_level() -> None:
    roof = make_roof(RECTANGLE, "gable", STYLE)
    assert roof.gables == {1, 3}
    ridge = roof.mesh.positions[roof.mesh.positions[:, 2] > 2]
    np.testing.assert_allclose(ridge[ridge[:, 0].argsort()], [(0, 2, 2.25), (10, 2, 2.25)], atol=1e-5)


def test_a_square_gets_two_gables_and_an_l_two() -> None:
    for name in ("square", "L"):
        assert len(make_roof(Outline(SHAPES[name][0]), "gable").gables) == 2


def test_a_mansard_is_steep_then_shallow() -> None:
    roof = make_roof(Outline(12 * SHAPES["square"][0] / 4), "mansard", STYLE)
    heights = np.unique(roof.mesh.positions[:, 2].round(3))
    level = STYLE.mansard_height_m / np.tan(np.radians(STYLE.mansard_pitch_deg))
    np.testing.assert_allclose(heights, [0, 0.25, 2.65, 2.65 + 6 - level], atol=1e-3)


def test_wide_roofs_are_kept_low() -> None:
    wide = Outline(10 * SHAPES["rectangle"][0])
    for kind in ("gable", "hip", "mansard", "shed"):
        top = make_roof(wide, kind, RoofStyle(tallest_m=5.0)).mesh.positions[:, 2].max()
        assert top < 5.3


def test_a_roof_that_cannot_be_had_is_replaced_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    circle = Outline(SHAPES["circle"][0])
    assert (make_roof(circle, "gable").asked, make_roof(circle, "gable").kind) == ("gable", "hip")
    monkeypatch.setattr(roof_module, "solve_or_none", lambda *_, **__: None)
    for kind in ("gable", "hip", "mansard"):
        roof = make_roof(RECTANGLE, kind)
        assert (roof.asked, roof.kind) == (kind, "flat")
        assert volume_if_closed(roof.mesh) > 40 * 0.25


def test_an_outline_too_narrow_for_a_parapet_gets_a_slab() -> None:
    strip = Outline(np.array([(0, 0), (20, 0), (20, 0.5), (0, 0.5)], np.float64))
    assert volume_if_closed(make_roof(strip, "flat").mesh) == pytest.approx(20 * 0.5 * 0.25, rel=1e-5)


def test_uvs_are_metres_in_the_plane_of_each_face() -> None:
    for kind in KINDS:
        assert worst_uv_stretch(make_roof(Outline(SHAPES["T"][0]), kind).mesh) < 1e-4


def test_wrong_kinds_and_measures_are_refused() -> None:
    with pytest.raises(InputError, match="no roof of kind 'onion'"):
        make_roof(RECTANGLE, "onion")
    with pytest.raises(InputError, match="pitch_deg must lie between"):
        RoofStyle(pitch_deg=90.0)
    with pytest.raises(InputError, match="thickness_m must lie between"):
        RoofStyle(thickness_m=float("nan"))


def test_real_footprints_get_the_roof_that_was_asked_for() -> None:
    outlines = [clean_outline(footprint) for footprint in real_footprints(150)]
    for kind in KINDS:
        roofs = [make_roof(outline, kind) for outline in outlines]
        assert min(volume_if_closed(roof.mesh) for roof in roofs) > 0
        assert np.mean([roof.kind == kind for roof in roofs]) >= 0.97
