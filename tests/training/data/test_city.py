# SPDX-License-Identifier: GPL-3.0-or-later
"""Cities of buildings from their files, and the land that is taken for theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from maquette.core.errors import InputError
from maquette.training.data.city_buildings import CityBuildings, city_files, read_city
from maquette.training.data.pseudo_parcels import REACH_M, pseudo_parcels, sites_with_neighbours

HOUSE = np.array([(-5, -4), (5, -4), (5, 4), (-5, 4)])


def arrays(rows: int = 8) -> dict[str, Any]:
    """A grid of houses of 10 x 8 m, 18 m apart one way and 16 m the other."""
    xs, ys = np.meshgrid(np.arange(rows) * 18.0, np.arange(rows) * 16.0)
    centroids = np.stack([xs.ravel(), ys.ravel()], 1).astype(np.float32)
    count = len(centroids)
    return {
        "centroid_m": centroids,
        "height_m": np.linspace(5, 12, count, dtype=np.float32),
        "fp_q": np.tile(HOUSE / 0.05, (count, 1)).astype(np.int16),
        "fp_off": np.arange(count + 1, dtype=np.uint32) * 4,
        "quant_m": np.float32(0.05),
    }


@pytest.fixture
def city(tmp_path: Path) -> CityBuildings:
    folder = tmp_path / "architecture" / "city"
    folder.mkdir(parents=True)
    np.savez(folder / "town.npz", **arrays())
    (path,) = city_files(tmp_path)
    return read_city(path)


def test_a_city_comes_from_its_file(city: CityBuildings) -> None:
    assert len(city) == 64
    assert np.allclose(city.footprint(9), HOUSE + np.array([18, 16]), atol=1e-4)


@pytest.mark.parametrize("broken", ["height_m", "fp_off", "fp_q"])
def test_files_that_hold_no_city_are_told(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "town.npz"
    np.savez(path, **{**arrays(), broken: np.zeros(3, np.uint32)})
    with pytest.raises(InputError, match="holds no city"):
        read_city(path)
    path.write_bytes(b"no archive")
    with pytest.raises(InputError, match="holds no city"):
        read_city(path)


def test_cells_hold_their_footprint_and_share_the_land(city: CityBuildings) -> None:
    footprints = [city.footprint(n) for n in range(len(city))]
    cells = pseudo_parcels(footprints)
    # a house in the middle: half-way to its neighbours all round
    middle = cells[27]
    assert middle is not None
    assert middle.area == pytest.approx(18 * 16, rel=0.03)
    corner = cells[0]
    assert corner is not None and corner.difference(shapely.Polygon(footprints[0]).buffer(REACH_M + 0.5)).area < 1
    whole = shapely.union_all([cell for cell in cells if cell is not None])
    assert sum(cell.area for cell in cells if cell is not None) == pytest.approx(whole.area, rel=0.02)


def test_sites_are_plots_of_the_wished_size_between_real_neighbours(city: CityBuildings) -> None:
    sites = sites_with_neighbours(city, 3, 2, 800, 1600)
    again = sites_with_neighbours(city, 3, 2, 800, 1600)
    assert len(sites) == 2
    for site, same in zip(sites, again, strict=True):
        assert site.plot is not None and same.plot is not None
        assert 600 < site.plot.area <= 1600
        assert np.array_equal(site.plot.outer, same.plot.outer)
        plot = shapely.Polygon(site.plot.outer)
        assert len(site.neighbours) > 5
        assert all(shapely.Polygon(one.ring).intersection(plot).area < 0.5 for one in site.neighbours)
