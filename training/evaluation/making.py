# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials as a designer gets them: by a Request to the engine, from picture files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core import engine
from ...core.asset import Asset
from ...core.generators import methods
from ...core.request import Request


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
