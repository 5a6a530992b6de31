# SPDX-License-Identifier: GPL-3.0-or-later
"""An IFC model while it is written: its lines, its contexts, placements, and how things belong to each other.

buildingSMART, IFC4 ADD2 TC1 (ISO 16739-1:2018). Metres, square and cubic metres, radians; Z up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .ifc_step import DERIVED, Enum, Line, Plain, Step, Typed, global_id, number

_STILL = 1e-9
_UNITS = (("LENGTHUNIT", "METRE"), ("AREAUNIT", "SQUARE_METRE"), ("VOLUMEUNIT", "CUBIC_METRE"))


@dataclass(frozen=True)
class Placement:
    """A local placement, and where that is: `world` (4, 4) float64, rigid."""

    line: Line
    world: np.ndarray


@dataclass
class Model:
    """What all who write share. `seed` is what ids are made from; `body` and `plan` are the contexts of shapes."""

    step: Step
    seed: str
    project: Line
    body: Line
    plan: Line
    _times: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rooted(self, name: str, id_: str, *values: Any) -> Line:
        """Something with an id of its own, made from its class, `id_`, and how often that was used before."""
        self._times[name, id_] += 1
        again = self._times[name, id_]
        names = (self.seed, name, id_, str(again)) if again > 1 else (self.seed, name, id_)
        return self.step.add(name, global_id(*names), None, *values)

    def relate(self, name: str, id_: str, *values: Any) -> Line:
        """A relation, which has neither a name nor a description."""
        return self.rooted(name, id_, None, None, *values)

    def place(self, world: np.ndarray, above: Placement | None = None) -> Placement:
        """A placement at `world` (4, 4), told relative to the one above."""
        local = world if above is None else np.linalg.inv(above.world) @ world
        line = self.step.add("IFCLOCALPLACEMENT", above.line if above else None, axes(self.step, local))
        return Placement(line, world)

    def shape(self, items: Sequence[Line], kind: str = "SweptSolid") -> Line:
        """The shape of a product: its body."""
        body = self.step.add("IFCSHAPEREPRESENTATION", self.body, "Body", kind, tuple(items))
        return self.step.add("IFCPRODUCTDEFINITIONSHAPE", None, None, (body,))


def begin(seed: str, name: str) -> Model:
    """A model with its project, units and contexts."""
    step = Step()
    units = [step.add("IFCSIUNIT", DERIVED, Enum(kind), None, Enum(unit)) for kind, unit in _UNITS]
    units.append(step.add("IFCSIUNIT", DERIVED, Enum("PLANEANGLEUNIT"), None, Enum("RADIAN")))
    assignment = step.add("IFCUNITASSIGNMENT", tuple(units))
    whole = step.add(
        "IFCGEOMETRICREPRESENTATIONCONTEXT", None, "Model", 3, Plain("1.E-05"), axes(step, np.eye(4)), None
    )
    body, plan = (
        step.add(
            "IFCGEOMETRICREPRESENTATIONSUBCONTEXT",
            *(identifier, "Model", DERIVED, DERIVED, DERIVED, DERIVED, whole, None, Enum(view), None),
        )
        for identifier, view in (("Body", "MODEL_VIEW"), ("FootPrint", "PLAN_VIEW"))
    )
    project = step.add(
        "IFCPROJECT", global_id(seed, "IFCPROJECT"), None, name, None, None, None, None, (whole,), assignment
    )
    return Model(step, seed, project, body, plan)


def axes(step: Step, matrix: np.ndarray) -> Line:
    """The axes of a rigid transform (4, 4), shared by all that stand the same."""
    origin = step.point(matrix[:3, 3])
    if np.abs(matrix[:3, :3] - np.eye(3)).max() < _STILL:
        return step.shared("IFCAXIS2PLACEMENT3D", origin, None, None)
    up, along = step.direction(matrix[:3, 2]), step.direction(matrix[:3, 0])
    return step.shared("IFCAXIS2PLACEMENT3D", origin, up, along)


def property_set(model: Model, id_: str, name: str, properties: dict[str, Any], things: Sequence[Line]) -> None:
    """Give things a set of properties: texts, whole numbers, or values of a Typed kind."""
    if not properties:
        return
    lines = tuple(
        model.step.add("IFCPROPERTYSINGLEVALUE", key, None, _value(value), None) for key, value in properties.items()
    )
    made = model.rooted("IFCPROPERTYSET", f"{id_} {name}", name, None, lines)
    model.relate("IFCRELDEFINESBYPROPERTIES", f"{id_} {name}", tuple(things), made)


def _value(value: Any) -> Typed:
    if isinstance(value, Typed):
        return value
    if isinstance(value, bool):
        return Typed("IFCBOOLEAN", value)
    if isinstance(value, int):
        return Typed("IFCINTEGER", value)
    return Typed("IFCREAL", Plain(number(value, 9))) if isinstance(value, float) else Typed("IFCLABEL", str(value))
