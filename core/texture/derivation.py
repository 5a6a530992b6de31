# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps that nobody gave, estimated from those at hand; every step wraps around the tile.

What only the albedo can tell is read from it by the network of `photo`; without its weights, by classical means.

Shape letters: h, w rows and columns of the tile. Heights are in [0, 1]; `relief` times height is in tile widths.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
import torch

from ..context import Progress, span
from ..models import SHIPPED
from .features import luminance
from .occlusion import occlusion_from_height
from .photo_prediction import LARGEST, has_network, photo_network, read_picture_outputs
from .poisson import integrate_slopes
from .resampling import resize

# bands of luminance longer than this share of the tile are taken for light, not for relief
LIGHT_SHARE = 1 / 8
# how much a band of twice the wavelength weighs; between paint (0) and natural relief (1)
BAND_EXPONENT = 0.5
ROUGHNESS_RANGE = (0.4, 0.95)
# a surface that the network sees rise by less than this is flat
LEAST_RELIEF_TEXELS = 0.25


def derive_maps(
    maps: Mapping[str, np.ndarray],
    wanted: Collection[str],
    *,
    relief: float,
    device: torch.device,
    progress: Progress,
) -> dict[str, np.ndarray]:
    """The wanted maps that `maps` lacks, each (H, W, 3 or 1) float32 in [0, 1], as seamless as what they come from.

    maps: a tileable "albedo" (H, W, 3) sRGB and any others. wanted: of "normal", "roughness", "height",
    "ambient_occlusion", "metallic". relief: lowest to highest point of the surface in tile widths.
    """
    missing = [name for name in ("height", "normal", "ambient_occlusion", "roughness", "metallic") if name in wanted]
    missing = [name for name in missing if name not in maps]
    derived: dict[str, torch.Tensor] = {}
    height: torch.Tensor | None = None
    seen = _seen(maps, missing, device, span(progress, 0.0, 0.3))
    if {"height", "normal", "ambient_occlusion"} & set(missing):
        height = _height(maps, seen, device, span(progress, 0.3, 0.2))
    for number, name in enumerate(missing):
        stage = span(progress, 0.5 + 0.5 * number / len(missing), 0.5 / len(missing))
        stage(0.0, f"Deriving {name.replace('_', ' ')}")
        if name in ("roughness", "metallic") and seen:
            derived[name] = seen[name]
        elif name == "roughness":
            derived[name] = roughness_from_albedo(luminance(maps["albedo"], device), stage)[..., None]
        elif name == "metallic":
            derived[name] = torch.zeros((*maps["albedo"].shape[:2], 1), device=device)
        elif height is not None:
            derived[name] = _from_height(name, height, relief, stage)
    return {name: image.cpu().numpy() for name, image in derived.items()}


def height_from_luminance(luminance_hw: torch.Tensor, progress: Progress) -> torch.Tensor:
    """Bright is high: bands of the log luminance, each tamed and weighted by its wavelength, stretched to [0, 1].

    An undecimated B3-spline wavelet (J.-L. Starck, F. Murtagh and A. Bijaoui, 1998) splits the bands; the longest
    wavelengths are left out as lighting. The tanh keeps a few deep joints or highlights from flattening the rest.
    """
    rest = (luminance_hw.clamp(0, 1) + 0.05).log()
    height = torch.zeros_like(rest)
    num_bands = max(1, int(math.log2(max(2.0, min(rest.shape) * LIGHT_SHARE))))
    for band in range(num_bands):
        progress(band / num_bands, "Deriving height")
        smoother = spline_blur(rest, 2**band)
        detail = rest - smoother
        spread = max(_mean(detail.abs()), 1e-4)
        height += torch.tanh(detail / (3 * spread)) * (spread * 2.0 ** (BAND_EXPONENT * band))
        rest = smoother
    return stretched(height)


def relief_of_normals(encoded_hw3: np.ndarray, device: torch.device) -> float:
    """The relief, in tile widths, of the surface that a tile's normals (H, W, 3, OpenGL, encoded) describe."""
    given = torch.from_numpy(np.ascontiguousarray(encoded_hw3, dtype=np.float32)).to(device)
    low, high = reach(surface_of_normals(given))
    return (high - low) / encoded_hw3.shape[1]


def surface_of_normals(encoded_hw3: torch.Tensor) -> torch.Tensor:
    """The surface (H, W), in texels, whose slopes the normals (OpenGL, encoded) describe; see `integrate_slopes`."""
    vectors = encoded_hw3 * 2 - 1
    upward = vectors[..., 2].clamp(min=0.05)
    right, down = -vectors[..., 0] / upward, vectors[..., 1] / upward
    return surface_of_slopes(torch.stack([right, down], 2))


def surface_of_slopes(slopes_hw2: torch.Tensor) -> torch.Tensor:
    """The periodic surface (H, W), in texels, whose slopes to the right and down, at the texels, are these."""
    right, down = slopes_hw2[..., 0], slopes_hw2[..., 1]
    # a slope stands at its texel; differences live half-way to the next one
    right = 0.5 * (right + torch.roll(right, -1, 1))
    down = 0.5 * (down + torch.roll(down, -1, 0))
    return integrate_slopes(right, down)


def normal_from_height(height_hw: torch.Tensor, relief: float) -> torch.Tensor:
    """Unit normals (H, W, 3), OpenGL, encoded in [0, 1], from central differences around the tile."""
    steepness = relief * height_hw.shape[1] / 2
    right = (torch.roll(height_hw, -1, 1) - torch.roll(height_hw, 1, 1)) * steepness
    down = (torch.roll(height_hw, -1, 0) - torch.roll(height_hw, 1, 0)) * steepness
    upward = (right.square() + down.square()).add_(1).rsqrt_()
    return torch.stack([-right * upward, down * upward, upward], 2).mul_(0.5).add_(0.5)


def roughness_from_albedo(luminance_hw: torch.Tensor, progress: Progress) -> torch.Tensor:
    """A guess (H, W) in [0.4, 0.95]: busy and dark places are rough, even and bright ones are smoother.

    Busyness is the local mean deviation of the luminance from its surroundings, relative to its average in the tile;
    brightness is relative to the surroundings too, so that paint of any colour starts at the same roughness.
    """
    scale = max(1, luminance_hw.shape[1] // 256)
    near = spline_blur(luminance_hw, scale)
    progress(0.3, "Deriving roughness")
    busyness = spline_blur((luminance_hw - near).abs_(), 2 * scale)
    progress(0.6, "Deriving roughness")
    brightness = near - spline_blur(near, 8 * scale)
    contrast = busyness / max(_mean(busyness), 1e-4) - 1
    lightness = brightness / max(_mean(brightness.abs()), 1e-4)
    low, high = ROUGHNESS_RANGE
    middle = 0.5 * (low + high)
    offset = 0.1 * torch.tanh(contrast) - 0.05 * torch.tanh(lightness / 2)
    level = 0.1 * math.tanh(20 * _mean(busyness) - 0.5)
    return (middle + level + offset).clamp_(low, high)


def spline_blur(image_hw: torch.Tensor, spacing: int) -> torch.Tensor:
    """Cubic B-spline smoothing with taps `spacing` texels apart, around the tile."""
    for axis in (0, 1):
        image_hw = (
            image_hw * 0.375
            + (torch.roll(image_hw, spacing, axis) + torch.roll(image_hw, -spacing, axis)) * 0.25
            + (torch.roll(image_hw, 2 * spacing, axis) + torch.roll(image_hw, -2 * spacing, axis)) * 0.0625
        )
    return image_hw


def stretched(image_hw: torch.Tensor, flat: float = 1e-5) -> torch.Tensor:
    """Shifted and scaled to [0, 1], a thousandth clipped at each end; what reaches no further than `flat` is 0.5."""
    low, high = reach(image_hw)
    if high - low < flat:
        return torch.full_like(image_hw, 0.5)
    return ((image_hw - low) / (high - low)).clamp_(0, 1)


def reach(image_hw: torch.Tensor) -> tuple[float, float]:
    """The lowest and highest value but for a thousandth at each end."""
    step = max(1, math.isqrt(image_hw.numel() // 2**17))
    values = image_hw[::step, ::step].reshape(-1)
    outside = len(values) // 1000
    # cheaper than to sort them
    low, high = (torch.kthvalue(values, place + 1)[0] for place in (outside, len(values) - 1 - outside))
    return float(low), float(high)


def _seen(
    maps: Mapping[str, np.ndarray], missing: Collection[str], device: torch.device, progress: Progress
) -> dict[str, torch.Tensor]:
    """What the network of `photo` reads from the albedo where it is needed and there; else nothing.

    Of a tile beyond LARGEST a side, a smaller version is read, and what was read is brought up again.
    """
    told = {"height", "normal"} & set(maps)
    needed = {"roughness", "metallic"} & set(missing) or (missing and not told)
    if not needed or not has_network():
        return {}
    albedo = torch.from_numpy(np.ascontiguousarray(maps["albedo"], dtype=np.float32)).to(device)
    size, scale = albedo.shape[:2], max(1, math.ceil(max(albedo.shape[:2]) / LARGEST))
    if scale > 1:
        small = (max(1, size[0] // scale), max(1, size[1] // scale))
        albedo = resize(albedo, small, (True, True), antialias=True).clamp_(0, 1)
    found = read_picture_outputs(photo_network(SHIPPED, device), albedo, progress=progress)
    if scale == 1:
        return found
    # a slope stays what it is: rise and run grow alike
    return {name: resize(image, (size[0], size[1]), (True, True)) for name, image in found.items()}


def _height(
    maps: Mapping[str, np.ndarray], seen: Mapping[str, torch.Tensor], device: torch.device, progress: Progress
) -> torch.Tensor:
    """The tile's height (H, W): as given, else from normals, else from what the network saw, else from luminance."""
    progress(0.0, "Deriving height")
    for name in ("height", "normal"):
        if name in maps:
            given = torch.from_numpy(np.ascontiguousarray(maps[name], dtype=np.float32)).to(device)
            return given[..., 0] if name == "height" else stretched(surface_of_normals(given))
    if seen:
        return stretched(surface_of_slopes(seen["slopes"]), LEAST_RELIEF_TEXELS)
    return height_from_luminance(luminance(maps["albedo"], device), progress)


def _from_height(name: str, height_hw: torch.Tensor, relief: float, progress: Progress) -> torch.Tensor:
    if name == "normal":
        return normal_from_height(height_hw, relief)
    if name == "ambient_occlusion":
        return occlusion_from_height(height_hw, relief, progress)[..., None]
    return height_hw[..., None]


def _mean(image_hw: torch.Tensor) -> float:
    """Mean summed row by row, so that the number of threads cannot change it."""
    return float(image_hw.mean(1).double().cpu().numpy().mean())
