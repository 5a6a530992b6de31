# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a made material was changed by hand: painted or exchanged maps, values of our own nodes.

Nodes that were added, deleted or wired otherwise never are in the way of a new result, so they are not asked about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...core.texture.maps import MAPS
from .decisions import HandEdit
from .image_stamp import is_painted
from .material import PREFIX, look_values, map_images

# on an image: the map that it shows; on a material: our nodes' values as they were set
GENERATED, SET = "maquette_map", "maquette_set_values"
NODES = "nodes"
_TOLERANCE = 1e-5


def material_edits(material: Any) -> list[HandEdit]:
    """The parts of a material that are not as they were made."""
    maps = [
        HandEdit(map_part(name), MAPS[name].label, "painted on" if GENERATED in image else "another image")
        for name, image in map_images(material).items()
        if was_changed(image)
    ]
    nodes = [name.removeprefix(PREFIX) for name in changed_nodes(material)]
    return maps + ([HandEdit(NODES, ", ".join(nodes), "values changed")] if nodes else [])


def map_part(map_name: str) -> str:
    """A map as a part."""
    return f"map {map_name}"


def was_changed(image: Any) -> bool:
    """Whether the image of a map is the designer's work: painted on, or another one."""
    return GENERATED not in image or is_painted(image)


def remember_values(material: Any, kept: Mapping[str, Any]) -> None:
    """Note the values of our nodes as they were just set; of those that stayed as the designer changed them, what was
    noted before, `kept`."""
    material[SET] = json.dumps({**look_values(material), **kept}, sort_keys=True)


def set_values(material: Any) -> dict[str, list[Any]]:
    """The values of our nodes as they were set last, by node; empty for a material of an older Maquette."""
    found = json.loads(str(material.get(SET, "{}")))
    return found if isinstance(found, dict) else {}


def changed_nodes(material: Any) -> list[str]:
    """Our nodes whose values are not those that were set."""
    before, now = set_values(material), look_values(material)
    return [name for name, values in now.items() if name in before and not _alike(values, before[name])]


def _alike(first: list[Any], second: list[Any]) -> bool:
    if len(first) != len(second):
        return False
    return all(
        abs(a - b) <= _TOLERANCE * max(1.0, abs(a)) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(first, second, strict=True)
    )
