# SPDX-License-Identifier: GPL-3.0-or-later
"""The images and values of a made material in place: those that were changed by hand, or are locked, stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from .decisions import Hands
from .material import look_values, map_images, set_images
from .material_edits import NODES, changed_nodes, map_part, set_values, was_changed
from .record import read_request


def exchange_images(material: Any, images: Mapping[str, Any], hands: Hands) -> list[str]:
    """New images into the material's nodes; each takes the name and the other users of the one that it replaces. Maps
    that were changed by hand, or are locked, stay unless they are given up; then they are kept in the file."""
    said = []
    before = map_images(material)
    known = set(before) | set(getattr(read_request(material).params, "maps", ()))
    kept = {name for name, image in before.items() if hands.keeps(map_part(name), was_changed(image))}
    users = bpy.data.user_map(subset=set(before.values())) if before else {}
    set_images(material, {name: image for name, image in images.items() if name not in kept}, known)
    for name, old in before.items():
        new = images.get(name)
        if name in kept or new is None or old == new:
            continue
        if was_changed(old):
            old.use_fake_user = True
            said.append(f"'{old.name}', which you changed, is kept in this file.")
        elif old.library is None and not _in_other_materials(users.get(old, set()), material):
            title = old.name
            old.user_remap(new)
            bpy.data.images.remove(old)
            new.name = title
    said += [f"'{before[name].name}' stays as you left it." for name in sorted(kept)]
    for name, new in images.items():
        # a map whose node the designer deleted, or whose image stays, is not wanted
        if new.users == 0 and name in known:
            bpy.data.images.remove(new)
    return said


def kept_values(material: Any, hands: Hands) -> dict[str, list[Any]]:
    """Our nodes whose values stay, each with what they were set to last."""
    changed = changed_nodes(material)
    if not hands.keeps(NODES, bool(changed)):
        return {}
    before, now = set_values(material), look_values(material)
    wanted = now if NODES in hands.locked else changed
    return {name: before.get(name, now[name]) for name in wanted}


def _in_other_materials(users: set[Any], material: Any) -> bool:
    """Whether a copy of the material, say, shows the same image: then the image stays with that one."""
    return any(isinstance(user, bpy.types.Material) and user != material for user in users)
