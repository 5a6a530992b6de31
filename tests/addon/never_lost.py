# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of 'never lost' share: one way to ask each generator for something, and what a file holds.

The fake engine answers; its `paced` behaviour takes a few moments for each job.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

KINDS = ("objects", "meshes", "materials", "images", "armatures", "actions", "collections", "node_groups", "curves")
OPERATORS = {"texture": "generate", "character": "generate_character", "architecture": "generate_architecture"}
GENERATORS = tuple(OPERATORS)
STATES = ("WAITING", "RUNNING", "READING", "STAGING")
LIMIT_S = 60.0


class Asker:
    """Asks one generator for new things and for changes in place, each with a seed of its own."""

    def __init__(self, maquette: Any, generator: str, photo: Any) -> None:
        self.maquette, self.generator, self._photo = maquette, generator, photo
        self._seed = 0
        maquette.use_fake_engine("paced")
        self.set_up()

    def set_up(self) -> None:
        """The panel's values, in the open file."""
        scene: Any = bpy.context.scene
        scene.maquette.references.albedo.path = str(self._photo)
        scene.maquette.texture_exemplar.size = 128
        scene.maquette_characters.method, scene.maquette_characters.live = "base", False
        scene.maquette_buildings.method, scene.maquette_buildings.live = "building", False

    def new(self) -> Any:
        """A job for a new thing; a texture goes on a cube of its own."""
        scene: Any = bpy.context.scene
        self._seed += 1
        settings = {"texture": "maquette", "character": "maquette_characters", "architecture": "maquette_buildings"}
        getattr(scene, settings[self.generator]).seed = self._seed
        if self.generator == "texture":
            bpy.ops.mesh.primitive_cube_add(size=2)
        return self.maquette.start(OPERATORS[self.generator])

    def in_place(self) -> Any:
        """A job that makes the active thing anew."""
        return self.maquette.start("remake_new_seed")

    def made(self) -> list[Any]:
        """Everything of this file that the generator made."""
        active = self.maquette.module("addon.active")
        return [x for x in (*bpy.data.materials, *bpy.data.objects) if active.generator_of(x) == self.generator]

    def pump(self, job: Any, there: Callable[[], bool]) -> None:
        """Poll until something is so or the job has ended."""
        end = time.monotonic() + LIMIT_S
        while not there() and not job.state.ended:
            assert time.monotonic() < end, f"the job still is {job.state}"
            self.maquette.studio.poll()
            time.sleep(0.002)

    def until(self, job: Any, state: str) -> None:
        """Pump until the job is so far; deliveries may pass a state within one tick."""
        order = [*STATES, "DONE"]
        self.pump(job, lambda: order.index(job.state.name) >= order.index(state))

    def seed_of(self, thing: Any) -> int:
        """The seed that a thing was made from."""
        return int(self.maquette.module("addon.scene.record").read_request(thing).seed)


def contents() -> dict[str, dict[str, Any]]:
    """What the file holds: by kind and name what each datablock shows."""
    return {kind: {item.name: _shown(item) for item in getattr(bpy.data, kind)} for kind in KINDS}


def _shown(item: Any) -> Any:
    if isinstance(item, bpy.types.Object):
        slots = tuple(slot.material.name if slot.material else "" for slot in item.material_slots)
        place = tuple(round(value, 5) for row in item.matrix_world for value in row)
        return item.data.name if item.data else "", item.parent.name if item.parent else "", slots, place
    if isinstance(item, bpy.types.Mesh):
        return (
            len(item.vertices),
            float(np.round(positions(item).sum(), 3)),
            tuple(m and m.name for m in item.materials),
        )
    if isinstance(item, bpy.types.Collection):
        return tuple(sorted(x.name for x in item.objects)), tuple(sorted(x.name for x in item.children))
    if isinstance(item, bpy.types.Material):
        return str(item.get("maquette_request", "")), len(item.node_tree.nodes) if item.node_tree else 0
    return item.users > 0


def positions(mesh: Any) -> Any:
    """(n, 3) float32 places of a mesh's vertices."""
    places = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", places)
    return places.reshape(-1, 3)


def orphans() -> set[str]:
    """Datablocks that nothing uses and nothing keeps: what a save would throw away without a word."""
    found = {f"{kind} {x.name}" for kind in KINDS for x in getattr(bpy.data, kind) if not x.users}
    return found - {f"images {name}" for name in ("Render Result", "Viewer Node")}
