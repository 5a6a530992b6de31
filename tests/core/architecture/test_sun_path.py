# SPDX-License-Identifier: GPL-3.0-or-later
"""The sun stands where almanacs say, and turns with the north."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maquette.core.architecture.sun_path import declination, sun_direction, sun_path
from maquette.core.errors import InputError


@pytest.mark.parametrize(
    ("month", "day", "degrees"),
    # of the Astronomical Almanac, a common year at noon, to 0.2 degrees
    [(3, 21, 0.2), (6, 21, 23.44), (9, 23, -0.1), (12, 21, -23.43), (5, 1, 15.1), (11, 1, -14.5)],
)
def test_declination_is_the_almanacs(month: int, day: int, degrees: float) -> None:
    # the Fourier series stands at the start of the day
    assert math.degrees(declination(month, day)) == pytest.approx(degrees, abs=0.4)


@pytest.mark.parametrize("latitude_deg", [-52.0, -10.0, 0.0, 34.0, 48.0, 60.0])
def test_noon_is_as_high_as_the_latitude_says_and_towards_the_equator(latitude_deg: float) -> None:
    tilt = declination(6, 21)
    noon = sun_direction(math.radians(latitude_deg), tilt, 12)
    assert math.degrees(math.asin(noon[2])) == pytest.approx(90 - abs(latitude_deg - math.degrees(tilt)), abs=1e-6)
    assert noon[0] == pytest.approx(0, abs=1e-12)
    assert np.sign(noon[1]) == np.sign(math.degrees(tilt) - latitude_deg)


def test_at_the_equinox_the_sun_rises_in_the_east_and_sets_in_the_west() -> None:
    for latitude in (-0.9, 0.0, 0.6):
        assert sun_direction(latitude, 0.0, 6) == pytest.approx([1, 0, 0], abs=1e-12)
        assert sun_direction(latitude, 0.0, 18) == pytest.approx([-1, 0, 0], abs=1e-12)


def test_angles_agree_with_the_formulas_of_altitude_and_azimuth() -> None:
    latitude, tilt = math.radians(41), math.radians(-12)
    for hour in (8.5, 11.0, 15.25):
        x, y, z = sun_direction(latitude, tilt, hour)
        turn = math.radians(15 * (hour - 12))
        altitude = math.asin(math.sin(latitude) * math.sin(tilt) + math.cos(latitude) * math.cos(tilt) * math.cos(turn))
        azimuth = math.pi + math.atan2(
            math.sin(turn), math.cos(turn) * math.sin(latitude) - math.tan(tilt) * math.cos(latitude)
        )
        assert math.asin(z) == pytest.approx(altitude)
        assert math.atan2(x, y) % (2 * math.pi) == pytest.approx(azimuth % (2 * math.pi))


def test_a_path_is_symmetric_about_noon_unit_long_and_high_enough() -> None:
    path = sun_path(52.0, step_h=0.5)
    assert np.linalg.norm(path.directions, axis=1) == pytest.approx(1)
    assert path.hours + path.hours[::-1] == pytest.approx(24)
    assert path.directions[:, 0] == pytest.approx(-path.directions[::-1, 0])
    assert path.directions[:, 2].min() >= math.sin(math.radians(5))
    # twelve hours above the horizon, less the low half hours at both ends
    assert 10 <= len(path.hours) * path.step_h <= 12


def test_the_north_turns_the_sun_and_turned_axes_turn_it_back() -> None:
    plain, turned = sun_path(48.0), sun_path(48.0, north_deg=90.0)
    # north to +X: noon comes from -X
    assert turned.directions[:, 0] == pytest.approx(plain.directions[:, 1])
    assert turned.directions[:, 1] == pytest.approx(-plain.directions[:, 0])
    assert turned.north == pytest.approx([1, 0])
    back = turned.turned(-math.pi / 2)
    assert back.directions == pytest.approx(plain.directions)
    assert back.north == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"latitude_deg": 91}, "latitude is 91"),
        ({"latitude_deg": math.nan}, "latitude is nan"),
        ({"latitude_deg": 50, "month": 2, "day": 30}, "no day 30 in month 2"),
        ({"latitude_deg": 50, "step_h": 0}, "step of the sun's hours is 0"),
        ({"latitude_deg": 80, "month": 12, "day": 21}, "never stands 5 degrees high"),
    ],
)
def test_a_place_date_or_step_that_is_not_is_a_sentence(given: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        sun_path(**given)  # type: ignore[arg-type]
