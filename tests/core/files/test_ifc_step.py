# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest

from maquette.core.files.ifc_step import DERIVED, Enum, Step, Typed, encoded, global_id, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "$"),
        (True, ".T."),
        (3, "3"),
        (3.0, "3."),
        (-0.0000001, "0."),
        (1.25, "1.25"),
        (Enum("FLOOR"), ".FLOOR."),
        (DERIVED, "*"),
        (Typed("IFCLABEL", "a"), "IFCLABEL('a')"),
        ((1, 2.5, None), "(1,2.5,$)"),
        ("O'Brien \\ Söhne", "'O''Brien \\\\ S\\X2\\00F6\\X0\\hne'"),
        ("居🏠\n", "'\\X2\\5C45\\X0\\\\X4\\0001F3E0\\X0\\\\X2\\000A\\X0\\'"),
    ],
)
def test_values_are_written_by_their_type(value: object, text: str) -> None:
    assert encoded(value) == text


def test_what_is_no_number_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"nan cannot be written"):
        number(float("nan"))


def test_shared_lines_are_written_once() -> None:
    step = Step()
    first, other = step.point((0, 0, 1)), step.add("IFCDIRECTION", (0.0, 1.0))
    assert step.point((0.0, 0.0, 1.0)) == first == 1 and other == 2
    text = step.to_text("a.ifc", "Maquette")
    assert "#1=IFCCARTESIANPOINT((0.,0.,1.));\n#2=IFCDIRECTION((0.,1.));\nENDSEC;\n" in text
    assert text.startswith("ISO-10303-21;\nHEADER;\n") and text.endswith("END-ISO-10303-21;\n")


def test_ids_are_of_the_alphabet_and_the_same_for_the_same_names() -> None:
    ids = {global_id("seed", f"wall {n}") for n in range(1000)}
    assert len(ids) == 1000 and global_id("seed", "wall 1") in ids
    assert all(re.fullmatch(r"[0-3][0-9A-Za-z_$]{21}", one) for one in ids)
