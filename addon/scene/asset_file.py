# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend with one material, character or building in it, marked as an asset: preview, tags, licence, description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...core import bundle
from ...core.errors import HostError
from .apply import Made, Place, apply
from .asset_catalogs import TEXTURES
from .building_asset import mark_as_asset as mark_building
from .building_asset import mark_row_as_asset
from .building_file import add_from_bundle as add_building
from .bundle_images import read_made
from .character_asset import mark_as_asset as mark_character
from .character_file import add_from_bundle
from .material import map_images
from .targets import Target
from .thumbnail import SIZE, ball

THUMBNAIL_SOURCE = 1024


def write_blend(folder: Path, out: Path) -> None:
    """Write the character, building or material of a bundle's folder as an asset into the .blend `out`."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    asset = bundle.asset_without_arrays(folder)
    if asset.rig is not None:
        mark_character(add_from_bundle(folder))
    elif asset.meshes:
        root, row = add_building(folder)
        _ = mark_building(root) if row is None else mark_row_as_asset(row)
    else:
        _add_material(folder)
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(out), compress=True, check_existing=False)
    except RuntimeError as error:
        raise HostError(f"'{out}' cannot be written: {error}") from error


def _add_material(folder: Path) -> None:
    made = read_made(folder, bundle.asset_without_arrays(folder).name)
    place = Place(scene=Target("", 0), mapping="UV")
    material, _ = apply(made, place, metres_per_unit=1.0)
    mark_as_asset(material, made)


def mark_as_asset(material: Any, made: Made) -> None:
    """Show the material in the Asset Browser."""
    material.asset_mark()
    data = material.asset_data
    data.catalog_id = TEXTURES
    data.description = f"{made.request.declaration.label}: {made.material.size_m[0]:g} x {made.material.size_m[1]:g} m"
    data.license = "As the reference picture"
    data.author = "Made with Maquette"
    for tag in ("Maquette", made.request.generator, made.request.method, "tileable"):
        data.tags.new(tag, skip_if_exists=True)
    set_preview(material)


def set_preview(material: Any) -> None:
    """Give the material a picture that is shaded from its own maps."""
    images = map_images(material)
    maps: dict[str, np.ndarray] = {
        name: _pixels(images[name]) for name in ("albedo", "normal", "roughness") if name in images
    }
    if "albedo" not in maps:
        return
    preview = material.preview_ensure()
    preview.image_size = (SIZE, SIZE)
    preview.image_pixels_float.foreach_set(ball(maps).ravel())


def _pixels(image: Any) -> np.ndarray:
    """(H, W, 3) float32, bottom row first; large images are thinned."""
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    step = max(1, width // THUMBNAIL_SOURCE)
    return pixels.reshape(height, width, 4)[::step, ::step, :3]
