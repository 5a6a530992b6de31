# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a PBR material: names, channels, colour space."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MapKind:
    """How one map is stored: `channels` of float32 in [0, 1]; only the albedo is sRGB, the rest are Non-Color."""

    name: str
    channels: int
    srgb: bool
    label: str
    description: str


MAP_KINDS = (
    MapKind("albedo", 3, True, "Albedo", "Base colour, sRGB"),
    MapKind("normal", 3, False, "Normal", "Tangent-space normal, OpenGL (+Y)"),
    MapKind("roughness", 1, False, "Roughness", "0 mirrors, 1 is matt"),
    MapKind("metallic", 1, False, "Metallic", "1 where bare metal shows"),
    MapKind("height", 1, False, "Height", "0 is the lowest point of the relief, 1 the highest"),
    MapKind("ambient_occlusion", 1, False, "Ambient occlusion", "How much of the sky a point sees"),
)
MAP_NAMES = tuple(kind.name for kind in MAP_KINDS)
MAPS = {kind.name: kind for kind in MAP_KINDS}
# maps that characters may have beside these: how much of what is behind shows, and the light that a surface gives off
OPACITY, EMISSION = "opacity", "emission"


def is_srgb(name: str) -> bool:
    """Whether a map's values are sRGB rather than data."""
    return name == EMISSION or (name in MAPS and MAPS[name].srgb)
