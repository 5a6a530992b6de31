# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a made mesh, and of the object that shows it, was changed by hand."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from .as_made import stem
from .building_copies import POINTS
from .mesh import HAND_TOLERANCE, cut_by_hand, made_places
from .mesh_stamp import LAYERS, added_attributes, edited_keys, layers_checksum

# on an object: the name that it was given, and the checksum of its vertices' weights
NAMED, WEIGHTS = "maquette_named", "maquette_weights"
# of a mesh with more vertices so many are looked at, evenly spread: Blender hands weights out one by one
MOST_VERTICES = 4_000


def edited_by_hand(mesh: Any) -> list[str]:
    """What of the mesh is no longer as it was made, in words: faces, vertices, UVs or colours, shape keys."""
    if cut_by_hand(mesh):
        return ["faces"]
    words = ["vertices"] if moved_by_hand(mesh) else []
    if LAYERS in mesh and mesh[LAYERS] != layers_checksum(mesh):
        words.append("UVs or colours")
    added = added_attributes(mesh)
    words += [", ".join(name.removeprefix(".").replace("_", " ") for name in added[:3])] if added else []
    keys = edited_keys(mesh)
    return words + ([f"shape keys {', '.join(keys[:3])}"] if keys else [])


def moved_by_hand(mesh: Any) -> bool:
    """Whether vertices are not where they were made."""
    made = made_places(mesh)
    if not len(made):
        return False
    keys = mesh.shape_keys.key_blocks if mesh.shape_keys else ()
    now = np.empty(len(made) * 3, np.float32)
    (keys[0].data if len(keys) else mesh.vertices).foreach_get("co", now)
    return bool(np.abs(now.reshape(-1, 3) - made).max(initial=0.0) > HAND_TOLERANCE)


def sculpted(item: Any) -> bool:
    """Whether an object's mesh carries the levels of a Multiresolution modifier, which go with the mesh."""
    return item is not None and any(modifier.type == "MULTIRES" for modifier in item.modifiers)


def remember_weights(item: Any) -> None:
    """Note how the vertices of a new object are weighted."""
    item[WEIGHTS] = _weights_checksum(item)


def weighted_by_hand(item: Any) -> bool:
    """Whether weights were changed."""
    return WEIGHTS in item and bool(item[WEIGHTS] != _weights_checksum(item))


def _weights_checksum(item: Any) -> str:
    vertices = item.data.vertices
    step = max(1, len(vertices) // MOST_VERTICES)
    groups = [group.name for group in item.vertex_groups]
    given = [(g.group, round(g.weight, 4)) for index in range(0, len(vertices), step) for g in vertices[index].groups]
    return f"{zlib.crc32(repr((groups, len(vertices), given)).encode()):08x}"


def named(item: Any) -> Any:
    """Note the name of a new object; the object."""
    item[NAMED] = item.name
    return item


def worked_on(item: Any) -> bool:
    """Whether an object itself was worked on, so that it is no mere part: renamed, given modifiers, constraints, keys,
    or a material in a slot of its own."""
    if NAMED in item and stem(item[NAMED]) != stem(item.name):
        return True
    if len(item.constraints) or item.animation_data is not None:
        return True
    if any(slot.link == "OBJECT" and slot.material is not None for slot in item.material_slots):
        return True
    copies = item.data is not None and POINTS in item.data
    return any(modifier.type not in ("ARMATURE", *(("NODES",) if copies else ())) for modifier in item.modifiers)
