# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of `base`."""

from __future__ import annotations

from dataclasses import dataclass

from ..params import param
from .base_looks import SUITS
from .params import CharacterParams, slider, variety_param


@dataclass(frozen=True)
class BaseParams(CharacterParams):
    """Maquette's own body."""

    build: float = slider("From a heavy-boned, uneven build towards an athlete's even proportions")
    variety: float = variety_param("How far chance moves the body; 0 is the middle adult that the sliders move", 0.5)
    skin_tone: float = param(2 / 3, "Colour of the skin, from dark to light", minimum=0.0, maximum=1.0)
    suit: str = param("plain", "What the suit is made of: a plain colour, or a cloth drawn by the seed", choices=SUITS)
    model: str = param("shipped", "Which learned model of the body")
