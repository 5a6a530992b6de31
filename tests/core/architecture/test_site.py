# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from maquette.core.architecture.site import MAX_BYTES, read_site, site_from_json, site_to_json
from maquette.core.errors import InputError

SQUARE = [[0, 0], [20, 0], [20, 10], [0, 10]]
WHOLE = {
    "maquette_site": 1,
    "site": {"outer": SQUARE, "holes": [[[4, 4], [8, 4], [8, 8], [4, 8]]]},
    "outline": {"outer": SQUARE[::-1]},
    "front_door": [10, 0],
    "neighbours": [{"outer": [[30, 0], [40, 0], [40, 10], [30, 10]], "height_m": 9.5}],
    "parcels": [{"outer": SQUARE}],
    "pinned_rooms": [{"name": "the kitchen", "use": "kitchen", "outer": SQUARE, "storey": 1}],
    "pinned_walls": [{"start": [5, 0], "end": [5, 10]}],
}


def changed(**parts: object) -> str:
    return json.dumps({**WHOLE, **parts})


def test_a_site_comes_through_its_text_and_is_cleaned() -> None:
    site = site_from_json(json.dumps(WHOLE))
    again = site_from_json(site_to_json(site))
    assert site_to_json(again) == site_to_json(site)
    assert again.plot is not None and again.outline is not None
    assert again.plot.area == pytest.approx(184)
    # given clockwise
    assert again.outline.area == pytest.approx(200)
    assert again.neighbours[0].height_m == 9.5
    assert again.pinned_rooms[0].storey == 1
    assert np.allclose(again.pinned_walls[0].end, (5, 10))


def test_everything_may_be_left_out() -> None:
    site = site_from_json('{"maquette_site": 1}')
    assert site.plot is None and site.outline is None and site.front_door is None and not site.neighbours


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{}", "no site file"),
        ("[1]", "no site file"),
        (changed(sites=1), "sites"),
        (changed(site=[1]), "must be an object"),
        (changed(site={"outer": []}), "list of points"),
        (changed(site={"outer": [[0, 0], [1, "a"], [2, 2]]}), "points \\[x, y\\]"),
        (changed(site={"outer": [[0, 0], [10, 10], [10, 0], [0, 12]]}), "crosses itself"),
        (changed(site={"outer": [[0, 0], [5, 0], [9, 0]]}), "encloses 0.00 m2"),
        (changed(front_door=[1]), "front_door"),
        (changed(neighbours={}), "must be a list"),
        (changed(neighbours=[{"outer": SQUARE, "height_m": 0}]), "height_m"),
        (changed(neighbours=[{"outer": SQUARE, "height_m": 9}] * 4001), "4000 are the most"),
        (changed(pinned_rooms=[{"outer": SQUARE}]), "'name' and a 'use'"),
        (changed(pinned_walls=[{"start": [0, 0], "end": [0, 0.01]}]), "shorter than 5 cm"),
        (changed(pinned_walls=[{"start": [0, 0], "end": [0, 5], "storey": -1}]), "storey"),
    ],
)
def test_what_is_no_site_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        site_from_json(text)


def test_files_are_bounded_and_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_site(tmp_path / "none.json")
    path = tmp_path / "site.json"
    path.write_text(json.dumps(WHOLE))
    assert read_site(path).plot is not None
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="at most 16 MiB"):
        read_site(path)
