# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a generated building was changed by hand: meshes, places, materials.

Names, modifiers, children, objects and collections that were added never are in the way of a new result.
"""

from __future__ import annotations

from typing import Any

from .as_made import changed
from .building_mesh import all_held, key_of
from .building_objects import place_part
from .building_parts import objects_of, was_moved
from .building_swap import made_materials, material_part, mesh_part
from .decisions import HandEdit
from .mesh_edits import edited_by_hand, sculpted
from .surface import made_name


def building_edits(root: Any) -> list[HandEdit]:
    """The parts of a building that are not as they were made."""
    return [*_meshes(root), *_places(root), *_materials(root)]


def _meshes(root: Any) -> list[HandEdit]:
    shown = {item.data: item for item in objects_of(root).values()}
    edits: dict[str, HandEdit] = {}
    for data in [*shown, *all_held(root)]:
        key = key_of(data)
        words = edited_by_hand(data) if key is not None else []
        words += ["sculpted levels"] if key is not None and sculpted(shown.get(data)) else []
        if key is not None and words:
            label = shown[data].name if data in shown else data.name
            edits.setdefault(mesh_part(key[0]), HandEdit(mesh_part(key[0]), label, f"{' and '.join(words)} changed"))
    return list(edits.values())


def _places(root: Any) -> list[HandEdit]:
    moved = [(id_, item) for id_, item in objects_of(root).items() if was_moved(item)]
    return [HandEdit(place_part(id_), item.name, "moved") for id_, item in moved]


def _materials(root: Any) -> list[HandEdit]:
    meshes = [item.data for item in objects_of(root).values() if key_of(item.data) is not None]
    edited = sorted((m for m in made_materials(meshes) if changed(m)), key=lambda material: material.name)
    return [HandEdit(material_part(made_name(m)), f"Material {m.name}", "nodes or images changed") for m in edited]
