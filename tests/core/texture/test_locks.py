# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lock keeps is the same to the bit; the rest is new, and fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture.locks import Region, read_region

from .synthetic import noise


def request(method: str, folder: Path, seed: int, **params: Any) -> Request:
    path = folder / "picture.png"
    if not path.exists():
        Image.fromarray(np.round(noise(128, 128) * 255).astype(np.uint8)).save(path)
    references = [] if method == "family" else [{"path": str(path), "role": "albedo"}]
    plain = {"generator": "texture", "method": method, "params": params, "seed": seed, "references": references}
    return Request.from_plain(plain).hashed()


def locked(one: Request, kept: Request, *parts: str, preview: int | None = None) -> dict[str, np.ndarray]:
    holding = replace(one, locks=dict.fromkeys(parts, kept.key))
    return engine.generate(holding, device="cpu", kept={kept.key: kept}, preview=preview).materials[0].maps


def maps_of(one: Request, preview: int | None = None) -> dict[str, np.ndarray]:
    return engine.generate(one, device="cpu", preview=preview).materials[0].maps


@pytest.mark.parametrize("method", ["exemplar", "family"])
@pytest.mark.parametrize("preview", [None, 64])
def test_a_locked_map_stays_to_the_bit(tmp_path: Path, method: str, preview: int | None) -> None:
    kept, other = (request(method, tmp_path, seed, size=128) for seed in (1, 2))
    before, after = maps_of(kept, preview), locked(other, kept, "albedo", preview=preview)
    np.testing.assert_array_equal(after["albedo"], before["albedo"])
    if method == "family":
        assert np.abs(after["roughness"] - before["roughness"]).max() > 0.01


def test_normals_follow_a_locked_height(tmp_path: Path) -> None:
    kept, other = (request("family", tmp_path, seed, size=128) for seed in (1, 2))
    before, after = maps_of(kept), locked(other, kept, "height")
    np.testing.assert_array_equal(after["height"], before["height"])
    slopes = [maps["normal"][..., :2].reshape(-1) - 0.5 for maps in (before, after, maps_of(other))]
    assert np.corrcoef(slopes[0], slopes[1])[0, 1] > 0.8
    assert np.corrcoef(slopes[1], slopes[2])[0, 1] < 0.3


@pytest.mark.parametrize(("method", "preview"), [("exemplar", None), ("family", None), ("family", 64)])
def test_a_locked_region_stays_to_the_bit_without_a_seam(tmp_path: Path, method: str, preview: int | None) -> None:
    kept, other = (request(method, tmp_path, seed, size=128) for seed in (1, 2))
    before, after = maps_of(kept, preview), locked(other, kept, "region 0.25 0.5 0.5 0.25", preview=preview)
    inside = read_region("region 0.25 0.5 0.5 0.25").inside(before["albedo"].shape[:2])
    for name, image in after.items():
        np.testing.assert_array_equal(image[inside], before[name][inside], err_msg=name)
    far = np.s_[: inside.shape[0] // 4]
    np.testing.assert_array_equal(after["albedo"][far], maps_of(other, preview)["albedo"][far])


def test_maps_and_regions_are_locked_together(tmp_path: Path) -> None:
    kept, other = (request("family", tmp_path, seed, size=128) for seed in (1, 2))
    before, after = maps_of(kept), locked(other, kept, "albedo", "region 0 0 0.5 0.5")
    np.testing.assert_array_equal(after["albedo"], before["albedo"])
    np.testing.assert_array_equal(after["roughness"][:64, :64], before["roughness"][:64, :64])


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("roof", "can lock"),
        ("region 0.5 0.5 0.6 0.1", "names no region"),
        ("region here", "names no region"),
        ("metallic", "is not made"),
    ],
)
def test_what_cannot_be_locked_is_said(tmp_path: Path, part: str, says: str) -> None:
    kept, other = (request("tileable", tmp_path, seed, maps=["albedo", "height"]) for seed in (1, 2))
    with pytest.raises(InputError, match=says):
        locked(other, kept, part)


def test_another_size_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="128 x 128 px, and this one has 64 x 64"):
        locked(request("family", tmp_path, 1, size=64), request("family", tmp_path, 2, size=128), "albedo")


def test_a_region_has_a_texel_at_least() -> None:
    assert Region(0.999, 0.999, 0.001, 0.001).inside((64, 64)).sum() == 1
    assert Region(0.25, 0.5, 0.5, 0.25).inside((8, 8)).nonzero()[0].min() == 4
