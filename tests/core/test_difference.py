# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences are told in words."""

from __future__ import annotations

from dataclasses import replace

from maquette.core.architecture.building_params import BuildingParams
from maquette.core.difference import MOST_LETTERS, differences, param_differences
from maquette.core.request import Reference, Request
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


def test_requests_are_compared_whole() -> None:
    first = Request("texture", "photo", PhotoParams(), 1, (Reference("albedo", "a.png", "a" * 64),))
    assert differences(first, first) == []
    second = replace(
        first,
        params=PhotoParams(strength=2.0),
        seed=4,
        references=(Reference("albedo", "a.png", "b" * 64),),
        code=(1.0, 0.0),
        locks={"normal": "c" * 64},
    )
    assert differences(first, second) == [
        "Strength: 1 → 2",
        "Seed: 1 → 4",
        "Made from other pictures or files, or with other weights",
        "Place in the learned space: by chance → chosen",
        "Locked parts that differ: normal",
    ]
    assert differences(second, replace(second, code=(1.0, 0.5))) == ["Place in the learned space: 50 % apart"]


def test_another_method_is_told_by_its_name() -> None:
    building = Request("architecture", "building", BuildingParams())
    assert (
        differences(Request("texture", "photo", PhotoParams(), 0, (Reference("albedo", "", "a" * 64),)), building)[0]
        == "Method: Maps of a photograph → Building"
    )
