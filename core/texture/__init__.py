# SPDX-License-Identifier: GPL-3.0-or-later
"""Tileable PBR materials. Importing this declares the methods; what runs them needs torch and is imported late."""

from __future__ import annotations

from ..generators import Method
from .maps import MAP_NAMES
from .params import ExemplarParams, ExtendParams, FamilyParams, InpaintParams, PhotoParams, TileableParams

LOCKABLE = (*MAP_NAMES, "region *")

METHODS = (
    Method(
        generator="texture",
        name="exemplar",
        label="From a photograph",
        description="A seamless material of any size that looks like the picture, all maps aligned to the pixel",
        params=ExemplarParams,
        module="texture.exemplar",
        version=4,
        roles=(*MAP_NAMES, "mask"),
        required=("albedo",),
        repeatable=MAP_NAMES,
        chance="arrangement",
        lockable=LOCKABLE,
    ),
    Method(
        generator="texture",
        name="tileable",
        label="Make tileable",
        description="The picture or the material itself, cut and mended so that it repeats without a seam",
        params=TileableParams,
        module="texture.tileable",
        version=2,
        roles=MAP_NAMES,
        required=("albedo",),
        chance="nothing",
        lockable=LOCKABLE,
    ),
    Method(
        generator="texture",
        name="inpaint",
        label="Replace a part",
        description="What is marked on the picture or the material, made anew from the rest of it without a seam",
        params=InpaintParams,
        module="texture.inpaint",
        version=2,
        roles=(*MAP_NAMES, "mask"),
        required=("albedo",),
        chance="arrangement",
        lockable=LOCKABLE,
    ),
    Method(
        generator="texture",
        name="extend",
        label="Extend",
        description="More of the same around the picture or the material, which stays inside as it is",
        params=ExtendParams,
        module="texture.extend",
        version=2,
        roles=MAP_NAMES,
        required=("albedo",),
        chance="arrangement",
        lockable=LOCKABLE,
    ),
    Method(
        generator="texture",
        name="photo",
        label="Maps of a photograph",
        description="The maps that a picture shows, read by a network: relief, roughness, metal, colour without light",
        params=PhotoParams,
        module="texture.photo",
        version=2,
        roles=("albedo",),
        required=("albedo",),
        chance="nothing",
        lockable=LOCKABLE,
    ),
    Method(
        generator="texture",
        name="family",
        label="From the learned space",
        description="A new material out of a learned space: by chance, like a picture, or between several",
        params=FamilyParams,
        module="texture.family",
        codes="texture.family",
        version=5,
        roles=MAP_NAMES,
        repeatable=("albedo",),
        chance="arrangement",
        lockable=LOCKABLE,
    ),
)
