# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh datablocks of a building: each made mesh once for all objects that show it, its coarser levels held by the
root, and how one takes another's place without what was done by hand being lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ...core.asset import Mesh as MadeMesh
from .as_made import changed
from .mesh import cut_by_hand, fits, new_mesh, reshape
from .mesh_edits import edited_by_hand
from .surface import SURFACE

# on a mesh: the made mesh's name and level, its hash, the names of the materials in its slots
MESH, LEVEL, DIGEST, SLOTS = "maquette_mesh", "maquette_level", "maquette_digest", "maquette_slots"
# on a mesh: the hashes of the materials that were put into its slots
FILLED = "maquette_filled"
# on a root: each mesh of each level, so that a level that is not shown has a user
HELD = "maquette_held_"
# what a material was made of, once the designer gave up what was changed on it by hand
GIVEN_UP = "given up"


def stage_mesh(made: MadeMesh, name: str, level: int, digest: str, per_metre: float, slots: Sequence[str]) -> Any:
    """A new mesh that nothing shows yet, the `slots` for materials of these names still empty."""
    data = new_mesh(f"{name}_LOD{level}" if level else name, made, per_metre)
    data[MESH], data[LEVEL], data[DIGEST] = name, level, marked(digest, per_metre)
    data[SLOTS] = "\n".join(slots)
    if made.colors:
        # what the solid view shows where it shows attributes
        data.color_attributes.active_color_name = next(iter(made.colors))
    return data


def marked(digest: str, per_metre: float) -> str:
    """The hash of a mesh in the scene's units."""
    return f"{digest} {per_metre:.9g}"


def key_of(data: Any) -> tuple[str, int] | None:
    """The made mesh's name and level, None for a mesh of the designer's own."""
    return (str(data[MESH]), int(data[LEVEL])) if data is not None and MESH in data else None


def edited(data: Any) -> bool:
    """Whether faces, vertices, UVs or colours were changed by hand."""
    return bool(edited_by_hand(data))


def carriable(data: Any, made: MadeMesh | None) -> bool:
    """Whether what was edited on a mesh by hand can be taken along to what is made now: only vertices were moved, and
    the faces are the same."""
    return made is not None and fits(data, made) and not cut_by_hand(data) and edited(data)


def carry_over(item: Any, made: MadeMesh, digest: str, per_metre: float) -> None:
    """Bring a mesh that is `carriable` to what was made, the edit with it."""
    reshape(item, made, per_metre)
    item.data[DIGEST] = marked(digest, per_metre)


def fill_slots(data: Any, materials: Mapping[str, Any], old: Any = None) -> None:
    """The materials in a mesh's slots; a slot that the designer filled otherwise on the mesh `old` before stays so,
    and slots that were added stay behind the others. `old` may be the mesh itself."""
    before = _chosen(old) if old is not None else {}
    added = list(old.materials)[len(_lines(old, SLOTS)) :] if old is not None else []
    made = [materials.get(name) for name in _lines(data, SLOTS)]
    wanted = [before.get(name, there) for name, there in zip(_lines(data, SLOTS), made, strict=True)] + added
    for index, material in enumerate(wanted):
        if index == len(data.materials):
            data.materials.append(material)
        elif data.materials[index] != material:
            data.materials[index] = material
    data[FILLED] = "\n".join(str(there.get(SURFACE, "")) if there is not None else "" for there in made)


def follow_slots(data: Any, other: Any) -> None:
    """Slots of one level as the designer filled those of another, by the made material's name."""
    chosen = _chosen(other)
    for index, name in enumerate(_lines(data, SLOTS)):
        if name in chosen and index < len(data.materials):
            data.materials[index] = chosen[name]


def hold(root: Any, data: Any) -> None:
    """Let the root keep a mesh of some level."""
    name, level = str(data[MESH]), int(data[LEVEL])
    root[_held(name, level)] = data


def held(root: Any, name: str, level: int) -> Any:
    """The mesh of a level that the root keeps, else of the next finer one that it does; None without any."""
    return next((data for n in range(level, -1, -1) if (data := root.get(_held(name, n))) is not None), None)


def all_held(root: Any) -> list[Any]:
    """Every mesh that the root keeps."""
    keys = [key for key in root.keys() if key.startswith(HELD)]  # noqa: SIM118 a datablock has no iter
    return [root[key] for key in keys if root[key] is not None]


def let_go(root: Any, wanted: set[tuple[str, int]]) -> None:
    """Forget the meshes that are no more."""
    keep = {_held(*key) for key in wanted}
    for key in [key for key in root.keys() if key.startswith(HELD)]:  # noqa: SIM118 a datablock has no iter
        if key not in keep:
            del root[key]


def _held(name: str, level: int) -> str:
    # a property's name has 63 letters at most
    return f"{HELD}{level}_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _lines(data: Any, name: str) -> list[str]:
    text = str(data.get(name, ""))
    return text.split("\n") if text else []


def _chosen(old: Any) -> dict[str, Any]:
    """What the designer put into the slots, by the made material's name; made ones that were changed by hand too."""
    slots = zip(_lines(old, SLOTS), _lines(old, FILLED), old.materials, strict=False)
    return {name: now for name, made, now in slots if _is_own(now, made)}


def _is_own(now: Any, made: str) -> bool:
    if now is None:
        return True
    surface = now.get(SURFACE, "")
    return bool(surface != GIVEN_UP and (surface != made or changed(now)))
