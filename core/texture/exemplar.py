# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `exemplar`: one picture of a surface becomes a seamless material of any size."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..asset import Asset, Material
from ..context import Context, span
from ..errors import InputError
from ..files.picture import read_picture
from ..request import Request
from .derivation import derive_maps, relief_of_normals
from .maps import MAPS
from .params import ExemplarParams
from .synthesis import synthesise

# a picture is brought down to the result's size, since more of it only adds time, but not below this many pixels
MIN_EXEMPLAR = 512


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `ExemplarParams`."""
    params = request.params
    assert isinstance(params, ExemplarParams)
    context.progress(0.0, "Reading the pictures")
    given = _read_maps(request, max(MIN_EXEMPLAR, params.size))
    wanted = {name: image for name, image in given.items() if name in params.maps}
    made = synthesise(
        wanted,
        (params.size, params.size),
        seed=request.seed,
        device=context.device,
        tile=context.tile,
        progress=span(context.progress, 0.02, 0.78),
    )
    missing = [name for name in params.maps if name not in made]
    relief = params.relief
    if "normal" in made and "height" not in made:
        # the normals say how deep the surface is
        context.progress(0.8, "Measuring the relief")
        relief = relief_of_normals(made["normal"], context.device)
    made |= derive_maps(
        made,
        missing,
        relief=relief,
        device=context.device,
        progress=span(context.progress, 0.8, 0.2),
    )
    maps = {name: np.ascontiguousarray(made[name], dtype=np.float32) for name in params.maps}
    name = f"{request.method}-{request.key[:8]}"
    material = Material(name, maps, (params.size_m, params.size_m), relief * params.size_m)
    return Asset(name=name, materials=(material,))


def _read_maps(request: Request, shortest: int) -> dict[str, np.ndarray]:
    """The reference pictures by role, all of the albedo's size; a large photograph is brought down to what helps."""
    paths = {reference.role: Path(reference.path) for reference in request.references}
    maps = {
        role: read_picture(path, MAPS[role].channels, shortest=shortest, srgb=MAPS[role].srgb)
        for role, path in paths.items()
    }
    sizes = {image.shape[:2] for image in maps.values()}
    if len(sizes) > 1:
        listed = ", ".join(f"{role} {image.shape[1]} x {image.shape[0]}" for role, image in maps.items())
        raise InputError(f"The pictures differ in size ({listed}). Give maps of one size.")
    return maps
