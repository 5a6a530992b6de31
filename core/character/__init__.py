# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigged characters. Importing this declares the methods; what runs them needs torch and is imported late."""

from __future__ import annotations

from ..generators import Method
from .base_params import BaseParams
from .params import FamilyParams, MixParams, TransferParams, VariationParams

METHODS: tuple[Method, ...] = (
    Method(
        generator="character",
        name="variation",
        label="Around one character",
        description="A new member around one character: by chance, by attributes, with what shall stay locked",
        params=VariationParams,
        module="character.variation",
        version=1,
        roles=("character",),
        required=("character",),
        noun="character file",
        export="glb",
    ),
    Method(
        generator="character",
        name="transfer",
        label="Another's proportions",
        description="One character's mesh, materials and clips in another's proportions",
        params=TransferParams,
        module="character.transfer",
        version=1,
        roles=("character", "proportions"),
        required=("character", "proportions"),
        noun="character file",
        export="glb",
        chance="nothing",
    ),
    Method(
        generator="character",
        name="mix",
        label="Parts of several",
        description="One character of the parts of several: a head, a body, legs and feet that fit together",
        params=MixParams,
        module="character.mix",
        version=1,
        roles=("character",),
        required=("character",),
        repeatable=("character",),
        noun="character file",
        export="glb",
    ),
    Method(
        generator="character",
        name="family",
        label="New member",
        description="A new member of the characters' own family: as different from them as they are from each other",
        params=FamilyParams,
        module="character.family",
        version=1,
        roles=("character",),
        required=("character",),
        repeatable=("character",),
        noun="character file",
        export="glb",
    ),
    Method(
        generator="character",
        name="base",
        label="New body",
        description="A new body of Maquette's own: clean quads, UVs, skeleton and weights, in any proportions",
        params=BaseParams,
        module="character.base",
        version=1,
        noun="character file",
        export="glb",
    ),
)
