# SPDX-License-Identifier: GPL-3.0-or-later
"""One maquette of a row becomes the massing on the site; the others go, and the row with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy

from ...core.errors import InputError
from .building_parts import GROUP, OPTION, ORIGIN, PLACE, code_of, collection_of, option_roots, row_of
from .bundle_building import AROUND
from .caption import is_caption
from .option_row import remove_root, site_origin
from .record import read_request, report_of, write_object_record


def pick(root: Any) -> Any:
    """Put a maquette on the site's place and take its row apart; its root. InputError where it stands in no row.

    What it has around it is hidden: on the real site the real neighbours stand there.
    """
    row, home = row_of(root), collection_of(root)
    if row is None or home is None:
        raise InputError(f"'{root.name}' stands in no row of options.")
    name, request, code = row.name, read_request(root), code_of(root)
    for other in option_roots(row):
        if other != root:
            remove_root(other)
    root.location = site_origin(root)
    for key in (OPTION, PLACE, ORIGIN):
        if key in root:
            del root[key]
    if code:
        write_object_record(root, replace(request, code=code), report_of(root))
    for item in [child for child in root.children if is_caption(child)]:
        words = item.data
        bpy.data.objects.remove(item)
        if words is not None and not words.users:
            bpy.data.curves.remove(words)
    for group in home.children:
        if group.get(GROUP) == AROUND:
            group.hide_viewport = group.hide_render = True
    _lift(home, row)
    root.name = home.name = name
    return root


def _lift(home: Any, row: Any) -> None:
    """A collection out of its row, to where the row was; the row goes if nothing of the designer's is left in it."""
    everything: Any = bpy.data
    above = [one for one in everything.collections if row in set(one.children)]
    above += [scene.collection for scene in everything.scenes if row in set(scene.collection.children)]
    for one in above:
        one.children.link(home)
    row.children.unlink(home)
    if not row.objects and not row.children:
        bpy.data.collections.remove(row)
