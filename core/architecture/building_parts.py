# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that are added to a building: meshes, copies and elements, whoever makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..asset import Element, Instances, Mesh


@dataclass(frozen=True)
class Extra:
    """Parts that come from elsewhere, such as stairs and what stands in rooms, with their elements and copies.

    The n-th element that names a copied mesh is its n-th copy.
    """

    meshes: tuple[Mesh, ...] = ()
    instances: tuple[Instances, ...] = ()
    elements: tuple[Element, ...] = ()
    report: Mapping[str, float] = field(default_factory=dict)


def merged(extras: Sequence[Extra]) -> Extra:
    """Several parts as one: a mesh of one name comes once, its copies one after another, figures are added up."""
    meshes: dict[str, Mesh] = {}
    copies: dict[str, list[np.ndarray]] = {}
    report: dict[str, float] = {}
    for extra in extras:
        for mesh in extra.meshes:
            meshes.setdefault(mesh.name, mesh)
        for copied in extra.instances:
            copies.setdefault(copied.mesh, []).append(copied.transforms)
        for name, value in extra.report.items():
            report[name] = report.get(name, 0.0) + value
    instances = tuple(Instances(name, np.concatenate(places)) for name, places in copies.items())
    elements = tuple(element for extra in extras for element in extra.elements)
    return Extra(tuple(meshes.values()), instances, elements, report)
