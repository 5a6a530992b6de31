# SPDX-License-Identifier: GPL-3.0-or-later
"""Derived maps: seamless, in range, consistent with each other and with the relief that was asked for.

By the classical means, which serve where no weights are; what the network adds is tested with `photo`.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.errors import Cancelled
from maquette.core.texture import derivation
from maquette.core.texture.derivation import derive_maps, relief_of_normals

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivation, "has_network", lambda: False)


ALL = ("normal", "roughness", "height", "ambient_occlusion", "metallic")


def derived(maps: dict[str, np.ndarray], wanted: tuple[str, ...] = ALL, relief: float = 0.02) -> dict[str, np.ndarray]:
    return derive_maps(maps, wanted, relief=relief, device=CPU, progress=lambda _fraction, _text: None)


def waves(side: int = 128) -> np.ndarray:
    """A seamless grey albedo made of a few waves around the tile, (side, side, 3)."""
    angle = 2 * np.pi * np.arange(side) / side
    grey = 0.5 + 0.2 * np.sin(5 * angle)[:, None] * np.cos(7 * angle)[None] + 0.1 * np.sin(11 * angle + 1)[None]
    return np.repeat(grey[..., None], 3, axis=2).astype(np.float32)


def slopes(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rise to the right and rise downwards of encoded OpenGL normals."""
    vector = normal * 2.0 - 1
    return -vector[..., 0] / vector[..., 2], vector[..., 1] / vector[..., 2]


def test_every_missing_map_comes_in_shape_and_range() -> None:
    maps = derived({"albedo": waves()})
    assert set(maps) == set(ALL)
    for name, image in maps.items():
        assert image.shape == (128, 128, 3 if name == "normal" else 1)
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1
    assert maps["height"].min() == 0
    assert maps["height"].max() == 1
    assert maps["roughness"].min() >= 0.4
    assert maps["roughness"].max() <= 0.95
    assert not maps["metallic"].any()


def test_given_maps_are_not_made_again() -> None:
    albedo = waves()
    assert set(derived({"albedo": albedo, "height": albedo[..., :1]}, ("height", "normal"))) == {"normal"}


@pytest.mark.parametrize("shift", [(17, 40), (64, 1)])
def test_a_rolled_tile_gives_rolled_maps(shift: tuple[int, int]) -> None:
    straight = derived({"albedo": waves()})
    rolled = derived({"albedo": np.roll(waves(), shift, (0, 1))})
    for name in ALL:
        np.testing.assert_allclose(rolled[name], np.roll(straight[name], shift, (0, 1)), atol=2e-5)


def test_normals_are_the_gradient_of_the_height() -> None:
    relief, side = 0.05, 128
    maps = derived({"albedo": waves(side)}, relief=relief)
    right, down = slopes(maps["normal"])
    height = maps["height"][..., 0].astype(np.float64) * relief * side
    np.testing.assert_allclose(right, (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2, atol=1e-4)
    np.testing.assert_allclose(down, (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 2, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(maps["normal"] * 2.0 - 1, axis=2), 1, atol=1e-5)


def test_twice_the_relief_doubles_slopes_and_darkens_hollows() -> None:
    low, high = derived({"albedo": waves()}, relief=0.02), derived({"albedo": waves()}, relief=0.04)
    np.testing.assert_array_equal(low["height"], high["height"])
    for once, twice in zip(slopes(low["normal"]), slopes(high["normal"]), strict=True):
        np.testing.assert_allclose(twice, 2 * once, atol=1e-4)
    assert (high["ambient_occlusion"] <= low["ambient_occlusion"] + 1e-6).all()
    assert high["ambient_occlusion"].mean() < low["ambient_occlusion"].mean() - 0.005


def test_slopes_do_not_depend_on_resolution() -> None:
    coarse, fine = (
        slopes(derived({"albedo": waves(n), "height": waves(n)[..., :1]}, ("normal",))["normal"]) for n in (128, 256)
    )
    assert np.abs(fine[0]).max() == pytest.approx(np.abs(coarse[0]).max(), rel=0.05)


def test_height_is_found_again_from_its_normals() -> None:
    height = waves()[..., :1]
    normal = derived({"albedo": waves(), "height": height}, ("normal",), relief=0.1)["normal"]
    found = derived({"albedo": np.full_like(waves(), 0.5), "normal": normal}, ("height",))["height"]
    assert np.corrcoef(found.ravel(), height.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("relief", [0.01, 0.05])
def test_the_relief_is_found_again_from_normals(relief: float) -> None:
    normal = derived({"albedo": np.full((128, 128, 3), 0.5, np.float32), "height": waves()}, ("normal",), relief)[
        "normal"
    ]
    reach = float(np.quantile(waves(), 0.999) - np.quantile(waves(), 0.001))
    assert relief_of_normals(normal, torch.device("cpu")) == pytest.approx(relief * reach, rel=0.05)


def test_hollows_are_darker_than_ridges() -> None:
    maps = derived({"albedo": waves(), "height": waves()[..., :1]}, ("ambient_occlusion",), relief=0.1)
    height, occlusion = waves()[..., 0], maps["ambient_occlusion"][..., 0]
    hollow, ridge = height < np.quantile(height, 0.1), height > np.quantile(height, 0.9)
    assert occlusion[hollow].mean() < occlusion[ridge].mean() - 0.05


def test_a_plain_colour_gives_a_plane() -> None:
    maps = derived({"albedo": np.full((64, 96, 3), 0.3, np.float32)})
    np.testing.assert_allclose(maps["normal"], np.broadcast_to([0.5, 0.5, 1], (64, 96, 3)), atol=1e-6)
    np.testing.assert_allclose(maps["ambient_occlusion"], 1, atol=1e-6)
    assert np.ptp(maps["roughness"]) < 1e-6


def test_cancelling_stops_the_work() -> None:
    def cancel(_fraction: float, _text: str) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        derive_maps({"albedo": waves()}, ALL, relief=0.02, device=CPU, progress=cancel)


@pytest.mark.parametrize("size", [(1, 1), (31, 17), (700, 500)])
def test_the_reach_leaves_a_thousandth_out_at_each_end(size: tuple[int, int]) -> None:
    image = torch.rand(size, generator=torch.Generator().manual_seed(0))
    step = max(1, int((image.numel() // 2**17) ** 0.5))
    ordered = image[::step, ::step].reshape(-1).sort()[0]
    outside = len(ordered) // 1000
    assert derivation.reach(image) == (float(ordered[outside]), float(ordered[len(ordered) - 1 - outside]))
