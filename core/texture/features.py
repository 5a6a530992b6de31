# SPDX-License-Identifier: GPL-3.0-or-later
"""What the matching looks at: all maps of an exemplar as one stack of guide channels.

Shape letters: h, w rows and columns of the exemplar, C channels.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

# Share of the total guide energy that each map gets; a map that is constant or absent gives its share up.
MAP_WEIGHTS = {
    "albedo": 1.0,
    "height": 0.5,
    "normal": 0.6,
    "roughness": 0.25,
    "metallic": 0.25,
    "ambient_occlusion": 0.2,
}
STRUCTURE_WEIGHT = 0.5
NUM_CHANNELS = 6
LUMINANCE = (0.2126, 0.7152, 0.0722)


def guide_features(maps: Mapping[str, np.ndarray], device: torch.device) -> torch.Tensor:
    """Stacks the maps into few decorrelated channels in which squared distance means visible difference.

    maps: (h, w, 3 or 1) float32 in [0, 1]. Returns (C, h, w) float32, C <= 6, each map standardised to its weight.
    Thin dark or bright lines (joints, gaps) get channels of their own: averaging would lose them at coarse scales.
    """
    groups = []
    for name, weight in MAP_WEIGHTS.items():
        if name in maps:
            channels = torch.from_numpy(np.ascontiguousarray(maps[name], dtype=np.float32)).to(device).permute(2, 0, 1)
            groups.append(_weighted(channels[:2] if name == "normal" else channels, weight))
    groups.append(_weighted(line_structure(luminance(maps["albedo"], device)), STRUCTURE_WEIGHT))
    return _principal_channels(torch.cat(groups), NUM_CHANNELS)


def luminance(albedo_hwc: np.ndarray, device: torch.device) -> torch.Tensor:
    """Rec. 709 luma of an albedo (h, w, 3) as (h, w) float32."""
    albedo = torch.from_numpy(np.ascontiguousarray(albedo_hwc, dtype=np.float32)).to(device)
    return albedo[..., 0] * LUMINANCE[0] + albedo[..., 1] * LUMINANCE[1] + albedo[..., 2] * LUMINANCE[2]


def line_structure(luminance_hw: torch.Tensor) -> torch.Tensor:
    """What is darker or brighter than its surroundings at two scales, rectified, as (4, h, w)."""
    bands = []
    for radius in (4, 10):
        radius = min(radius, (min(luminance_hw.shape) - 1) // 2)
        detail = luminance_hw - box_blur(luminance_hw, radius)
        bands += [detail.relu(), (-detail).relu()]
    return torch.stack(bands)


def box_blur(image_hw: torch.Tensor, radius: int) -> torch.Tensor:
    """Mean over a square window, the border repeated."""
    return box_means(F.pad(image_hw[None, None], (radius,) * 4, mode="replicate")[0], radius)[0]


def box_means(image_chw: torch.Tensor, radius: int) -> torch.Tensor:
    """Means over all whole squares in an image: (C, h - 2 radius, w - 2 radius).

    The sums of `F.avg_pool2d`, across and then down, in a quarter of its time.
    """
    for axis in (2, 1):
        length = image_chw.shape[axis] - 2 * radius
        total = image_chw.narrow(axis, 0, length).clone()
        for place in range(1, 2 * radius + 1):
            total += image_chw.narrow(axis, place, length)
        image_chw = total.div_(2 * radius + 1)
    return image_chw


def halved(features_chw: torch.Tensor) -> torch.Tensor:
    """The next coarser level: 2 x 2 means (an odd last row or column is left out)."""
    height, width = (length // 2 * 2 for length in features_chw.shape[1:])
    upper, lower = features_chw[:, :height:2, :width], features_chw[:, 1:height:2, :width]
    total = upper[..., ::2] + upper[..., 1::2]
    return total.add_(lower[..., ::2]).add_(lower[..., 1::2]).div_(4)


def _weighted(channels_chw: torch.Tensor, weight: float) -> torch.Tensor:
    """Centres a map and scales it to the total variance `weight`; a constant map becomes zero."""
    centred = channels_chw - _row_mean(channels_chw)[:, None, None]
    variance = float(_row_mean(centred.square()).sum())
    return centred * (weight / variance) ** 0.5 if variance > 1e-8 else torch.zeros_like(centred)


def _row_mean(channels_chw: torch.Tensor) -> torch.Tensor:
    """Mean of each channel, summed row by row so that the number of threads cannot change a bit of it."""
    return channels_chw.mean(2).double().mean(1).float()


def _principal_channels(stack_chw: torch.Tensor, num_channels: int) -> torch.Tensor:
    """Rotates the stack to its principal components and keeps the first ones; distances stay what they were."""
    num_stacked, height, width = stack_chw.shape
    step = max(1, height * width // 65536)
    samples = stack_chw.reshape(num_stacked, -1)[:, ::step].double().cpu().numpy()
    # fixed point: sums of integers are exact in float64, so no number of threads changes the axes
    integers = np.round(samples * 4096)
    axes = np.linalg.eigh(integers @ integers.T)[1][:, ::-1][:, :num_channels]
    axes = np.round(axes * 2**24) / 2**24
    rotation = torch.from_numpy(np.ascontiguousarray(axes.T, dtype=np.float32)).to(stack_chw.device)
    return F.conv2d(stack_chw[None], rotation[:, :, None, None])[0]
