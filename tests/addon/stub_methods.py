# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods of architecture that need no network and no search, declared in the installed extension while a test runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PROGRAMME = "living 24, kitchen 9, 2 bedroom 12; living-kitchen"


@contextmanager
def stub_methods(maquette: Any) -> Iterator[tuple[str, ...]]:
    """massing, plan and building, with a parameter of every kind that the panel treats in a way of its own."""
    package = maquette.module("core.architecture")
    before, package.METHODS = package.METHODS, _methods(maquette)
    _register_again(maquette)
    try:
        yield tuple(method.name for method in package.METHODS)
    finally:
        package.METHODS = before
        _register_again(maquette)


def _methods(maquette: Any) -> tuple[Any, ...]:
    param = maquette.module("core.params").param
    storey = ("storey_height_m", float, param(3.0, "Floor to floor", minimum=2.2, maximum=10.0, unit="m"))
    programme = ("programme", str, param(PROGRAMME, "The rooms"))
    ratio = ("floor_area_ratio", float, param(2.0, "Floor area by site area", minimum=0.1, maximum=40.0))
    storeys = ("storeys", int, param(2, "Number of storeys", minimum=1, maximum=60))
    shape = ("shape", str, param("outline", "Where the shape is from", choices=("outline", "massing")))
    style = ("style", str, param("plain", "The facade", choices=("plain", "banded")))
    return (
        _method(maquette, "massing", [ratio, storey]),
        _method(maquette, "plan", [programme]),
        _method(maquette, "building", [shape, storeys, storey, style, programme], ()),
    )


def _method(maquette: Any, name: str, fields: list[Any], required: tuple[str, ...] = ("site",)) -> Any:
    kind = dataclasses.make_dataclass(
        f"{name.title()}Params", fields, bases=(maquette.module("core.params").Params,), frozen=True
    )
    method = maquette.module("core.generators").Method
    more = {"roles": ("site",), "required": required, "noun": "site file", "export": "glb"}
    return method("architecture", name, name.title(), f"A {name}", kind, f"architecture.{name}", 1, **more)


def _register_again(maquette: Any) -> None:
    properties = maquette.module("addon.building_properties")
    properties.unregister()
    properties.register()
