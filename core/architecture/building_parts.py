# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that are added to a building: meshes, copies and elements, whoever makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
