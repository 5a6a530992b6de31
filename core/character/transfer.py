# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `transfer`: one character's mesh in another's proportions."""

from __future__ import annotations

from ..asset import Asset
from ..context import Context
from ..errors import InputError
from ..request import Request
from .bones import HUMANOID
from .character_request import finished, spaces_of
from .params import TransferParams


def generate(request: Request, context: Context) -> Asset:
    """The character that the Request asks for; see `TransferParams`. The height stays its own."""
    params = request.params
    assert isinstance(params, TransferParams)
    own = next(r for r in request.references if r.role == "character")
    other = next(r for r in request.references if r.role == "proportions")
    space, shown = spaces_of((own, other), context)
    if space.code.space != shown.code.space and not set(space.code.bones) & set(shown.code.bones):
        what = {True: "a humanoid", False: "no humanoid"}
        raise InputError(
            f"'{shown.asset.name}' is {what[shown.code.space == HUMANOID]} and '{space.asset.name}' is "
            f"{what[space.code.space == HUMANOID]}: they have no bones in common. Choose two of one kind."
        )
    difference = params.strength * space.code.difference_to(shown.code)
    difference[0] = 0.0
    return finished(request, context, space, own, difference)
