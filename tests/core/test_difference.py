# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences are told in words."""

from __future__ import annotations

from maquette.core.architecture.building_params import BuildingParams
from maquette.core.difference import MOST_LETTERS, param_differences
from maquette.core.texture.params import PhotoParams


def test_equal_parameters_differ_in_nothing() -> None:
    assert param_differences(PhotoParams(), PhotoParams()) == []


def test_each_kind_of_value_is_told_with_its_unit() -> None:
    before = BuildingParams(width_m=12.0, interiors=True, roof="flat", storeys=2)
    after = BuildingParams(width_m=14.5, interiors=False, roof="hip", storeys=3)
    told = {label: (old, new) for label, old, new in param_differences(before, after)}
    assert told == {
        "Width": ("12 m", "14.5 m"),
        "Storeys": ("2", "3"),
        "Roof": ("flat", "hip"),
        "Interiors": ("on", "off"),
    }


def test_several_choices_are_listed_and_long_texts_cut() -> None:
    before, after = PhotoParams(maps=("albedo", "normal")), PhotoParams(maps=("albedo", "ambient_occlusion"))
    assert param_differences(before, after)[0][1:] == ("albedo, normal", "albedo, ambient occlusion")
    rooms = BuildingParams(programme="living 30; " + ", ".join(["hall-living"] * 20))
    assert max(len(text) for _, _, text in param_differences(BuildingParams(), rooms)) <= MOST_LETTERS
