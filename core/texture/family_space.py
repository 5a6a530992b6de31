# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes in the learned space of materials: where a material lies, what lies between some, and what a code looks like.

Shape letters: B batch, L latent, H, W rows and columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from .family_network import COARSEST, LATENT, FamilyNetwork, draw_noise
from .family_profile import Profile, profile_of, with_profile
from .family_spectrum import NUM_DIRECTIONS, NUM_SCALES, SHARES, UNKNOWN
from .family_statistics import (
    NUM_COLOUR_MOMENTS,
    NUM_MAPS,
    NUM_MOMENTS,
    moments_of,
    structure_of,
    with_moments,
    without_moments,
)
from .family_unevenness import BLURS, GROUPS, NUM_LEVELS
from .features import guide_features
from .lattice import period
from .resampling import doubled

# normals flatter than this are as steep as slopes get
LEAST_UPWARD = 0.1
# the arrangement is decided where a tile has no more than this many texels a side, and repeats are as long as this
DESIGN_SIDE = 256
LEAST_PERIOD = 8.0
# the network was never shown structure smaller than this, log2 of texels per texel of what it was trained on
LEAST_SCALE = -2.0
_SHAPES = {
    "latent": (LATENT,),
    "moments": (NUM_MOMENTS,),
    "periods": (2,),
    "spectrum": (NUM_MAPS, NUM_MAPS, NUM_SCALES, NUM_DIRECTIONS),
    "spread": (NUM_MAPS, len(SHARES)),
    "unevenness": (len(GROUPS), NUM_LEVELS, len(BLURS)),
}
CODE_LENGTH = sum(math.prod(shape) for shape in _SHAPES.values())
# how clearly a picture must repeat for the generator to be told
CLEAR_CONTRAST = 0.3
PROFILE = ("spectrum", "spread", "unevenness")


@dataclass(frozen=True)
class Code:
    """A place in the space: `latent` (L,), `moments` (14,), `periods` (2,) down and right in texels, 0 for none;
    `spectrum`, `spread` and `unevenness` as a `Profile` has them, without B."""

    latent: torch.Tensor
    moments: torch.Tensor
    periods: torch.Tensor
    spectrum: torch.Tensor
    spread: torch.Tensor
    unevenness: torch.Tensor

    def flat(self) -> tuple[float, ...]:
        """The code as a Request carries it."""
        return tuple(float(value) for name in _SHAPES for value in getattr(self, name).flatten())

    @classmethod
    def of_flat(cls, values: Sequence[float]) -> Code:
        """A code that a Request carries: CODE_LENGTH numbers."""
        parts = torch.split(torch.tensor(values, dtype=torch.float32), [math.prod(s) for s in _SHAPES.values()])
        return cls(*(part.reshape(shape) for part, shape in zip(parts, _SHAPES.values(), strict=True)))


def stacked(maps: Mapping[str, np.ndarray]) -> torch.Tensor:
    """(1, 7, H, W) as `family_statistics` has them, of maps (H, W, C) encoded in [0, 1]; missing ones say nothing."""
    albedo = torch.from_numpy(np.ascontiguousarray(maps["albedo"], dtype=np.float32)).permute(2, 0, 1)
    size = albedo.shape[1:]
    slopes = torch.zeros((2, *size))
    if "normal" in maps:
        vectors = torch.from_numpy(np.ascontiguousarray(maps["normal"], dtype=np.float32)).permute(2, 0, 1) * 2 - 1
        slopes = slopes_of_normals(vectors[None])[0]
    rest = [_channel(maps, name, value, size) for name, value in (("roughness", 0.5), ("metallic", 0.0))]
    return torch.cat([albedo, slopes, *rest])[None]


def slopes_of_normals(normals: torch.Tensor) -> torch.Tensor:
    """Slopes (B, 2, H, W) to the right and down of unit normals (B, 3, H, W), OpenGL."""
    upward = normals[:, 2:].clamp(min=LEAST_UPWARD)
    return torch.cat([-normals[:, :1], normals[:, 1:2]], 1) / upward


def periods_of(maps: Mapping[str, np.ndarray]) -> torch.Tensor:
    """(2,) texels after which the picture repeats down and right; 0 where it clearly does not."""
    features = guide_features(maps, torch.device("cpu"))
    found = [period(features, axis) for axis in (0, 1)]
    return torch.tensor([f.texels if f and f.contrast > CLEAR_CONTRAST else 0.0 for f in found])


@torch.no_grad()
def project(network: FamilyNetwork, maps: Mapping[str, np.ndarray]) -> Code:
    """Where a material lies: "albedo" and, if known, "normal", "roughness" and "metallic" (H, W, C) in [0, 1].

    Of a photograph alone, relief and roughness are guessed.
    """
    device = network.latents.device
    stack = stacked(maps).to(device)
    moments = moments_of(stack)
    known = {"normal", "roughness"} <= set(maps)
    picture_only = torch.full((1,), 0.0 if known else 1.0, device=device)
    even = without_moments(stack)
    latent, _, guess = network.encoder(structure_of(even), moments, picture_only)
    measured = profile_of(even)
    spectrum, spread, unevenness = (part[0].cpu() for part in vars(measured).values())
    if not known:
        moments = torch.cat([moments[:, :NUM_COLOUR_MOMENTS], guess], 1)
        # of the three kinds of maps beside the albedo nothing is known
        spectrum[3:], spectrum[:, 3:], spread[3:], unevenness[1:] = UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN
    return Code(latent[0].cpu(), moments[0].cpu(), periods_of(maps), spectrum, spread, unevenness)


def mixed(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """The weighted mean of codes; what repeats, and how, is that of the heaviest."""
    shares = torch.tensor(weights, dtype=torch.float32)
    shares = shares / shares.sum()
    parts = {name: _mean([getattr(code, name) for code in codes], shares) for name in ("latent", "moments")}
    known = {name: _mean_of_known([getattr(code, name) for code in codes], shares) for name in PROFILE}
    return Code(**parts, periods=codes[int(shares.argmax())].periods, **known)


def drawn(network: FamilyNetwork, category: str, variety: float, generator: torch.Generator) -> Code:
    """A new material: between two that were trained on, a step aside. category: "" for any. variety: 0 to 1."""
    known = network.category.cpu()
    wanted = known == network.categories.index(category) if category else torch.ones_like(known, dtype=torch.bool)
    members = wanted.nonzero()[:, 0]
    pick = members[torch.randint(0, len(members), (2,), generator=generator)]
    share = float(torch.rand(1, generator=generator)) * 0.5 * variety
    latents, moments = network.latents.cpu(), network.moments.cpu()
    latent = torch.lerp(latents[pick[0]], latents[pick[1]], share)
    spread = latents.std(0).clamp(min=1e-3)
    latent = latent + 0.3 * variety * spread * torch.randn(LATENT, generator=generator)
    tables = (moments, network.spectra, network.spreads, network.unevenness)
    between = [torch.lerp(table.cpu()[pick[0]], table.cpu()[pick[1]], share) for table in tables]
    return Code(latent, between[0], network.periods.cpu()[pick[0]], *between[1:])


def design_depth(codes: Sequence[Code], size: tuple[int, int], scale: float) -> int:
    """How often the sides of a tile are halved where its arrangement is decided, for all that is coarser.

    size: rows and columns, `design_unit` of them. What repeats must still be seen to.
    """
    periods = torch.stack([code.periods for code in codes])
    shortest = float(torch.where(periods > 0, periods, torch.inf).min()) * 2**scale
    depth = 0
    while max(size) >> depth > DESIGN_SIDE and min(size) >> (depth + 1) >= COARSEST:
        if any(side % (COARSEST << (depth + 1)) for side in size) or shortest / 2 ** (depth + 1) < LEAST_PERIOD:
            break
        depth += 1
    return depth


def design_unit(size: tuple[int, int]) -> int:
    """What the sides of a tile are multiples of, so that its arrangement can be decided at DESIGN_SIDE."""
    unit: int = COARSEST
    while max(size) * COARSEST > DESIGN_SIDE * unit and min(size) >= 2 * unit:
        unit *= 2
    return unit


@torch.no_grad()
def rendered(
    network: FamilyNetwork,
    codes: Sequence[Code],
    size: tuple[int, int],
    scale: float,
    generator: torch.Generator,
    quick: bool = False,
) -> torch.Tensor:
    """Tiles (B, 7, H, W) of the codes.

    size: rows and columns, multiples of COARSEST. scale: log2 of texels per texel of the materials trained on, best
    from -1 to 0. quick: only what is decided first, H and W halved `design_depth` times: large tiles take from there
    what is as coarse, and add what is finer.
    """
    device = network.latents.device
    assert size[0] % COARSEST == 0 and size[1] % COARSEST == 0
    moments, *parts = (
        torch.stack([getattr(code, name) for code in codes]).to(device) for name in ("moments", *PROFILE)
    )
    profile, depth = Profile(*parts), design_depth(codes, size, scale)
    even = _even(network, codes, (size[0] >> depth, size[1] >> depth), scale - depth, generator)
    even = with_profile(even, profile, scale - depth)
    if depth and not quick:
        fine = _even(network, codes, size, scale, generator)
        whole = with_profile(fine + _raised(even - _lowered(fine, depth), depth), profile, scale)
        even = _refining(whole, even, depth)
    return with_moments(even, moments)


def _even(
    network: FamilyNetwork, codes: Sequence[Code], size: tuple[int, int], scale: float, generator: torch.Generator
) -> torch.Tensor:
    """What the network makes of codes (B, 7, H, W), without moments."""
    device = network.latents.device
    cycles = torch.stack([whole_cycles(code.periods, size, scale) for code in codes])
    latents, moments = (
        torch.stack([getattr(code, name) for code in codes]).to(device) for name in ("latent", "moments")
    )
    scales = torch.full((len(codes),), max(scale, LEAST_SCALE), device=device)
    noise = draw_noise(len(codes), size, generator, device)
    return network.generator.even(latents, moments, scales, cycles.to(device), noise)


def _refining(whole: torch.Tensor, design: torch.Tensor, depth: int) -> torch.Tensor:
    """The whole with the coarse content of the design, in the strength that the whole's has."""
    coarse = _lowered(whole, depth)
    own, wanted = ((image.double().std((2, 3), keepdim=True)).clamp(min=1e-6) for image in (design, coarse))
    return whole + _raised(design * (wanted / own).to(design.dtype) - coarse, depth)


def _lowered(image: torch.Tensor, depth: int) -> torch.Tensor:
    for _ in range(depth):
        image = F.avg_pool2d(image, 2)
    return image


def _raised(image: torch.Tensor, depth: int) -> torch.Tensor:
    for _ in range(depth):
        image = doubled(image)
    return image


def whole_cycles(periods: torch.Tensor, size: tuple[int, int], scale: float) -> torch.Tensor:
    """(2,) repeats over a torus of `size`: even numbers, for every second one may differ; 0 where nothing repeats."""
    length = torch.tensor(size, dtype=torch.float32) / 2**scale
    cycles = 2 * (length / periods.clamp(min=1) / 2).round().clamp(min=1)
    return torch.where(periods > 0, cycles, torch.zeros(2))


def _mean(parts: Sequence[torch.Tensor], shares: torch.Tensor) -> torch.Tensor:
    return (torch.stack(list(parts)) * shares.reshape(-1, *[1] * parts[0].ndim)).sum(0)


def _mean_of_known(parts: Sequence[torch.Tensor], shares: torch.Tensor) -> torch.Tensor:
    """The mean where all parts are known, else UNKNOWN."""
    known = torch.stack([part > UNKNOWN / 2 for part in parts]).all(0)
    return torch.where(known, _mean(parts, shares), torch.full_like(parts[0], UNKNOWN))


def _channel(maps: Mapping[str, np.ndarray], name: str, value: float, size: torch.Size) -> torch.Tensor:
    if name not in maps:
        return torch.full((1, *size), value)
    return torch.from_numpy(np.ascontiguousarray(maps[name], dtype=np.float32)).permute(2, 0, 1)
