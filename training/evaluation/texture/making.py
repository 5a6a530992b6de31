# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials as a designer gets them: by a Request to the engine, from picture files."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from ....core import engine
from ....core.asset import Asset
from ....core.generators import find_method, methods
from ....core.models import SHIPPED, find_model
from ....core.request import Request


def has_method(name: str) -> bool:
    """Whether this Maquette has the texture method."""
    return ("texture", name) in methods()


def make_asset(method: str, pictures: Mapping[str, str], *, seed: int, device: str = "cpu", **params: Any) -> Asset:
    """What a texture method makes of the pictures (paths by role)."""
    references = [{"role": role, "path": path} for role, path in pictures.items()]
    plain = {"generator": "texture", "method": method, "params": params, "seed": seed, "references": references}
    return engine.generate(Request.from_plain(plain), device=device)


def make(method: str, pictures: Mapping[str, str], *, seed: int, device: str = "cpu", **params: Any) -> dict[str, Any]:
    """The maps, (H, W, C) float32 in [0, 1] by name, that a texture method makes of the pictures."""
    maps: dict[str, np.ndarray] = make_asset(method, pictures, seed=seed, device=device, **params).materials[0].maps
    return maps


def tile_maps(maps: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], tuple[int, int], np.ndarray]:
    """What `tileable` makes of maps by its defaults: the tile's maps, the picture's texel that its first one shows
    (but for cuts), and the band along the cuts (H, W) in which alone it may have changed anything."""
    tiling = importlib.import_module("maquette.core.texture.tiling")
    defaults = find_method("texture", "tileable").params().to_plain()
    wishes = {name: defaults[name] for name in ("trim", "band")}
    tile = tiling.make_tile(maps, seed=0, device=torch.device("cpu"), progress=lambda fraction, text: None, **wishes)
    height, width = tile.changed.shape
    shifts = (tile.rows - np.arange(height)[:, None]) % height, (tile.columns - np.arange(width)[None]) % width
    down, right = (int(np.bincount(shift.ravel()).argmax()) for shift in shifts)
    return tile.maps, (down, right), tile.changed


def predict_maps(albedo: np.ndarray) -> dict[str, np.ndarray]:
    """What the shipped `photo` reads from an albedo (H, W, 3): "normal", "roughness" and more of the same size."""
    maps: dict[str, np.ndarray] = importlib.import_module("maquette.core.texture.photo").predict(albedo)
    return maps


def project_maps(maps: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the shipped `family` answers to complete maps: maps of the same size from its learned space."""
    from ....core.texture import family_space
    from ....core.texture.family_network import COARSEST
    from ...texture.family_judge import unstacked

    network = _family_network()
    height, width = maps["albedo"].shape[:2]
    # sides of the generator's own step: what is beyond the asked ones is cut off
    size = (-(-height // COARSEST) * COARSEST, -(-width // COARSEST) * COARSEST)
    with torch.inference_mode():
        code = family_space.project(network, maps)
        stack = family_space.rendered(network, [code], size, 0.0, torch.Generator().manual_seed(0))
    return unstacked(stack[..., :height, :width])


def sample_maps(seed: int, size: int) -> dict[str, np.ndarray]:
    """A material that the shipped `family` makes by chance, all maps of (size, size)."""
    return make("family", {}, seed=seed, size=size)


@functools.cache
def _family_network() -> Any:
    """The shipped network, in memory once it has been asked for."""
    from ....core.texture.family_network import FamilyNetwork
    from ....core.weights import load_network

    return load_network(find_model("texture", "family", SHIPPED), FamilyNetwork, torch.device("cpu"))
