# SPDX-License-Identifier: GPL-3.0-or-later
"""Which level of detail of a building is shown: its objects take the meshes of that level, which the root holds."""

from __future__ import annotations

from typing import Any

from .building_mesh import all_held, follow_slots, held, key_of
from .building_parts import SHOWN, objects_of


def num_levels(root: Any) -> int:
    """How many levels of detail a building has, 1 where it has no coarser one."""
    return 1 + max((key[1] for data in all_held(root) if (key := key_of(data)) is not None), default=0)


def shown_level(root: Any) -> int:
    """The level that is shown, 0 the finest."""
    return int(root.get(SHOWN, 0))


def show_level(root: Any, level: int) -> None:
    """Show a level, the coarsest that there is where a mesh has no such; meshes edited by hand, or of the designer's
    own, stay."""
    ours = set(all_held(root))
    for item in objects_of(root).values():
        key = key_of(item.data)
        if key is not None and item.data in ours:
            wanted = held(root, key[0], level)
            if wanted != item.data:
                follow_slots(wanted, item.data)
                item.data = wanted
    root[SHOWN] = level
