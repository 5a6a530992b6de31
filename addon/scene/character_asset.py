# SPDX-License-Identifier: GPL-3.0-or-later
"""A character in the Asset Browser: its collection, with a picture, tags and what is known of its licence."""

from __future__ import annotations

from typing import Any

from ...core.errors import InputError
from .character_parts import collection_of, meshes_of
from .portrait import set_portrait
from .record import read_request

# the catalog 'Maquette/Characters'; constant, so that every library shows these characters in the same place
CATALOG = "b0f5d0c4-7d38-4d0e-8f4b-9c2f6f0a51e3"


def mark_as_asset(armature: Any, licence: str = "") -> Any:
    """The character's collection, marked; `licence` is that of its sources. InputError where it has no collection."""
    collection = collection_of(armature)
    if collection is None:
        raise InputError(f"'{armature.name}' and its meshes are in no collection of their own. Put them into one.")
    request = read_request(armature)
    collection.asset_mark()
    data = collection.asset_data
    data.catalog_id = CATALOG
    data.description = f"{request.declaration.label}: {len(armature.data.bones)} bones"
    data.license = licence or ("As the characters that it is made from" if request.references else "")
    data.author = "Made with Maquette"
    for tag in ("Maquette", request.generator, request.method):
        data.tags.new(tag, skip_if_exists=True)
    set_portrait(collection, list(meshes_of(armature).values()))
    return collection
