# SPDX-License-Identifier: GPL-3.0-or-later
"""`photo`: maps that fit each other, controls that do what they say, no seam at borders or between tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture import photo_prediction
from maquette.core.texture.derivation import derive_maps
from maquette.core.texture.maps import MAP_NAMES, MAPS
from maquette.core.texture.photo import predict
from maquette.core.texture.photo_network import Convolution, PhotoNetwork, normals_of_slopes, read_outputs
from maquette.core.texture.photo_prediction import photo_network, read_picture_outputs, without_light

from .synthetic import bricks, noise


def made(folder: Path, albedo: np.ndarray, **params: object) -> dict[str, np.ndarray]:
    path = folder / "albedo.png"
    Image.fromarray(np.round(albedo * 255).astype(np.uint8)).save(path)
    plain = {"generator": "texture", "method": "photo", "params": params, "references": [str(path)]}
    return engine.generate(Request.from_plain(plain), device="cpu").materials[0].maps


def slopes(normal: np.ndarray) -> np.ndarray:
    vectors = normal * 2 - 1
    return np.stack([-vectors[..., 0], vectors[..., 1]], 2) / vectors[..., 2:]


def test_all_maps_come_at_the_pictures_size(tmp_path: Path) -> None:
    maps = made(tmp_path, bricks(96, 160))
    assert set(maps) == set(MAP_NAMES)
    for name, image in maps.items():
        assert image.shape == (96, 160, MAPS[name].channels)
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1
    np.testing.assert_allclose(np.linalg.norm(maps["normal"] * 2 - 1, axis=2), 1, atol=1e-5)


def test_strength_and_invert_scale_the_slopes(tmp_path: Path) -> None:
    plain = slopes(made(tmp_path, bricks())["normal"])
    np.testing.assert_allclose(slopes(made(tmp_path, bricks(), strength=2.0)["normal"]), 2 * plain, atol=1e-4)
    np.testing.assert_allclose(slopes(made(tmp_path, bricks(), invert=True)["normal"]), -plain, atol=1e-4)
    assert not slopes(made(tmp_path, bricks(), strength=0.0)["normal"]).any()


def test_less_detail_is_smoother(tmp_path: Path) -> None:
    def busyness(detail: float) -> float:
        normal = slopes(made(tmp_path, noise(128, 128), detail=detail)["normal"])
        return float(np.abs(np.diff(normal, axis=0)).mean())

    assert busyness(0.0) < busyness(1.0) < busyness(2.0)


def test_slow_changes_of_brightness_are_evened_out(tmp_path: Path) -> None:
    shaded = bricks() * np.linspace(0.5, 1.0, 128, dtype=np.float32)[None, :, None]

    def drift(even_light: float) -> float:
        albedo = made(tmp_path, shaded, even_light=even_light, delight=0.0)["albedo"]
        return abs(float(albedo[:, :32].mean() - albedo[:, -32:].mean()))

    assert drift(1.0) < 0.5 * drift(0.0)


def test_without_controls_the_albedo_is_the_picture(tmp_path: Path) -> None:
    albedo = bricks()
    kept = made(tmp_path, albedo, even_light=0.0, delight=0.0)["albedo"]
    assert np.abs(kept - albedo).max() <= 0.5 / 255 + 1e-6


def test_a_seamless_picture_gives_maps_that_move_with_it() -> None:
    albedo = noise(128, 128, mode="wrap")
    straight = predict(albedo)
    moved = predict(np.roll(albedo, (32, 64), (0, 1)))
    for name, image in straight.items():
        # half precision leaves hundredths of the little relief of noise
        assert np.abs(np.roll(image, (32, 64), (0, 1)) - moved[name]).mean() < (0.03 if name == "height" else 6e-3), (
            name
        )


def test_tiles_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = torch.from_numpy(noise(512, 512, mode="wrap"))
    network = photo_network("shipped", torch.device("cpu"))
    monkeypatch.setattr(photo_prediction, "LARGEST", 256)
    monkeypatch.setattr(photo_prediction, "TILE", 256)
    monkeypatch.setattr(photo_prediction, "OVERLAP", 64)
    with torch.inference_mode():
        tiled = read_picture_outputs(network, picture, largest=256)["slopes"]
    change = (torch.roll(tiled, -1, 1) - tiled).abs().mean((0, 2))
    scores = (change - change.mean()) / change.std()
    assert max(scores[255], scores[511]) < 3


def test_tiled_pictures_of_any_size_are_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_prediction, "TILE", 128)
    monkeypatch.setattr(photo_prediction, "OVERLAP", 32)
    network = photo_network("shipped", torch.device("cpu"))
    with torch.inference_mode():
        found = read_picture_outputs(network, torch.full((200, 333, 3), 0.5), (False, False), largest=128)
    assert found["roughness"].shape == (200, 333, 1)
    # an even picture has an even answer, whatever tiles it was read in
    assert found["roughness"].std() < 0.02


def test_what_is_done_by_hand_without_gradients_changes_nothing() -> None:
    """torch's own circular convolution and fresh memory are the plain reference."""
    random = torch.Generator().manual_seed(0)
    network = PhotoNetwork(widths=(8, 16, 24)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    picture = torch.rand((2, 3, 32, 48), generator=random)
    plain = network(picture).detach()
    with torch.inference_mode():
        torch.testing.assert_close(network(picture), plain, rtol=1e-4, atol=1e-5)
    convolution, given = Convolution(3, 4), torch.rand((1, 3, 5, 7), generator=random)
    with torch.no_grad():
        found = convolution(given)
    torch.testing.assert_close(found, torch.nn.Conv2d.forward(convolution, given).detach())


def test_the_number_of_threads_changes_no_byte() -> None:
    before, found = torch.get_num_threads(), []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(predict(bricks()))
    torch.set_num_threads(before)
    for name in MAP_NAMES:
        np.testing.assert_array_equal(found[0][name], found[1][name])


def test_light_is_taken_out_by_its_share() -> None:
    light = torch.linspace(-1, 1, 64)[None, :, None].expand(64, 64, 1)
    lit = 0.4 * 2 ** (light / photo_prediction.GAMMA).expand(-1, -1, 3)
    assert without_light(lit, light, 1.0).std() < 1e-6
    assert without_light(lit, light, 0.0).std() > 0.05


def test_missing_maps_of_other_methods_are_read_by_the_network() -> None:
    albedo = bricks()
    maps = derive_maps(
        {"albedo": albedo}, ("roughness", "height"), relief=0.02, device=torch.device("cpu"), progress=lambda f, t: None
    )
    np.testing.assert_array_equal(maps["roughness"], predict(albedo)["roughness"])


def test_a_constant_picture_has_no_relief() -> None:
    maps = derive_maps(
        {"albedo": np.full((128, 128, 3), 0.4, np.float32)},
        ("height",),
        relief=0.02,
        device=torch.device("cpu"),
        progress=lambda f, t: None,
    )
    assert maps["height"].std() < 0.02


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no model 'mine'"):
        made(tmp_path, bricks(), model="mine")


def test_a_network_learns_to_see_slopes() -> None:
    """A sine wave whose brightness is its height: a few steps halve the error of flat normals."""
    torch.manual_seed(0)
    network = PhotoNetwork((16, 16, 16, 16, 16))
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    place = torch.arange(64) * (2 * np.pi / 16)
    height = place.sin()[None, None, None].expand(1, 1, 64, 64)
    truth = normals_of_slopes(torch.cat([place.cos()[None, None, None].expand_as(height), torch.zeros_like(height)], 1))
    picture = (0.5 + 0.3 * height).expand(-1, 3, -1, -1)
    errors = []
    for _ in range(40):
        found = normals_of_slopes(read_outputs(network(picture))["slopes"])
        loss = (found - truth).square().sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        errors.append(loss.item())
    assert errors[-1] < 0.5 * errors[0]
