# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of every texture method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..models import SHIPPED
from ..params import Params, param
from .maps import MAP_NAMES


def size_m_param(what: str) -> Any:
    """A width in the real world."""
    return param(1.0, what, minimum=0.001, maximum=1000.0, unit="m", label="Real-world size", steers=0.0)


def relief_param() -> Any:
    """How deep the surface is, where no normal map says it."""
    return param(
        0.02,
        "Depth from the lowest to the highest point, as a share of the tile's width; "
        "a normal map that is given without a height decides it itself",
        minimum=0.0,
        maximum=0.5,
        steers=0.1,
    )


def model_param() -> Any:
    """Which learned weights to use."""
    return param(SHIPPED, "The learned model: the one that comes with Maquette, or one trained on your own library")


def maps_param() -> Any:
    """The maps that a material shall have."""
    return param(MAP_NAMES, "Maps to make; those without a picture are derived from the albedo", choices=MAP_NAMES)


def corners_param() -> Any:
    """Four points by which a picture seen aslant is straightened."""
    return param(
        (),
        "Corners of a flat rectangle on the picture, as x, y in shares of its width and height from the top left: "
        "top left, top right, bottom right, bottom left; the picture is straightened by them, and cut to them",
        minimum=0.0,
        maximum=1.0,
        length=8,
    )


def _share(description: str, most: float, default: float = 0.0) -> Any:
    return param(default, description, minimum=0.0, maximum=most, steers=0.0)


@dataclass(frozen=True)
class MaterialParams(Params):
    """Base of parameters with `maps`: the albedo is what all else is derived from, and always made."""

    def __post_init__(self) -> None:
        maps = getattr(self, "maps", None)
        if isinstance(maps, (tuple, list)):
            object.__setattr__(self, "maps", ("albedo", *maps))
        super().__post_init__()


@dataclass(frozen=True)
class ExemplarParams(MaterialParams):
    """A material synthesised from one picture of a surface."""

    size: int = param(1024, "Width and height of the material", minimum=64, maximum=8192, unit="px", steers=0.0)
    size_m: float = size_m_param("Width of the tile in the real world")
    variety: float = param(
        0.5,
        "Variety against structure: at 0 large pieces of the picture stay whole, at 1 the result is made of small ones",
        minimum=0.0,
        maximum=1.0,
    )
    relief: float = relief_param()
    corners: tuple[float, ...] = corners_param()
    maps: tuple[str, ...] = maps_param()


@dataclass(frozen=True)
class TileableParams(MaterialParams):
    """A picture, or a material, made to tile with the least change."""

    trim: float = param(
        0.4,
        "How much of each side may be given up to find where the picture continues best on its other side",
        minimum=0.05,
        maximum=0.7,
    )
    band: float = param(
        0.15,
        "Width of the strip along the seams in which light and colour are evened out, as a share of the tile; "
        "all else stays as it is, texel for texel",
        minimum=0.0,
        maximum=1.0,
    )
    resample: str = param(
        "off",
        "Size in pixels: off keeps each texel as it is; else that of the picture, or the nearest powers of two",
        choices=("off", "picture", "power_of_two"),
        steers=0.0,
    )
    size_m: float = size_m_param("Width of the picture in the real world; the tile is as wide as what is kept of it")
    relief: float = relief_param()
    corners: tuple[float, ...] = corners_param()
    maps: tuple[str, ...] = maps_param()


@dataclass(frozen=True)
class InpaintParams(MaterialParams):
    """A part of a picture, or of a material, made anew from the rest of it."""

    x: float = _share("Left side of a rectangle to make anew, as a share of the picture's width", 1.0)
    y: float = _share("Top of the rectangle, as a share of the picture's height, from above", 1.0)
    width: float = _share("Width of the rectangle, as a share of the picture's; 0 for none, with a mask instead", 1.0)
    height: float = _share("Height of the rectangle, as a share of the picture's; 0 for none", 1.0)
    grow: float = _share("How far beyond what is marked the picture is made anew too, as a share of its width", 0.1)
    size_m: float = size_m_param("Width of the picture in the real world")
    relief: float = relief_param()
    maps: tuple[str, ...] = maps_param()


@dataclass(frozen=True)
class ExtendParams(MaterialParams):
    """A picture, or a material, with more of the same around it."""

    left: float = _share("What to add on the left, as a share of the picture's width", 3.0, 0.25)
    right: float = _share("What to add on the right, as a share of the picture's width", 3.0, 0.25)
    up: float = _share("What to add above, as a share of the picture's height", 3.0, 0.25)
    down: float = _share("What to add below, as a share of the picture's height", 3.0, 0.25)
    tile: bool = param(True, "Whether the result continues on its other side: what is added closes it")
    size_m: float = size_m_param("Width of the picture in the real world; the result is as much wider as it grows")
    relief: float = relief_param()
    corners: tuple[float, ...] = corners_param()
    maps: tuple[str, ...] = maps_param()


@dataclass(frozen=True)
class PhotoParams(MaterialParams):
    """All maps of a picture that stays as it is, read from it by a network."""

    strength: float = param(
        1.0, "How deep the relief is, beside what the network reads", minimum=0.0, maximum=4.0, steers=0.3
    )
    invert: bool = param(False, "Whether what was read as high is low")
    detail: float = param(
        1.0, "How much of the finest relief is kept; above 1 it is sharpened", minimum=0.0, maximum=2.0, steers=0.5
    )
    delight: float = param(
        0.7,
        "How much of the light and shadow that the network sees is taken out of the albedo",
        minimum=0.0,
        maximum=1.0,
    )
    even_light: float = param(
        0.5, "How much of slow changes of brightness across the picture is taken out", minimum=0.0, maximum=1.0
    )
    roughness: float = param(0.0, "Added to the roughness that was read", minimum=-1.0, maximum=1.0, steers=0.3)
    tile: bool = param(False, "Whether the result is made to tile, with the least change")
    model: str = model_param()
    size_m: float = size_m_param("Width of the picture in the real world")
    corners: tuple[float, ...] = corners_param()
    maps: tuple[str, ...] = maps_param()


@dataclass(frozen=True)
class FamilyParams(MaterialParams):
    """A material from the learned space: by chance, or where pictures lie in it."""

    size: int = param(1024, "Width of the material", minimum=64, maximum=4096, unit="px", steers=0.0)
    aspect: float = param(1.0, "Width to height of the material", minimum=0.125, maximum=8.0, steers=0.0)
    size_m: float = size_m_param("Width of the tile in the real world")
    category: str = param("any", "What a material by chance shall be; pictures decide it themselves")
    variety: float = param(
        0.6, "How far a material by chance may lie from those that were trained on", minimum=0.0, maximum=1.0
    )
    scale: float = param(
        0.0, "Size of the structure in powers of two: -1 is half as large", minimum=-2.0, maximum=1.0, steers=0.3
    )
    brightness: float = param(0.0, "Lighter or darker", minimum=-0.5, maximum=0.5, steers=0.4)
    hue: float = param(0.0, "Turns the colours around the wheel", minimum=-0.5, maximum=0.5, steers=0.2)
    saturation: float = param(1.0, "Strength of the colours", minimum=0.0, maximum=3.0, steers=0.3)
    contrast: float = param(1.0, "Strength of the differences within the albedo", minimum=0.0, maximum=3.0, steers=0.3)
    roughness: float = param(0.0, "Added to the roughness", minimum=-1.0, maximum=1.0, steers=0.3)
    depth: float = param(
        1.0, "How deep the relief is, beside what belongs to the material", minimum=0.0, maximum=4.0, steers=0.3
    )
    model: str = model_param()
    maps: tuple[str, ...] = maps_param()
