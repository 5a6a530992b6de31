# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidates of the last exploration, and those of earlier ones that were rated: saved in the scene.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from ...core.errors import InputError
from ...core.request import Request
from . import thumbnails
from .history import MAX_RATING, add_node, node_by_key

# rated candidates of earlier explorations that are remembered
MAX_RATED = 64


@dataclass(frozen=True)
class Heard:
    """One candidate as the engine told it: its number in the run, its hashed Request, a small picture, and the file of
    the larger one."""

    number: int
    request: Request
    thumbnail: bytes
    file: str


@dataclass(frozen=True)
class Run:
    """One exploration: its id, its move, how many it makes, what it starts from, and where a site's origin lies in the
    scene, in Blender units."""

    name: str
    move: str
    count: int
    start: Request
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Candidate(PropertyGroup):
    """One candidate; `name` is its run and number."""

    run: StringProperty()  # type: ignore[valid-type]
    number: IntProperty()  # type: ignore[valid-type]
    key: StringProperty()  # type: ignore[valid-type]
    request: StringProperty()  # type: ignore[valid-type]
    thumbnail: StringProperty()  # type: ignore[valid-type]
    file: StringProperty()  # type: ignore[valid-type]
    generator: StringProperty()  # type: ignore[valid-type]
    method: StringProperty()  # type: ignore[valid-type]
    picked: BoolProperty(  # type: ignore[valid-type]
        name="Pick", description="The buttons below act on the picked candidates, in the order of their numbers"
    )
    weight: FloatProperty(  # type: ignore[valid-type]
        name="Weight",
        description="How much of a mix comes from this candidate, beside the weights of the others",
        default=1.0,
        min=0.0,
        soft_max=2.0,
    )
    rating: IntProperty(  # type: ignore[valid-type]
        name="Rating", description="Stars from 1 to 5, 0 for none", min=0, max=MAX_RATING
    )


class Candidates(PropertyGroup):
    """What lies at `scene.maquette_candidates`: the candidates, and what is known of the last run."""

    items: CollectionProperty(type=Candidate)  # type: ignore[valid-type]
    run: StringProperty()  # type: ignore[valid-type]
    move: StringProperty()  # type: ignore[valid-type]
    count: IntProperty()  # type: ignore[valid-type]
    generator: StringProperty()  # type: ignore[valid-type]
    method: StringProperty()  # type: ignore[valid-type]
    start: StringProperty()  # type: ignore[valid-type]
    origin: FloatVectorProperty(size=3)  # type: ignore[valid-type]


def items_of(scene: Any) -> Any:
    """All candidates that a scene remembers."""
    return scene.maquette_candidates.items


def shown(scene: Any) -> list[Any]:
    """The candidates of the last run, by number."""
    run = scene.maquette_candidates.run
    return sorted((item for item in items_of(scene) if item.run == run), key=lambda item: item.number)


def picked(scene: Any) -> list[Any]:
    """Those that are picked."""
    return [item for item in shown(scene) if item.picked]


def rated(scene: Any, generator: str, method: str) -> list[Any]:
    """Every candidate of a method that has stars, those of earlier runs too, the last `MAX_RATED`."""
    mine = [i for i in items_of(scene) if i.rating and i.generator == generator and i.method == method]
    return mine[-MAX_RATED:]


def request_of(item: Any) -> Request:
    """A candidate's Request; InputError where it cannot be read."""
    return Request.from_json(item.request, f"The Request of candidate {item.number + 1}")


def show_run(scene: Any, run: Run, heard: Sequence[Heard]) -> None:
    """Let the scene hold what was heard of a run. Called again and again as candidates come: what an undo took away
    meanwhile comes back, and what was picked or rated stays so."""
    group = scene.maquette_candidates
    if group.run != run.name:
        _begin(group, run)
    for candidate in heard:
        if group.items.find(f"{run.name}:{candidate.number}") < 0:
            _add(group, run.name, candidate)


def _begin(group: Any, run: Run) -> None:
    """Forget the run before, but for what was rated."""
    for index in reversed(range(len(group.items))):
        if not group.items[index].rating:
            group.items.remove(index)
        else:
            group.items[index].picked = False
    for _ in range(len(group.items) - MAX_RATED):
        group.items.remove(0)
    group.run, group.move, group.count = run.name, run.move, run.count
    group.generator, group.method, group.start = run.start.generator, run.start.method, run.start.to_json()
    group.origin = run.origin


def _add(group: Any, run: str, candidate: Heard) -> None:
    item = group.items.add()
    item.name, item.run, item.number = f"{run}:{candidate.number}", run, candidate.number
    item.key, item.request = candidate.request.key, candidate.request.to_json()
    item.generator, item.method = candidate.request.generator, candidate.request.method
    item.thumbnail, item.file = thumbnails.as_text(candidate.thumbnail), candidate.file


def candidate_at(scene: Any, number: int) -> Any:
    """The shown candidate with this number, counted from 1 as it is drawn; InputError where there is none."""
    found = next((item for item in shown(scene) if item.number + 1 == number), None)
    if found is None:
        raise InputError(f"There is no candidate {number}. Explore first, or choose one of those that are shown.")
    return found


def keep_in_history(scene: Any, item: Any) -> None:
    """A node for a candidate that something starts from, so that what comes of it has a parent."""
    if node_by_key(scene, item.key) is not None:
        return
    request = request_of(item)
    parent = next((node.name for key in request.parents if (node := node_by_key(scene, key))), "")
    node = add_node(scene, request, parent, thumbnails.from_text(item.thumbnail), "")
    node.rating = item.rating


def clear(scene: Any) -> None:
    """Forget all candidates, rated ones too."""
    items_of(scene).clear()
    scene.maquette_candidates.run = ""


def register() -> None:
    """Add `scene.maquette_candidates`."""
    bpy.utils.register_class(Candidate)
    bpy.utils.register_class(Candidates)
    bpy.types.Scene.maquette_candidates = PointerProperty(type=Candidates)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take it away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_candidates  # type: ignore[attr-defined]
    bpy.utils.unregister_class(Candidates)
    bpy.utils.unregister_class(Candidate)
