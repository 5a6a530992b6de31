# SPDX-License-Identifier: GPL-3.0-or-later
"""Every method with a code: what chance drew is made again by its code, and codes are mixed to codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from design_cases import CASES, request, write_sources

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.context import Context
from maquette.core.errors import InputError
from maquette.core.exploring import MethodCodes
from maquette.core.generators import methods
from maquette.core.request import Request


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sources(tmp_path_factory.mktemp("sources"))


def numbers(asset: Asset) -> list[np.ndarray]:
    maps = [image for material in asset.materials for image in material.maps.values()]
    return [*maps, *(mesh.positions for mesh in asset.meshes)]


def alike(one: Asset, other: Asset) -> bool:
    first, second = numbers(one), numbers(other)
    return len(first) == len(second) and all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def codes() -> MethodCodes:
    return MethodCodes(Context(torch.device("cpu"), None, lambda fraction, text: None, lambda text: None))


@pytest.mark.parametrize("case", CASES)
def test_a_code_gives_what_chance_drew(case: str, folder: Path) -> None:
    drawn = engine.generate(request(case, folder), device="cpu")
    assert drawn.code
    again = engine.generate(request(case, folder, code=list(drawn.code)), device="cpu")
    assert alike(drawn, again) and again.code == drawn.code and again.report == drawn.report
    # and it is what the moves begin with
    assert codes().drawn(request(case, folder), 1)[0] == drawn.code


@pytest.mark.parametrize("case", [case for case in CASES if "massing" not in case])
def test_what_lies_between_two_codes_is_a_code(case: str, folder: Path) -> None:
    wanted, known = request(case, folder), codes()
    drawn = known.drawn(wanted, 3)
    assert len(set(drawn)) == 3
    ends = [engine.generate(request(case, folder, code=list(code)), device="cpu") for code in drawn[:2]]
    between = engine.generate(
        request(case, folder, code=list(known.mixed(wanted, drawn[:2], [0.6, 0.4]))), device="cpu"
    )
    assert between.code and all(np.isfinite(values).all() for values in numbers(between))
    same = {"family", "mix"}
    # of characters with different meshes the heavier is taken
    assert case in same or not alike(between, ends[0])
    whole = np.array(known.mixed(wanted, drawn[:2], [1.0, 0.0]))
    # of a material what one does not know is taken from the other
    assert np.isclose(whole, drawn[0], atol=1e-6).mean() > 0.95


@pytest.mark.parametrize("case", CASES)
def test_a_code_of_another_length_is_a_sentence(case: str, folder: Path) -> None:
    with pytest.raises(InputError, match="ode"):
        engine.generate(request(case, folder, code=[0.0, 1.0]), device="cpu")


def test_a_code_of_absurd_numbers_is_a_sentence(folder: Path) -> None:
    for case in ("variation", "base"):
        length = len(codes().drawn(request(case, folder), 1)[0])
        with pytest.raises(InputError, match="beyond"):
            engine.generate(request(case, folder, code=[1e6] * length), device="cpu")


def test_an_outline_has_no_code(folder: Path) -> None:
    plain = {"generator": "architecture", "method": "building", "code": [1.0], "params": {"interiors": False}}
    with pytest.raises(InputError, match="no code"):
        engine.generate(Request.from_plain(plain), device="cpu")


def test_every_method_with_codes_is_told_of_here() -> None:
    with_codes = {key for key, method in methods().items() if method.codes}
    assert with_codes == {(g, m) for g, m, _, _ in CASES.values()} | {("architecture", "massing")}


def test_massings_are_mixed_by_their_storeys(folder: Path) -> None:
    from maquette.core.architecture.massing_codes import mixed_code
    from maquette.core.architecture.massing_lattice import Design, Lattice, design_of

    lattice = Lattice(0.3, -10.0, -8.0, np.full(4, 5.0), np.full(3, 6.0))
    low, high = Design(lattice, np.full((3, 4), 2)), Design(lattice, np.full((3, 4), 6))
    assert (design_of(mixed_code([low.code(), high.code()], [1, 1])).storeys == 4).all()
    # another lattice is looked at where the heavier one's pieces are
    turned = Design(Lattice(0.3, -30.0, -28.0, np.array([60.0]), np.array([60.0])), np.array([[5]]))
    mixed = design_of(mixed_code([low.code(), turned.code()], [2, 1]))
    assert mixed.lattice.shape == (3, 4) and (mixed.storeys == 3).all()
    made = engine.generate(
        Request.from_plain(
            {
                "generator": "architecture",
                "method": "massing",
                "references": [str(folder / "site.json")],
                "code": list(low.code()),
                "params": {"setback_m": 2.0},
            }
        ),
        device="cpu",
    )
    assert made.code == low.code() == made.options[0].code
