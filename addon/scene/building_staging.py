# SPDX-License-Identifier: GPL-3.0-or-later
"""A building's meshes on their way into the file, a few at a time, so that no tick of the window is long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import bpy

from .building import MadeBuilding
from .building_mesh import all_held, carriable, key_of
from .building_parts import objects_of
from .building_swap import Key, is_current, new_mesh_of
from .targets import Target

# a tick of the window takes about so long
TICK_S = 0.02


class BuildingStaging:
    """Makes the meshes that a building, new or in place, does not have yet. Nothing shows them until taken."""

    def __init__(self, made: MadeBuilding) -> None:
        self._made = made
        self._needed: list[Key] | None = None
        self._staged: dict[Key, Target] = {}

    def step(self, roots: Sequence[Any]) -> bool:
        """A few more meshes; `roots` are what is changed in place. False once all are there."""
        if self._needed is None:
            there = {key for root in roots for data in _meshes(root) if (key := self._serving(data)) is not None}
            self._needed = [key for key in self._made.bundled.meshes if key not in there]
        end, worked = time.monotonic() + TICK_S, len(self._staged) < len(self._needed)
        while len(self._staged) < len(self._needed):
            key = self._needed[len(self._staged)]
            data = new_mesh_of(self._made, key)
            self._staged[key] = Target(data.name, data.session_uid)
            if time.monotonic() > end:
                break
        # a tick that made the last is over too: what follows takes one of its own
        return worked

    def meshes(self) -> dict[Key, Any]:
        """The meshes that were made and are still there (an undo takes them away)."""
        found = {key: target.find_in(bpy.data.meshes) for key, target in self._staged.items()}
        return {key: data for key, data in found.items() if data is not None}

    def discard(self) -> None:
        """Take out again what nothing shows."""
        bpy.data.batch_remove([data for data in self.meshes().values() if not data.users])
        self._staged = {}

    def forget(self) -> None:
        """The file that they were in is gone."""
        self._staged, self._needed = {}, None

    def _serving(self, data: Any) -> Key | None:
        """What a mesh that is there will still serve for, as it is or brought to its new shape."""
        key = key_of(data)
        if key is None or not (is_current(data, self._made) or carriable(data, self._made.bundled.meshes.get(key))):
            return None
        return key


def _meshes(root: Any) -> set[Any]:
    shown = (item.data for item in objects_of(root).values())
    return {data for data in (*shown, *all_held(root)) if data is not None}
