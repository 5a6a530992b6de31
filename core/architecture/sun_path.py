# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the sun stands on a day: directions in the scene, one for each sample of solar time."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, replace

import numpy as np

from ..codec import show
from ..errors import InputError

# below it trees and far buildings that nobody drew hide the sun
LEAST_ALTITUDE_DEG = 5.0


@dataclass(frozen=True)
class SunPath:
    """Samples of one day's sun: `directions` (S, 3) float64 unit vectors towards the sun, Z up; each stands for
    `step_h` hours; `hours` (S,) solar time, 12 at noon; `north` (2,) unit vector to the north."""

    directions: np.ndarray
    hours: np.ndarray
    step_h: float
    north: np.ndarray

    def turned(self, angle: float) -> SunPath:
        """The same sun seen from axes that are turned by `angle` radians counter-clockwise."""
        cos, sin = math.cos(angle), math.sin(angle)
        turn = np.array([[cos, sin], [-sin, cos]])
        directions = np.concatenate([self.directions[:, :2] @ turn.T, self.directions[:, 2:]], axis=1)
        return replace(self, directions=directions, north=turn @ self.north)


def declination(month: int, day: int) -> float:
    """The sun's declination in radians, within 0.04 degrees (Spencer 1971, a Fourier series over a common year)."""
    day_of_year = datetime.date(2001, month, day).timetuple().tm_yday
    year = 2 * math.pi * (day_of_year - 1) / 365
    return (
        0.006918
        - 0.399912 * math.cos(year)
        + 0.070257 * math.sin(year)
        - 0.006758 * math.cos(2 * year)
        + 0.000907 * math.sin(2 * year)
        - 0.002697 * math.cos(3 * year)
        + 0.00148 * math.sin(3 * year)
    )


def sun_direction(latitude: float, sun_declination: float, hour: float, north: float = 0.0) -> np.ndarray:
    """(3,) unit vector towards the sun at an hour of solar time; angles in radians, `north` clockwise from +Y.

    The celestial sphere turned by the latitude: first the components to the east, the north and the zenith.
    """
    turn = math.radians(15 * (hour - 12))
    east = -math.cos(sun_declination) * math.sin(turn)
    to_north = math.cos(latitude) * math.sin(sun_declination)
    to_north -= math.sin(latitude) * math.cos(sun_declination) * math.cos(turn)
    up = math.sin(latitude) * math.sin(sun_declination)
    up += math.cos(latitude) * math.cos(sun_declination) * math.cos(turn)
    cos, sin = math.cos(north), math.sin(north)
    return np.array([east * cos + to_north * sin, to_north * cos - east * sin, up])


def sun_path(
    latitude_deg: float,
    north_deg: float = 0.0,
    month: int = 3,
    day: int = 21,
    step_h: float = 1.0,
    least_altitude_deg: float = LEAST_ALTITUDE_DEG,
) -> SunPath:
    """The samples of a day at which the sun stands `least_altitude_deg` high or more, in the middle of each step.

    `north_deg` is clockwise from +Y, seen from above. InputError for a place, date or step that does not exist, and
    where the sun stays too low all day.
    """
    latitude = _checked_latitude(latitude_deg)
    tilt = _checked_declination(month, day)
    if not 1 / 60 <= step_h <= 2:
        raise InputError(f"The step of the sun's hours is {show(step_h)}; it must be from one minute to 2 hours.")
    hours = np.arange(step_h / 2, 24, step_h)
    # noon in the middle of a sample or between two, so that morning and afternoon are alike
    hours = hours + (12 - (hours[0] + hours[-1]) / 2)
    directions = np.stack([sun_direction(latitude, tilt, hour, math.radians(north_deg)) for hour in hours])
    high = directions[:, 2] >= math.sin(math.radians(least_altitude_deg))
    if not high.any():
        raise InputError(
            f"At latitude {latitude_deg:g} the sun never stands {least_altitude_deg:g} degrees high on day {day} of "
            f"month {month}. Choose another day."
        )
    north = np.array([math.sin(math.radians(north_deg)), math.cos(math.radians(north_deg))])
    return SunPath(directions[high], hours[high], step_h, north)


def _checked_latitude(latitude_deg: float) -> float:
    if not -90 <= latitude_deg <= 90:
        raise InputError(f"The latitude is {show(latitude_deg)}; it must be from -90 (south) to 90 (north) degrees.")
    return math.radians(latitude_deg)


def _checked_declination(month: int, day: int) -> float:
    try:
        return declination(month, day)
    except ValueError as error:
        raise InputError(f"There is no day {show(day)} in month {show(month)} of a common year.") from error
