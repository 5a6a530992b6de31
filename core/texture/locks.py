# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a kept material in a new one: whole maps, and regions whose border is made anew so that no seam shows.

Shape letters: H, W rows and columns; C channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from ..asset import Material
from ..codec import show
from ..context import Context, Progress
from ..errors import InputError
from ..request import Request
from .filling import Canvas, fill, seamless_axes
from .joints import dilated

REGION = "region"
# what is made anew around a kept region, as a share of the shorter side, and texels at least
RING, LEAST_RING = 0.04, 4
# the shape of the surface: what follows from a locked map of it, unless it is locked too
_FOLLOWS = {"height": ("normal", "ambient_occlusion"), "normal": ("height", "ambient_occlusion")}


@dataclass(frozen=True)
class Region:
    """A rectangle in shares of the width and height, from the top left."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, size: tuple[int, int]) -> np.ndarray:
        """(H, W) bool; at least one texel."""
        marked = np.zeros(size, bool)
        rows, columns = (
            slice(
                min(round(first * count), count - 1),
                max(round((first + length) * count), min(round(first * count), count - 1) + 1),
            )
            for first, length, count in ((self.y, self.height, size[0]), (self.x, self.width, size[1]))
        )
        marked[rows, columns] = True
        return marked


def read_region(part: str) -> Region:
    """The region that a lock's name says: "region X Y WIDTH HEIGHT"; InputError where it says none."""
    try:
        x, y, width, height = (float(word) for word in part.split()[1:])
        sound = min(x, y) >= 0 and min(width, height) > 0 and max(x + width, y + height) <= 1 + 1e-6
    except ValueError:
        sound = False
    if not sound:
        raise InputError(
            f"The lock {show(part)} names no region. Write 'region X Y WIDTH HEIGHT' in shares of the width and "
            "height from the top left, such as 'region 0.25 0.25 0.5 0.5'."
        )
    return Region(x, y, width, height)


@dataclass(frozen=True)
class Locked:
    """What a Request's locks keep: `maps` (H, W, C) by name, `regions` with the kept material of each, and the
    `relief` of a locked height in tile widths, None where no height is locked."""

    maps: dict[str, np.ndarray]
    regions: tuple[tuple[Region, Material], ...]
    relief: float | None

    def without_followers(self, made: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Made maps, the locked ones among them, less those that follow from a locked one."""
        gone = {name for lock in self.maps for name in _FOLLOWS.get(lock, ()) if name not in self.maps}
        return {name: image for name, image in {**made, **self.maps}.items() if name not in gone}


def locked_parts(request: Request, context: Context, wanted: tuple[str, ...], size: tuple[int, int]) -> Locked:
    """The kept parts for a result of `size`; InputError where one is of another size, or is no part of it."""
    maps: dict[str, np.ndarray] = {}
    regions: list[tuple[Region, Material]] = []
    relief = None
    for part, key in sorted((request.locks or {}).items()):
        region = read_region(part) if part.startswith(REGION) else None
        if region is None and part not in wanted:
            raise InputError(f"The lock of {show(part)} keeps a map that is not made. Add it to 'maps'.")
        material = _kept(context, part, key)
        needed = wanted if region else (part,)
        absent = [name for name in needed if name not in material.maps]
        if absent:
            raise InputError(f"The result that the lock of {show(part)} holds on to has no {', '.join(absent)}.")
        there = material.maps[needed[0]].shape[:2]
        if there != size:
            raise InputError(
                f"The lock of {show(part)} holds on to a result of {there[1]} x {there[0]} px, and this one has "
                f"{size[1]} x {size[0]} px. Make both at one size, or take the lock off."
            )
        if region:
            regions.append((region, material))
        else:
            maps[part] = material.maps[part]
            relief = material.height_m / material.size_m[0] if part == "height" else relief
    return Locked(maps, tuple(regions), relief)


def with_regions(
    maps: Mapping[str, np.ndarray], locked: Locked, *, seed: int, context: Context, progress: Progress
) -> dict[str, np.ndarray]:
    """The maps with the kept regions in them, to the bit; a ring around each is made anew, through one correspondence
    for all maps. Locked maps stay as they are."""
    height, width = next(iter(maps.values())).shape[:2]
    size = (height, width)
    made, kept = dict(maps), np.zeros(size, bool)
    for region, material in locked.regions:
        inside = region.inside(size)
        made = {name: np.where(inside[..., None], material.maps[name], image) for name, image in made.items()}
        kept |= inside
    wraps = seamless_axes(maps, np.ones(size, bool), context.device)
    ring = _around(kept, max(LEAST_RING, round(RING * min(size))), wraps)
    if ring.any():
        canvas = Canvas((size[0], size[1]), (0, 0), ring, wraps)
        made = fill(made, ~ring, canvas, seed=seed, device=context.device, progress=progress, tile=context.tile)
    return {name: locked.maps.get(name, image) for name, image in made.items()}


def _kept(context: Context, part: str, key: str) -> Material:
    materials = context.kept(key).materials
    if not materials:
        raise InputError(f"The result that the lock of {show(part)} holds on to is no material.")
    return materials[0]


def _around(marked: np.ndarray, reach: int, wraps: tuple[bool, bool]) -> np.ndarray:
    """What lies within `reach` texels of what is marked, around the sides that wrap."""
    grown = dilated(torch.from_numpy(marked), reach).numpy()
    for axis in (0, 1):
        if not wraps[axis]:
            inner = [slice(None), slice(None)]
            padded = np.pad(marked, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)])
            inner[axis] = slice(reach, reach + marked.shape[axis])
            grown &= dilated(torch.from_numpy(padded), reach).numpy()[tuple(inner)]
    return np.asarray(grown & ~marked)
