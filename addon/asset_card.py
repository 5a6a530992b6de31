# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a generated datablock for the Asset Browser: its description, its licence, its tags."""

from __future__ import annotations

from typing import Any

from ..core.request import Request
from .active import CHARACTER, TEXTURE, generator_of
from .character_sources import licence_of
from .package import preferences
from .scene.asset_write import AssetCard
from .scene.caption import figure, name_of
from .scene.draft import made_of
from .scene.record import report_of, size_of

AUTHOR = "Made with Maquette"
# the figures of a building that its description tells
_SAID = ("gross_floor_area_m2", "gfa_m2", "net_floor_area_m2", "num_storeys", "height_m")


def card_of(thing: Any) -> AssetCard:
    """The card, to be changed by the designer; an InputError where the Request cannot be read."""
    request, generator = made_of(thing), generator_of(thing)
    facts = {TEXTURE: _material_facts, CHARACTER: _character_facts}.get(generator, _building_facts)(thing)
    description = ", ".join([request.declaration.label, *facts])
    tags = ["Maquette", request.generator, request.method, *(("tileable",) if generator == TEXTURE else ())]
    return AssetCard(thing.name, description, preferences().asset_author or AUTHOR, _licence(request), tuple(tags))


def _licence(request: Request) -> str:
    if request.generator == CHARACTER:
        return licence_of(request) or ("As the characters that it is made from" if request.references else "")
    pictures = [reference for reference in request.references if request.generator == TEXTURE]
    return "As the reference picture" if pictures else ""


def _material_facts(material: Any) -> list[str]:
    size = size_of(material)
    return [f"{size[2]:g} x {size[3]:g} m", f"{size[0]:.0f} x {size[1]:.0f} px"] if size else []


def _character_facts(armature: Any) -> list[str]:
    height = report_of(armature).get("height_m")
    return [f"{len(armature.data.bones)} bones", *([f"{height:.2f} m"] if height else [])]


def _building_facts(root: Any) -> list[str]:
    report = report_of(root)
    return [f"{name_of(key)} {figure(key, report[key])}" for key in _SAID if key in report]
