# SPDX-License-Identifier: GPL-3.0-or-later
"""Real buildings of a city: footprints and heights, as `architecture/city/*.npz` holds them.

Arrays of a file: `centroid_m` (N, 2) metres; `height_m` (N,); `fp_off` (N + 1,) into `fp_q` (M, 2), the outer rings in
steps of `quant_m` metres about the centroid, counter-clockwise.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import InputError

MAX_BUILDINGS, MAX_CORNERS = 2_000_000, 50_000_000
MAX_FILE_BYTES = 2**31
_ARRAYS = ("centroid_m", "height_m", "fp_q", "fp_off", "quant_m")


@dataclass(frozen=True)
class CityBuildings:
    """`centroids` (N, 2) float64 metres; `heights` (N,) float64 metres above the ground; `corners` (M, 2) float64
    metres about each centroid, building i's from `starts[i]` to `starts[i + 1]`."""

    path: Path
    centroids: np.ndarray
    heights: np.ndarray
    corners: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        """How many buildings there are."""
        return len(self.heights)

    def footprint(self, index: int) -> np.ndarray:
        """(n, 2) float64 metres in the city's axes, counter-clockwise."""
        ring: np.ndarray = self.corners[self.starts[index] : self.starts[index + 1]] + self.centroids[index]
        return ring


def city_files(folder: Path) -> tuple[Path, ...]:
    """The files of real buildings of a data folder, none where there are none."""
    return tuple(sorted((folder / "architecture" / "city").glob("*.npz")))


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_city(path: Path) -> CityBuildings:
    """The buildings of a file; one that holds none is an InputError."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path} has more than {MAX_FILE_BYTES >> 20} MiB. Divide it.")
        with np.load(path, allow_pickle=False) as data:
            found = {name: data[name] for name in _ARRAYS}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} holds no city's buildings: {error}. It needs {', '.join(_ARRAYS)}.") from error
    starts = found["fp_off"].astype(np.int64).ravel()
    corners = found["fp_q"].astype(np.float64)
    count = len(starts) - 1
    fits = (
        0 < count <= MAX_BUILDINGS
        and len(corners) <= MAX_CORNERS
        and corners.ndim == 2
        and found["centroid_m"].shape == (count, 2)
        and found["height_m"].shape == (count,)
        and starts[0] == 0
        and starts[-1] == len(corners)
        and bool((np.diff(starts) >= 0).all())
    )
    if not fits:
        raise InputError(f"{path} holds no city's buildings: its arrays do not fit each other. Make the file again.")
    return CityBuildings(
        path,
        found["centroid_m"].astype(np.float64),
        found["height_m"].astype(np.float64),
        corners * float(found["quant_m"]),
        starts,
    )
