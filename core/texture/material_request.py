# SPDX-License-Identifier: GPL-3.0-or-later
"""What every texture method begins and ends with: reference pictures become maps, maps become an Asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ..asset import Asset, Material
from ..context import Context, span
from ..errors import InputError
from ..files.picture import read_picture
from ..request import Reference, Request
from .derivation import derive_maps, relief_of_normals
from .locks import locked_parts, with_regions
from .maps import MAPS
from .normals import flip_green, is_directx, is_normal_map, unit_length
from .quality import quality
from .rectification import rectified
from .resampling import resize

# pictures whose width to height differ by no more than this show the same cut of the surface
SAME_ASPECT = 0.01
# normals whose length is off by no more than this are as 8 bits store them, and stay to the bit
LENGTH_SLACK = 0.02


def read_maps(
    references: Iterable[Reference],
    warn: Callable[[str], None],
    shortest: int | None = None,
    corners: Sequence[float] = (),
) -> dict[str, np.ndarray]:
    """The pictures whose role is a map, by role: (H, W, C) float32 in [0, 1], all of the albedo's size.

    References of other roles (a mask) are passed over. Pictures are brought down so that their shortest side is
    `shortest`; a map of another size than the albedo, but of its aspect, is resampled to it. Normals have unit length;
    DirectX ones are turned into OpenGL ones, and `warn` is told. What `corners`
    enclose (see `rectification`) is seen from the front.
    """
    maps = {
        kept.role: read_picture(
            Path(kept.path), MAPS[kept.role].channels, shortest=None if corners else shortest, srgb=MAPS[kept.role].srgb
        )
        for kept in references
        if kept.role in MAPS
    }
    maps = {role: _of_size(image, maps) for role, image in maps.items()}
    if "normal" in maps:
        maps["normal"] = _usable_normals(maps["normal"], maps.get("height"), warn)
    if corners:
        maps = rectified(maps, corners, shortest=shortest, device=torch.device("cpu"))
    return maps


def finished_asset(
    request: Request,
    context: Context,
    made: Mapping[str, np.ndarray],
    *,
    wanted: Sequence[str],
    relief: float,
    size_m: float,
    start: float,
    size: tuple[int, int] | None = None,
    relief_is_known: bool = False,
    further: Mapping[str, float] | None = None,
) -> Asset:
    """The Asset of a tile: the wanted maps in their order, those that `made` lacks derived from it, and its quality.

    made: tileable (H, W, C) float32 in [0, 1] by name, the albedo among them. relief: lowest to highest point in tile
    widths, unless normals without a height decide it and it is not known. size_m: the tile's width. start: the progress
    so far. size: rows and columns to which the maps are resampled around the tile, which stays as wide and high.
    The Request's locks are kept, and a quick look is brought down to its size before anything is derived.
    further: figures for the quality card besides those of the maps.
    """
    made, size = _at_size(made, size, context.preview, bool(request.locks))
    locked = locked_parts(request, context, tuple(wanted), size or _size_of(made))
    if locked.maps:
        made = locked.without_followers(made)
        relief, relief_is_known = locked.relief or relief, relief_is_known and "normal" not in locked.maps
    missing = [name for name in wanted if name not in made]
    if "normal" in made and "height" not in made and not relief_is_known:
        # the normals say how deep the surface is
        context.progress(start, "Measuring the relief")
        relief = relief_of_normals(made["normal"], context.device)
    derived = derive_maps(
        made, missing, relief=relief, device=context.device, progress=span(context.progress, start, 1 - start)
    )
    every = {**made, **derived}
    maps = {name: np.ascontiguousarray(every[name], dtype=np.float32) for name in wanted}
    height, width = maps["albedo"].shape[:2]
    if size is not None and size != (height, width):
        maps = {name: _around(image, name, size) for name, image in maps.items()}
    if locked.regions:
        maps = with_regions(maps, locked, seed=request.seed, context=context, progress=span(context.progress, 0.9, 0.1))
    name = f"{request.method}-{request.key[:8]}"
    material = Material(name, maps, (size_m, size_m * height / width), relief * size_m)
    return Asset(name=name, materials=(material,), report={**quality(maps), **(further or {})})


def preview_size(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Rows and columns of a quick look at a result, its longest side as given; never larger than it."""
    share = min(1.0, longest / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _size_of(maps: Mapping[str, np.ndarray]) -> tuple[int, int]:
    height, width = maps["albedo"].shape[:2]
    return height, width


def _at_size(
    made: Mapping[str, np.ndarray], size: tuple[int, int] | None, preview: int | None, locked: bool
) -> tuple[Mapping[str, np.ndarray], tuple[int, int] | None]:
    """The made maps, and the size to bring them to when all is there.

    A quick look is brought down first, so that all else is quick too, and so is what shall take in kept parts.
    """
    final = size or _size_of(made)
    if preview is not None:
        final = preview_size(final, preview)
    if final == _size_of(made) or not (preview or locked):
        return made, size if preview is None else None
    return {name: _around(image, name, final) for name, image in made.items()}, None


def resampled(image_hwc: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture at another size (rows, columns), antialiased where it shrinks."""
    if image_hwc.shape[:2] == size:
        return image_hwc
    given = torch.from_numpy(np.ascontiguousarray(image_hwc)).permute(2, 0, 1)[None]
    resized = F.interpolate(given, size=size, mode="bicubic", antialias=True).clamp_(0, 1)
    return np.ascontiguousarray(resized[0].permute(1, 2, 0).numpy())


def _around(image_hwc: np.ndarray, name: str, size: tuple[int, int]) -> np.ndarray:
    """A map of a tile at another size."""
    resized = resize(torch.from_numpy(image_hwc), size, (True, True), antialias=True).clamp_(0, 1).numpy()
    return unit_length(resized) if name == "normal" else resized


def _of_size(image: np.ndarray, maps: Mapping[str, np.ndarray]) -> np.ndarray:
    """One of the maps at the albedo's size, or an InputError that lists them all."""
    model = maps.get("albedo", image)
    size = (model.shape[0], model.shape[1])
    ratio = (image.shape[1] / image.shape[0]) / (size[1] / size[0])
    if abs(ratio - 1) > SAME_ASPECT:
        listed = ", ".join(f"{role} {given.shape[1]} x {given.shape[0]}" for role, given in maps.items())
        raise InputError(f"The pictures differ in size ({listed}). Give maps that show the same cut of the surface.")
    return resampled(image, size)


def _usable_normals(encoded: np.ndarray, height: np.ndarray | None, warn: Callable[[str], None]) -> np.ndarray:
    """OpenGL normals of unit length from a picture of normals, or an InputError if it is none."""
    if not is_normal_map(encoded):
        raise InputError("The picture given as normal holds no tangent-space normals. Give a normal map, or none.")
    if is_directx(encoded, height):
        warn("The normals were DirectX ones (green downwards); they were turned into OpenGL ones.")
        encoded = flip_green(encoded)
    length = np.linalg.norm(encoded * 2 - 1, axis=2, keepdims=True)
    usable: np.ndarray = np.where(np.abs(length - 1) > LENGTH_SLACK, unit_length(encoded), encoded)
    return usable
