# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine left in a folder, as something that can be applied: for scripts, without the panel's queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core import bundle
from ...core.errors import BundleError
from ...core.request import Request
from ...core.texture.maps import MAPS
from .apply import Made
from .images import image_from_pixels, make_image, read_maps
from .record import Picture


def read_made(folder: Path, title: str, pictures: list[Picture] | None = None) -> Made:
    """The folder's first material with its images in this file: from its PNGs, else from its arrays."""
    asset = bundle.asset_without_arrays(folder)
    if not asset.materials or asset.provenance is None:
        raise BundleError(f"'{folder}' holds no material. Choose a folder that Maquette made.")
    request = Request.from_plain(asset.provenance.request, f"The Request in '{folder}'")
    images = _images(folder, title)
    report, size_px = asset.report, bundle.size_px(folder)
    return Made(title, request, pictures or [], asset.materials[0], images, report=report, size_px=size_px)


def _images(folder: Path, title: str) -> dict[str, Any]:
    names = bundle.read_manifest(folder)["files"]
    files = {Path(name).stem: folder / name for name in names if name.endswith(".png") and Path(name).stem in MAPS}
    if files:
        return {name: make_image(title, name, file) for name, file in read_maps(files, None).items()}
    maps = bundle.load(folder).materials[0].maps
    return {name: image_from_pixels(title, name, pixels) for name, pixels in maps.items() if name in MAPS}
