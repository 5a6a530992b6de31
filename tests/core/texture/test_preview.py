# SPDX-License-Identifier: GPL-3.0-or-later
"""A quick look shows the design that the whole result has: scaled down, the result is what was looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.request import Request
from maquette.core.texture.material_request import preview_size
from maquette.core.texture.resampling import resize

from .synthetic import bricks, noise, planks

SIDE = 128


def picture(folder: Path, kind: str, side: int = 256) -> str:
    path = folder / f"{kind}.png"
    made = {"noise": noise, "bricks": bricks, "planks": planks}[kind](side, side)
    Image.fromarray(np.round(made * 255).astype(np.uint8)).save(path)
    return str(path)


def request(method: str, path: str | None, seed: int = 1, **params: Any) -> Request:
    references = [{"path": path, "role": "albedo"}] if path else []
    plain = {"generator": "texture", "method": method, "params": params, "seed": seed, "references": references}
    return Request.from_plain(plain)


def agreement(one: Request, preview: int) -> float:
    """Correlation of the quick look with the result scaled down to it, luminance."""
    quick = engine.generate(one, device="cpu", preview=preview).materials[0].maps
    final = engine.generate(one, device="cpu").materials[0].maps
    assert set(quick) == set(final)
    size = preview_size(final["albedo"].shape[:2], preview)
    assert {image.shape[:2] for image in quick.values()} == {size}
    small = resize(torch.from_numpy(final["albedo"]), size, (True, True), antialias=True).numpy()
    return float(np.corrcoef(small.mean(2).ravel(), quick["albedo"].mean(2).ravel())[0, 1])


@pytest.mark.parametrize("kind", ["noise", "bricks", "planks"])
def test_a_large_exemplar_refines_its_quick_look(tmp_path: Path, kind: str) -> None:
    assert agreement(request("exemplar", picture(tmp_path, kind), size=512, maps=["albedo"]), 256) >= 0.9


@pytest.mark.parametrize("size", [64, 300])
def test_any_size_of_exemplar_does(tmp_path: Path, size: int) -> None:
    assert agreement(request("exemplar", picture(tmp_path, "noise"), size=size, maps=["albedo"]), SIDE) >= 0.9


@pytest.mark.parametrize("seed", [1, 2])
def test_family_refines_its_quick_look(seed: int) -> None:
    assert agreement(request("family", None, seed, size=512), 256) >= 0.9


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tileable", {}),
        ("inpaint", {"x": 0.3, "y": 0.3, "width": 0.3, "height": 0.3}),
        ("extend", {}),
        ("photo", {}),
    ],
)
@pytest.mark.parametrize("kind", ["noise", "bricks"])
def test_what_stays_near_its_picture_does_too(tmp_path: Path, method: str, params: dict[str, Any], kind: str) -> None:
    assert agreement(request(method, picture(tmp_path, kind, SIDE), **params), 64) >= 0.9


def test_a_quick_look_is_never_larger_than_the_result() -> None:
    assert preview_size((64, 48), 256) == (64, 48)
    assert preview_size((512, 1024), 256) == (128, 256)
