# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network of `photo` reads from a picture: slopes, roughness, metallic, and the light baked into it.

Pictures beyond `LARGEST` a side are looked at in overlapping tiles that fade into each other; what the surface is like
as a whole is read from the whole picture, brought down, so that the tiles agree.
Shape letters: H, W rows and columns.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812

from ..fixed_threads import fixed_threads
from ..models import SHIPPED, Model, find_model, models
from ..weights import load_network
from .photo_network import REACH_STEP, PhotoNetwork, read_outputs, settled_roughness

LARGEST, TILE, OVERLAP = 2048, 1024, 128
WHOLE = 512
DOUBT = (0.35, 0.65)
GAMMA = 2.2

Outputs = dict[str, torch.Tensor]
Progress = Callable[[float, str], None]


def has_network() -> bool:
    """Whether weights come with this Maquette."""
    return any(model.name == SHIPPED for model in models("texture", "photo"))


def photo_network(name: str, device: torch.device) -> PhotoNetwork:
    """The network of the named model, kept in memory."""
    return _loaded(find_model("texture", "photo", name), str(device))


def read_picture_outputs(
    network: PhotoNetwork,
    picture_hw3: torch.Tensor,
    wraps: tuple[bool, bool] = (True, True),
    progress: Progress = lambda fraction, text: None,
    largest: int = LARGEST,
) -> Outputs:
    """ "slopes" (H, W, 2) rise per texel to the right and down, "roughness", "metallic" and "light" (H, W, 1).

    picture_hw3: sRGB in [0, 1], on the network's device. wraps: which axes (down, right) continue on the other side.
    """
    with fixed_threads(picture_hw3.device):
        return _read(network, picture_hw3.permute(2, 0, 1)[None], wraps, progress, largest)


def _read(
    network: PhotoNetwork, picture: torch.Tensor, wraps: tuple[bool, bool], progress: Progress, largest: int
) -> Outputs:
    progress(0.0, "Reading the surface")
    if max(picture.shape[2:]) <= largest:
        found = _outputs(network, _padded(picture, wraps), None)
        found = {name: _cut(image, picture.shape[2:]) for name, image in found.items()}
    else:
        found = _in_tiles(network, picture, wraps, progress)
    # a surface is metal or it is not: doubt within a texel is no material
    low, high = DOUBT
    metallic = ((found["metallic"] - low) / (high - low)).clamp(0, 1)
    return {**found, "metallic": metallic, "roughness": settled_roughness(found["roughness"], network.usual_roughness)}


def without_light(picture_hw3: torch.Tensor, light_hw1: torch.Tensor, amount: float) -> torch.Tensor:
    """The picture (sRGB) with the share `amount` of its light (log2) taken out; its mean brightness stays."""
    if amount == 0:
        return picture_hw3
    light = light_hw1 - light_hw1.mean(0).mean(0)
    return (picture_hw3 * 2 ** (-amount * light / GAMMA)).clamp(0, 1)


@functools.lru_cache(maxsize=2)
def _loaded(model: Model, device: str) -> PhotoNetwork:
    network: PhotoNetwork = load_network(model, PhotoNetwork, torch.device(device))
    if _is_fast_in_half(torch.device(device)):
        # twice as fast, and what it costs is less than 8 bits can show
        network = network.to(torch.bfloat16)
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network


def _outputs(network: PhotoNetwork, picture: torch.Tensor, context: torch.Tensor | None) -> Outputs:
    return read_outputs(network(_prepared(network, picture), context).float())


def _prepared(network: PhotoNetwork, picture: torch.Tensor) -> torch.Tensor:
    return picture.to(next(network.parameters()).dtype).contiguous(memory_format=torch.channels_last)


def _in_tiles(network: PhotoNetwork, picture: torch.Tensor, wraps: tuple[bool, bool], progress: Progress) -> Outputs:
    height, width = picture.shape[2:]
    scale = WHOLE / min(height, width)
    small = F.interpolate(picture, scale_factor=scale, mode="bilinear", antialias=True, align_corners=False)
    context = network.look(_prepared(network, _padded(small, wraps)))
    ring = _ringed(picture, wraps)
    sums: Outputs = {}
    weights = torch.zeros((1, 1, height, width), device=picture.device)
    places = [(y, x) for y in range(0, height, TILE) for x in range(0, width, TILE)]
    for number, (top, left) in enumerate(places):
        progress(number / len(places), "Reading the surface")
        rows, columns = min(TILE, height - top), min(TILE, width - left)
        part = ring[:, :, top : top + rows + 2 * OVERLAP, left : left + columns + 2 * OVERLAP]
        found = _outputs(network, _padded(part, (False, False)), context)
        weight = _fading(rows + 2 * OVERLAP)[:, None] * _fading(columns + 2 * OVERLAP)[None]
        weight = weight.to(picture.device)[None, None]
        down = torch.arange(top - OVERLAP, top + rows + OVERLAP, device=picture.device) % height
        right = torch.arange(left - OVERLAP, left + columns + OVERLAP, device=picture.device) % width
        for name, image in found.items():
            image = image[:, :, : rows + 2 * OVERLAP, : columns + 2 * OVERLAP] * weight
            total = sums.setdefault(name, torch.zeros((1, image.shape[1], height, width), device=picture.device))
            _add(total, image, down, right)
        _add(weights, weight, down, right)
    return {name: _cut(total / weights, (height, width)) for name, total in sums.items()}


def _add(total: torch.Tensor, image: torch.Tensor, down: torch.Tensor, right: torch.Tensor) -> None:
    """Adds an image to rows `down` and columns `right` of the total, around its borders."""
    rows = torch.zeros((*total.shape[:2], len(down), total.shape[3]), device=total.device)
    rows.index_add_(3, right, image)
    total.index_add_(2, down, rows)


def _fading(length: int) -> torch.Tensor:
    """Weights along a tile: rising over twice the overlap at both ends, so that neighbours' add up to one."""
    ramp = (torch.arange(length) + 0.5) / (2 * OVERLAP)
    return torch.minimum(ramp, ramp.flip(0)).clamp(max=1)


def _ringed(picture: torch.Tensor, wraps: tuple[bool, bool]) -> torch.Tensor:
    """The picture with OVERLAP more on every side: what continues there, or its mirror image."""
    picture = F.pad(picture, (0, 0, OVERLAP, OVERLAP), mode="circular" if wraps[0] else "reflect")
    return F.pad(picture, (OVERLAP, OVERLAP, 0, 0), mode="circular" if wraps[1] else "reflect")


def _padded(picture: torch.Tensor, wraps: tuple[bool, bool]) -> torch.Tensor:
    """Grown to whole steps of the network; where the picture does not wrap, by its mirror image and one step more, so
    that its circular convolutions do not see the other side."""
    for axis, wrap in ((2, wraps[0]), (3, wraps[1])):
        length = picture.shape[axis]
        more = -length % REACH_STEP if wrap else min(length - 1, -length % REACH_STEP + REACH_STEP)
        more += -(length + more) % REACH_STEP
        pad = (0, 0, 0, more) if axis == 2 else (0, more, 0, 0)
        if more:
            picture = F.pad(picture, pad, mode="circular" if wrap or more >= length else "reflect")
    return picture


def _cut(image: torch.Tensor, size: tuple[int, ...] | torch.Size) -> torch.Tensor:
    return image[0, :, : size[0], : size[1]].permute(1, 2, 0).contiguous()


@functools.cache
def _is_fast_in_half(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())
