# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet of massings: a row a site with its offers, their sun and their dark floors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from maquette.core.architecture.massing import Massing
from maquette.core.architecture.massing_options import Offer, report_of, task_of
from maquette.core.architecture.massing_params import MassingParams
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.site import Neighbour, Site
from maquette.training.evaluation.architecture.massing_sheet import PLAN, SIDE, TEXT, draw_site, join_rows


def box(width: float, depth: float) -> Massing:
    ring = np.array([[10.0, 10.0], [10.0 + width, 10.0], [10.0 + width, 10.0 + depth], [10.0, 10.0 + depth]])
    return Massing(((clean_outline(ring),),) * 6, (3.3,) * 6)


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.copy()


def blue(picture: Image.Image) -> float:
    """The share of the pixels that show dark floors."""
    pixels = np.asarray(picture).astype(int)
    return float((pixels[..., 2] > pixels[..., 0] + 20).mean())


def test_a_deep_block_shows_its_dark_floors_and_a_thin_bar_has_none(tmp_path: Path) -> None:
    plot = clean_outline(np.array([[0.0, 0.0], [52.0, 0.0], [52.0, 44.0], [0.0, 44.0]]))
    beside = Neighbour(np.array([[60.0, 0.0], [70.0, 0.0], [70.0, 20.0], [60.0, 20.0]]), 9.0)
    task = task_of(Site(plot=plot, neighbours=(beside,)), MassingParams(floor_area_ratio=1.0))
    offers = [Offer("deep", box(32, 24), ()), Offer("thin", box(7, 24), ())]
    paths = [tmp_path / "rows" / f"{number}.png" for number in range(3)]
    for path in paths[:2]:
        draw_site(task, offers, {offer.name: report_of(task, offer.massing) for offer in offers}, path)
    row = opened(paths[0])
    assert row.size == (2 * SIDE, SIDE + PLAN + TEXT)
    deep, thin = (row.crop((place * SIDE, TEXT + SIDE, (place + 1) * SIDE, row.height)) for place in (0, 1))
    assert blue(deep) > 0.005 and blue(thin) == 0
    # both stand on the plot and are seen: neither picture is the other
    assert row.crop((0, TEXT, SIDE, TEXT + SIDE)).tobytes() != row.crop((SIDE, TEXT, 2 * SIDE, TEXT + SIDE)).tobytes()
    join_rows(paths, tmp_path / "sheet.png")
    assert opened(tmp_path / "sheet.png").size == (row.width, 2 * row.height)


def test_no_rows_make_no_sheet(tmp_path: Path) -> None:
    join_rows([tmp_path / "missing.png"], tmp_path / "sheet.png")
    assert not (tmp_path / "sheet.png").exists()
