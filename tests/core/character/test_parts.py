# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import numpy as np
import pytest

from maquette.core.asset import Asset, Mesh, Rig, Skin
from maquette.core.character.parts import (
    PARTS,
    carried_vertices,
    part_of_mesh,
    part_of_vertices,
    parts_present,
)

JOINTS = ("root", "hips", "chest", "head", "ear.l", "upperarm.l", "lowerarm.l", "hand.l", "handslot.l", "upperleg.l")
JOINTS += ("lowerleg.l", "foot.l", "toes.l", "foot-ik.l")
PARENTS = (-1, 0, 1, 2, 3, 2, 5, 6, 7, 1, 9, 10, 11, 0)
EXPECTED = (
    "body",
    "body",
    "body",
    "head",
    "head",
    "arms",
    "arms",
    "arms",
    "prop",
    "legs",
    "legs",
    "feet",
    "feet",
    "body",
)


def character(**meshes: list[str]) -> Asset:
    """One vertex for each joint that a mesh names, moved by it alone."""
    made, skins = [], []
    for name, joints in meshes.items():
        count = len(joints)
        nothing = np.zeros(0, np.int32)
        made.append(Mesh(name, np.zeros((count, 3), np.float32), nothing, np.zeros(1, np.int32), nothing))
        index = np.array([[JOINTS.index(joint)] for joint in joints], np.int32)
        skins.append(Skin(name, index, np.ones((count, 1), np.float32)))
    rest = np.tile(np.eye(4, dtype=np.float32), (len(JOINTS), 1, 1))
    return Asset("knight", meshes=tuple(made), rig=Rig(JOINTS, np.array(PARENTS, np.int32), rest, tuple(skins)))


def test_a_vertex_is_of_the_part_that_its_bone_moves() -> None:
    (parts,) = part_of_vertices(character(Thing=list(JOINTS)))
    assert [PARTS[part] for part in parts] == list(EXPECTED)


@pytest.mark.parametrize(
    ("name", "joints", "part"),
    [
        ("Knight_Helmet", ["head"] * 3, "hat"),
        ("Casual_Hair", ["head"] * 3, "hair"),
        ("1H_Axe", ["handslot.l"] * 3, "prop"),
        ("Thing", ["handslot.l"] * 3, "prop"),
        ("Thing", ["hand.l"] * 3, "prop"),
        ("Casual_Feet", ["lowerleg.l", "lowerleg.l", "foot.l"], "feet"),
        ("Knight_LegLeft", ["upperleg.l", "foot.l", "foot.l"], "legs"),
        ("Knight_ArmLeft", ["hand.l", "upperarm.l"], "arms"),
        ("Knight", list(JOINTS), "body"),
        ("Sphere", ["upperarm.l"] * 3, "arms"),
    ],
)
def test_a_mesh_is_what_its_name_tells_else_what_moves_it(name: str, joints: list[str], part: str) -> None:
    asset = character(**{name: joints})
    assert part_of_mesh(asset) == [part]
    assert carried_vertices(asset)[0].all() == (part == "prop")


def test_the_parts_of_a_character_are_listed_once() -> None:
    asset = character(Body=["chest", "foot.l"], Hat=["head"])
    assert parts_present(part_of_vertices(asset)) == ("body", "feet", "hat")
