# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `photo`: the maps that a photograph shows, by a learned network; the picture itself stays.

Slopes, roughness and metallic come from the network, the height from the slopes (a periodic Poisson equation), ambient
occlusion from the height. Shape letters: H, W rows and columns.
"""

from __future__ import annotations

import numpy as np
import torch

from ..asset import Asset
from ..context import Context, span
from ..models import SHIPPED
from ..request import Request
from .derivation import spline_blur
from .features import guide_features
from .lattice import is_seamless, period
from .material_request import finished_asset, preview_size, read_maps, resampled
from .params import PhotoParams
from .photo_prediction import Progress, photo_network, read_picture_outputs, without_light
from .relief import as_arrays, maps_of_slopes
from .tiling import make_tile

# what is finer than this many texels counts as detail
DETAIL_TEXELS = 4
# the slow change of brightness across a picture is longer than this share of it
LIGHT_SHARE = 1 / 4
# how a picture is made to tile, where that is asked for; `tileable` has these as controls
TRIM, BAND = 0.4, 0.15


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `PhotoParams`."""
    params = request.params
    assert isinstance(params, PhotoParams)
    context.progress(0.0, "Reading the picture")
    given = read_maps(request.references, context.warn, corners=params.corners)
    albedo = given["albedo"]
    if context.preview is not None and not params.tile:
        # the picture stays as it is, so a small one shows the same
        albedo = resampled(albedo, preview_size((albedo.shape[0], albedo.shape[1]), context.preview))
    wraps = _wraps(albedo)
    maps, relief = photo_maps(albedo, params, wraps, context.device, span(context.progress, 0.05, 0.6))
    maps = {name: image for name, image in maps.items() if name in params.maps}
    if params.tile and not all(wraps):
        made = make_tile(
            maps,
            trim=TRIM,
            band=BAND,
            seed=request.seed,
            device=context.device,
            tile=context.tile,
            progress=span(context.progress, 0.65, 0.25),
        )
        maps = made.maps
    width = params.size_m * maps["albedo"].shape[1] / albedo.shape[1]
    depth = relief * albedo.shape[1] / maps["albedo"].shape[1]
    return finished_asset(
        request, context, maps, wanted=params.maps, relief=depth, size_m=width, start=0.92, relief_is_known=True
    )


def photo_maps(
    albedo_hw3: np.ndarray, params: PhotoParams, wraps: tuple[bool, bool], device: torch.device, progress: Progress
) -> tuple[dict[str, np.ndarray], float]:
    """(all six maps, relief in picture widths) of a picture (H, W, 3) sRGB in [0, 1]."""
    picture = torch.from_numpy(np.ascontiguousarray(albedo_hw3)).to(device)
    network = photo_network(params.model, device)
    found = read_picture_outputs(network, picture, wraps, span(progress, 0.0, 0.6))
    slopes = _shaped(found["slopes"], params)
    shape, relief = maps_of_slopes(slopes, span(progress, 0.65, 0.3))
    lit = without_light(picture, found["light"], params.delight)
    made = {
        "albedo": _evened(lit, params.even_light, wraps),
        "roughness": (found["roughness"] + params.roughness).clamp(0, 1),
        "metallic": found["metallic"],
    }
    return as_arrays({**made, **shape}), relief


@torch.inference_mode()
def predict(albedo_hw3: np.ndarray, model: str = SHIPPED) -> dict[str, np.ndarray]:
    """All six maps of a tile's albedo (H, W, 3) by the network's defaults, on the CPU; (H, W, C) float32 in [0, 1]."""
    params = PhotoParams(model=model, delight=0.0, even_light=0.0)
    return photo_maps(albedo_hw3, params, (True, True), torch.device("cpu"), lambda fraction, text: None)[0]


def _wraps(albedo: np.ndarray) -> tuple[bool, bool]:
    """Whether the picture continues below its last row, and right of its last column."""
    features = guide_features({"albedo": albedo}, torch.device("cpu"))
    return tuple(is_seamless(features, axis, period(features, axis)) for axis in (0, 1))  # type: ignore[return-value]


def _shaped(slopes: torch.Tensor, params: PhotoParams) -> torch.Tensor:
    """The slopes under the controls: detail first, then strength and sign."""
    if params.detail != 1:
        coarse = torch.stack([spline_blur(slopes[..., axis], DETAIL_TEXELS // 2) for axis in (0, 1)], 2)
        slopes = coarse + params.detail * (slopes - coarse)
    return slopes * (-params.strength if params.invert else params.strength)


def _evened(picture: torch.Tensor, amount: float, wraps: tuple[bool, bool]) -> torch.Tensor:
    """The picture with the share `amount` of its slow changes of brightness taken out."""
    if amount <= 0:
        return picture
    grey = picture.mean(2)
    mirrored = grey
    for axis in (0, 1):
        if not wraps[axis]:
            mirrored = torch.cat([mirrored, mirrored.flip(axis)], axis)
    slow = (mirrored + 0.02).log()
    spacing = 1
    while 8 * spacing < LIGHT_SHARE * min(grey.shape):
        slow = spline_blur(slow, spacing)
        spacing *= 2
    slow = slow[: grey.shape[0], : grey.shape[1]]
    return (picture * (-amount * (slow - slow.mean(0).mean())).exp()[..., None]).clamp(0, 1)
