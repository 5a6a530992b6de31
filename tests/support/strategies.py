# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis strategies for Maquette's plain data, made from the declarations themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from maquette.core.asset import Asset, Clip, Element, Instances, Material, Mesh, Option, Provenance, Rig, Skin
from maquette.core.generators import Method, methods
from maquette.core.models import SHIPPED
from maquette.core.params import Params, ParamSpec, specs
from maquette.core.request import MAX_SEED, Reference, Request
from maquette.core.texture.maps import MAPS

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def values_of(spec: ParamSpec) -> st.SearchStrategy[Any]:
    """Every value that a parameter may have."""
    if spec.kind is int:
        return st.integers(int(spec.minimum or 0), int(spec.maximum or 10**6))
    if spec.kind is float:
        return st.floats(spec.minimum, spec.maximum, allow_nan=False)
    if spec.kind is bool:
        return st.booleans()
    if spec.kind is tuple and spec.choices:
        return st.lists(st.sampled_from(spec.choices), unique=True).map(tuple)
    if spec.kind is tuple:
        number = st.floats(spec.minimum, spec.maximum, allow_nan=False, allow_infinity=False)
        return st.just(()) | st.tuples(*[number] * spec.length)
    return st.sampled_from(spec.choices) if spec.choices else TEXT


def params_of(kind: type[Params]) -> st.SearchStrategy[Params]:
    """Every Params of a class."""
    # of the models, only the shipped one is everywhere
    values = {spec.name: st.just(SHIPPED) if spec.name == "model" else values_of(spec) for spec in specs(kind)}
    return st.fixed_dictionaries(values).map(lambda given: kind(**given))


@st.composite
def requests(draw: st.DrawFn, hashed: bool = True) -> Request:
    """Any Request; with `hashed`, every reference has one."""
    method: Method = draw(st.sampled_from(list(methods().values())))
    others = [role for role in method.roles if role not in method.required]
    roles = [*method.required, *draw(st.lists(st.sampled_from(others), unique=True) if others else st.just([]))]
    references = tuple(
        Reference(
            role,
            draw(TEXT.filter(bool)),
            draw(HASHES if hashed else st.just("") | HASHES),
            draw(st.floats(0.001, 1e6, allow_nan=False)),
        )
        for role in roles
    )
    return Request(
        method.generator,
        method.name,
        draw(params_of(method.params)),
        draw(st.integers(0, MAX_SEED)),
        references,
        draw(st.none() | st.lists(FINITE, max_size=4).map(tuple)),
        tuple(draw(st.lists(HASHES, max_size=2))),
        draw(st.none() | st.dictionaries(NAMES, HASHES, min_size=1, max_size=2)),
    )


def arrays(kind: str, *shape: int) -> st.SearchStrategy[np.ndarray]:
    """Arrays of a dtype and shape, finite floats."""
    elements = {"allow_nan": False, "allow_infinity": False} if kind.startswith("float") else None
    return hnp.arrays(np.dtype(kind), shape, elements=elements)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    side = draw(st.integers(1, 4))
    names = draw(st.lists(st.sampled_from(list(MAPS)), unique=True))
    maps = {name: draw(arrays("float32", side, side, MAPS[name].channels)) for name in names}
    return Material(draw(TEXT), maps, (draw(FINITE), draw(FINITE)), draw(FINITE))


@st.composite
def meshes(draw: st.DrawFn, levels: bool = True) -> Mesh:
    vertices, faces = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    return Mesh(
        draw(TEXT),
        draw(arrays("float32", vertices, 3)),
        draw(arrays("int32", 3 * faces)),
        draw(arrays("int32", faces + 1)),
        draw(arrays("int32", faces)),
        tuple(draw(st.lists(TEXT, max_size=2))),
        draw(st.dictionaries(NAMES, arrays("float32", 3 * faces, 2), max_size=1)),
        draw(st.dictionaries(NAMES, arrays("float32", vertices, 3), max_size=1)),
        tuple(draw(st.lists(meshes(levels=False), max_size=1))) if levels else (),
        draw(arrays("float32", 3 * faces, 3)),
        draw(st.dictionaries(NAMES, arrays("float32", 3 * faces, 4), max_size=1)),
    )


SKINS = st.builds(Skin, TEXT, arrays("int32", 2, 4), arrays("float32", 2, 4))


@st.composite
def rigs(draw: st.DrawFn) -> Rig:
    joints = tuple(draw(st.lists(TEXT, max_size=3)))
    count = len(joints)
    skins = tuple(draw(st.lists(SKINS, max_size=2)))
    return Rig(joints, draw(arrays("int32", count)), draw(arrays("float32", count, 4, 4)), skins)


CLIPS = st.builds(
    Clip,
    TEXT,
    arrays("float32", 2),
    arrays("float32", 2, 1, 4),
    arrays("float32", 2, 1, 3),
    arrays("float32", 2, 1, 3),
)
INSTANCES = st.builds(Instances, TEXT, arrays("float32", 2, 4, 4))
ELEMENTS = st.builds(
    Element, TEXT, TEXT, TEXT, TEXT, TEXT, arrays("float64", 3, 2), st.dictionaries(NAMES, FINITE, max_size=2)
)
OPTIONS = st.builds(
    Option,
    TEXT,
    st.lists(TEXT, max_size=2).map(tuple),
    st.dictionaries(NAMES, FINITE, max_size=2),
    st.lists(FINITE, max_size=3).map(tuple),
)
PROVENANCES = st.builds(
    Provenance,
    TEXT,
    HASHES,
    st.integers(1, 99),
    st.just("") | HASHES,
    st.sampled_from(["cpu", "cuda"]),
    st.dictionaries(TEXT, JSON, max_size=2),
    st.lists(TEXT, max_size=2).map(tuple),
)


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


ASSETS = st.builds(
    Asset,
    TEXT,
    several(materials()),
    several(meshes()),
    st.none() | rigs(),
    several(CLIPS),
    several(INSTANCES),
    several(ELEMENTS),
    several(OPTIONS),
    st.dictionaries(NAMES, FINITE, max_size=2),
    st.none() | PROVENANCES,
)
