# SPDX-License-Identifier: GPL-3.0-or-later
"""A Request's method, seed, parameters and files into its generator's panel, one way for every generator."""

from __future__ import annotations

from typing import Any

from ...core.request import Request
from .. import building_live, live
from ..character_sources import write_sources
from ..method_settings import settings_of, show_method
from ..param_properties import write_params
from ..programme_list import fill_list
from ..references import write_slots


def to_panel(scene: Any, request: Request) -> None:
    """Show a Request in its panel."""
    _SHOWN[request.generator](scene, request)


def _material(scene: Any, request: Request) -> None:
    write_params(show_method(scene, request.declaration), request.params)
    settings = settings_of(scene, request.generator)
    settings.seed = request.seed
    given = [(reference.role, reference.path, reference.weight) for reference in request.references]
    write_slots(settings.references, request.declaration, given)


def _character(scene: Any, request: Request) -> None:
    settings = settings_of(scene, request.generator)
    live.show_in_panel(settings, request)
    write_sources(settings.sources, request)


def _building(scene: Any, request: Request) -> None:
    settings = settings_of(scene, request.generator)
    building_live.show_in_panel(settings, request)
    fill_list(settings)


_SHOWN = {"texture": _material, "character": _character, "architecture": _building}
