# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each generator's panel keeps its method and its values: the same question for all three."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.generators import Method, find_method
from .param_properties import group_name


@dataclass(frozen=True)
class Owner:
    """The scene's property of a generator's settings, and the property in it that names the method."""

    settings: str
    method: str


OWNERS = {
    "texture": Owner("maquette", "texture_method"),
    "character": Owner("maquette_characters", "method"),
    "architecture": Owner("maquette_buildings", "method"),
}
# the operator that makes something new of each generator
GENERATE = {
    "texture": "maquette.generate",
    "character": "maquette.generate_character",
    "architecture": "maquette.generate_architecture",
}


def settings_of(scene: Any, generator: str) -> Any:
    """What a generator's panel edits."""
    return getattr(scene, OWNERS[generator].settings)


def shown_in(scene: Any, generator: str) -> tuple[Method, Any]:
    """The method that a generator's panel shows, and the group of its parameters."""
    settings = settings_of(scene, generator)
    method = find_method(generator, getattr(settings, OWNERS[generator].method))
    return method, getattr(settings, group_name(method))


def show_method(scene: Any, method: Method) -> Any:
    """Let the generator's panel show this method; the group of its parameters."""
    settings = settings_of(scene, method.generator)
    setattr(settings, OWNERS[method.generator].method, method.name)
    return getattr(settings, group_name(method))
