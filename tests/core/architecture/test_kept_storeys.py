# SPDX-License-Identifier: GPL-3.0-or-later
"""A locked storey is the kept building's, to the vertex, whatever else the new one is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from closed_mesh import is_closed

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.request import Request

PLAIN = {"storeys": 3, "width_m": 11.0, "depth_m": 8.0}


def request_of(seed: int = 0, locks: dict[str, str] | None = None, **params: Any) -> Request:
    plain = {"generator": "architecture", "method": "building", "params": {**PLAIN, **params}, "seed": seed}
    return Request.from_plain({**plain, **({"locks": locks} if locks else {})}).hashed()


def placed(asset: Asset, storey: str) -> dict[str, np.ndarray]:
    """The world positions of all that is on a storey, by the names and ids of its parts."""
    meshes = {mesh.name: mesh for mesh in asset.meshes}
    copies = {one.mesh: one.transforms for one in asset.instances}
    found = {name: mesh.positions for name, mesh in meshes.items() if name.startswith(f"{storey} ")}
    count: Counter[str] = Counter()
    for element in asset.elements:
        if element.mesh in copies:
            matrix = copies[element.mesh][count[element.mesh]]
            count[element.mesh] += 1
            if element.storey == storey:
                id_ = element.id.removesuffix(f" of {storey}")
                found[id_] = meshes[element.mesh].positions @ matrix[:3, :3].T + matrix[:3, 3]
    return found


@pytest.mark.parametrize("change", [{"style": "classical"}, {"roof": "gable", "storeys": 4}, {"seed": 5}])
def test_a_locked_storey_is_kept_to_the_vertex(change: dict[str, Any]) -> None:
    first = request_of()
    old = engine.generate(first, device="cpu")
    new = engine.generate(
        request_of(locks={"storey 1": first.key}, **change), device="cpu", kept={first.key: first}, warn=print
    )
    before, after = placed(old, "storey 1"), placed(new, "storey 1")
    assert before.keys() == after.keys()
    assert len(before) > 20
    assert all(np.array_equal(positions, after[name]) for name, positions in before.items())
    assert all(is_closed(mesh) for mesh in new.meshes)
    slots = {name for mesh in new.meshes for name in mesh.materials}
    assert slots <= {material.name for material in new.materials}
    ids = Counter(element.id for element in new.elements)
    assert max(ids.values()) == 1
    named = Counter(element.mesh for element in new.elements)
    assert all(named[one.mesh] == len(one.transforms) for one in new.instances)


def test_other_storeys_are_new() -> None:
    first = request_of()
    old = engine.generate(first, device="cpu")
    locked = request_of(locks={"storey 1": first.key}, style="classical")
    new = engine.generate(locked, device="cpu", kept={first.key: first}, warn=print)
    assert placed(old, "storey 0").keys() != placed(new, "storey 0").keys()


def test_a_storey_that_is_not_there_or_as_high_is_told() -> None:
    first = request_of()
    for change, words in (({"storeys": 1}, "no storey 1"), ({"storey_height_m": 4.0}, "begins at 3.30 m")):
        with pytest.raises(InputError, match=words):
            engine.generate(
                request_of(locks={"storey 1": first.key}, interiors=False, **change),
                device="cpu",
                kept={first.key: first},
            )
    with pytest.raises(InputError, match="can lock"):
        engine.generate(request_of(locks={"roof": first.key}), device="cpu", kept={first.key: first})
