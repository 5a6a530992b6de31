# SPDX-License-Identifier: GPL-3.0-or-later
"""`family`: any size in one pass, no seam, the same bytes from the same Request, sliders that move what they name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture import family
from maquette.core.texture.family_network import LATENT, FamilyNetwork
from maquette.core.texture.family_profile import profile_of, with_profile
from maquette.core.texture.family_space import CODE_LENGTH, Code, mixed, periods_of, rendered, whole_cycles
from maquette.core.texture.family_spectrum import UNKNOWN, bands_of, spectrum_of, spread_of
from maquette.core.texture.family_statistics import (
    NUM_STATISTICS,
    moments_of,
    structure_of,
    with_moments,
    without_moments,
)
from maquette.core.texture.family_unevenness import unevenness_of
from maquette.core.texture.maps import MAP_NAMES
from maquette.core.texture.quality import quality

from .synthetic import bricks, noise


def made(references: list[object] | None = None, seed: int = 0, code: list[float] | None = None, **params: object):  # type: ignore[no-untyped-def]
    plain: dict[str, object] = {
        "generator": "texture",
        "method": "family",
        "params": {"size": 128, **params},
        "seed": seed,
    }
    plain |= {"references": references or []} | ({"code": code} if code else {})
    return engine.generate(Request.from_plain(plain), device="cpu").materials[0].maps


def picture(folder: Path, image: np.ndarray, name: str = "albedo") -> str:
    path = folder / f"{name}.png"
    Image.fromarray(np.round(image * 255).astype(np.uint8)).save(path)
    return str(path)


def test_a_sample_has_all_maps_and_no_seam() -> None:
    maps = made(seed=3)
    assert set(maps) == set(MAP_NAMES)
    assert quality(maps)["seam_z"] < 4
    np.testing.assert_allclose(np.linalg.norm(maps["normal"] * 2 - 1, axis=2), 1, atol=1e-4)


@pytest.mark.parametrize(("size", "aspect", "shape"), [(100, 1.0, (100, 100)), (256, 2.0, (128, 256))])
def test_any_size_and_aspect(size: int, aspect: float, shape: tuple[int, int]) -> None:
    assert made(size=size, aspect=aspect)["albedo"].shape[:2] == shape


def test_the_same_request_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = made(seed=1), made(seed=1), made(seed=2)
    for name in MAP_NAMES:
        np.testing.assert_array_equal(first[name], again[name])
    assert np.abs(first["albedo"] - other["albedo"]).mean() > 0.01


def test_sliders_move_what_they_name(tmp_path: Path) -> None:
    given = [picture(tmp_path, noise(128, 128))]
    plain = made(given)
    assert made(given, brightness=0.2)["albedo"].mean() > plain["albedo"].mean() + 0.1
    assert made(given, contrast=0.2)["albedo"].std() < 0.5 * plain["albedo"].std()
    grey = made(given, saturation=0.0)["albedo"]
    assert np.abs(grey - grey.mean(2, keepdims=True)).mean() < 0.01
    assert made(given, roughness=0.2)["roughness"].mean() > plain["roughness"].mean() + 0.1
    tilt = [np.abs(maps["normal"][..., :2] - 0.5).mean() for maps in (made(given, depth=0.3), plain)]
    assert tilt[0] < 0.6 * tilt[1]


def test_a_projection_has_the_pictures_colours(tmp_path: Path) -> None:
    image = np.clip(noise(128, 128) * np.array([0.9, 0.5, 0.3], np.float32), 0, 1)
    maps = made([picture(tmp_path, image)])
    np.testing.assert_allclose(maps["albedo"].mean((0, 1)), image.mean((0, 1)), atol=0.04)


def code_of(maps: torch.Tensor, latent: float = 0.0, period: float = 0.0) -> Code:
    even = without_moments(maps)
    place = torch.full((LATENT,), latent)
    profile = [part[0] for part in vars(profile_of(even)).values()]
    return Code(place, moments_of(maps)[0], torch.tensor([period, 0.0]), *profile)


def some_maps(seed: int = 0, side: int = 64) -> torch.Tensor:
    drawn = torch.rand(1, 7, side, side, generator=torch.Generator().manual_seed(seed))
    return F.avg_pool2d(F.pad(drawn, (1, 1, 1, 1), mode="circular"), 3, 1)


def test_a_code_alone_is_a_material() -> None:
    code = code_of(some_maps(), 0.3, 32.0)
    flat = list(code.flat())
    assert len(flat) == CODE_LENGTH
    back = Code.of_flat(flat)
    assert torch.equal(back.latent, code.latent)
    np.testing.assert_array_equal(made(code=flat)["albedo"], made(code=flat)["albedo"])
    with pytest.raises(InputError, match="numbers"):
        made(code=flat[:-1])


def test_an_unknown_category_is_named() -> None:
    with pytest.raises(InputError, match="knows no category 'cheese'"):
        made(category="cheese")


def test_a_category_without_a_material_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    network = FamilyNetwork(["brick", "paint"], 1).eval()
    monkeypatch.setattr(family, "_loaded", lambda model, device: network)
    with pytest.raises(InputError, match=r"'paint'\. There is: any, brick\."):
        made(category="paint")


def test_several_pictures_are_mixed_by_their_weights(tmp_path: Path) -> None:
    dark, bright = (picture(tmp_path, noise(96, 96) * f, str(f)) for f in (0.3, 1.0))
    means = []
    for share in (1.0, 9.0):
        second = {"role": "albedo", "path": bright, "weight": share}
        means.append(made([{"role": "albedo", "path": dark}, second])["albedo"].mean())
    assert means[1] > means[0] + 0.05


def test_maps_without_an_albedo_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without an albedo"):
        made([{"role": "roughness", "path": picture(tmp_path, noise(96, 96))}])


def test_mixing_lies_between() -> None:
    codes = [code_of(some_maps(0), 0.0, 0.0), code_of(some_maps(1), 1.0, 1.0)]
    between = mixed(codes, [1.0, 3.0])
    assert torch.allclose(between.latent, torch.full((LATENT,), 0.75))
    assert between.periods[0] == 1
    np.testing.assert_allclose(between.spread, 0.25 * codes[0].spread + 0.75 * codes[1].spread, atol=1e-4)


def test_what_one_material_does_not_tell_stays_unknown_in_a_mix() -> None:
    codes = [code_of(some_maps(0)), code_of(some_maps(1))]
    codes[0].spread[5] = UNKNOWN
    between = mixed(codes, [1.0, 1.0])
    assert (between.spread[5] == UNKNOWN).all()
    assert (between.spread[4] > UNKNOWN / 2).all()


def test_noise_takes_on_the_spectrum_and_the_spread_of_a_material() -> None:
    stripes = F.avg_pool2d(F.pad(some_maps(0, 64), (4, 4, 0, 0), mode="circular"), (1, 9), 1)
    even = without_moments(stripes)
    noise = without_moments(some_maps(5, 64))
    made = with_profile(noise, profile_of(even))
    before, after = ((spectrum_of(image) - spectrum_of(even)).abs().mean() for image in (noise, made))
    assert after < 0.5 * before
    np.testing.assert_allclose(spread_of(made), spread_of(even), atol=0.15)


def test_the_bands_of_a_spectrum_hold_all_there_is() -> None:
    even = without_moments(some_maps(0))
    bands = bands_of(even.shape[2:], 0.0, even.device)
    total = torch.zeros(even.shape[2] * (even.shape[3] // 2 + 1))
    for band in bands:
        if band is not None:
            total[band.index] += band.weight
    np.testing.assert_allclose(total[1:], 1.0, atol=1e-5)


def test_relief_lies_where_the_colours_say() -> None:
    """Slopes of a height that is the albedo: noise with that spectrum has them where its own albedo is steep."""
    maps = some_maps(0)
    grey = maps[:, :1]
    slopes = [torch.roll(grey, -1, axis) - torch.roll(grey, 1, axis) for axis in (3, 2)]
    even = without_moments(torch.cat([maps[:, :3], *slopes, maps[:, 5:]], 1))
    noise = without_moments(some_maps(5))
    made = with_profile(noise, profile_of(even))

    def agreement(image: torch.Tensor) -> float:
        steep = torch.roll(image[:, 0], -1, 2) - torch.roll(image[:, 0], 1, 2)
        return float(torch.corrcoef(torch.stack([steep.flatten(), image[0, 3].flatten()]))[0, 1])

    assert agreement(noise) < 0.2
    assert agreement(made) > 0.8 * agreement(even) > 0.5


def test_maps_that_are_unknown_keep_what_they_have() -> None:
    even = without_moments(some_maps(0))
    known = profile_of(even)
    for part in (known.spectrum[:, 5:], known.spectrum[:, :, 5:], known.spread[:, 5:], known.unevenness[:, 2:]):
        part[:] = UNKNOWN
    noise = without_moments(some_maps(3))
    np.testing.assert_allclose(with_profile(noise, known)[:, 5:], noise[:, 5:], atol=1e-3)


def test_noise_becomes_as_uneven_as_a_material() -> None:
    """Noise that is loud on one half: even noise is made to have loud places too."""
    maps = some_maps(0)
    grey = maps.mean((2, 3), keepdim=True)
    loud = torch.linspace(0, 2 * torch.pi, maps.shape[3]).sin().add(1.05)
    even = without_moments(grey + (maps - grey) * loud)
    noise = without_moments(some_maps(5))
    before, after = (
        (unevenness_of(image) - unevenness_of(even)).abs().mean()
        for image in (noise, with_profile(noise, profile_of(even)))
    )
    assert after < 0.5 * before


def test_moments_come_out_and_go_in_again() -> None:
    maps = torch.rand(2, 7, 48, 48, generator=torch.Generator().manual_seed(0))
    even = without_moments(maps)
    assert even[:, :3].mean((2, 3)).abs().max() < 1e-5
    np.testing.assert_allclose(with_moments(even, moments_of(maps)), maps, atol=1e-5)
    assert structure_of(even).shape == (2, NUM_STATISTICS)


def test_statistics_have_gradients_even_where_maps_are_constant() -> None:
    even = torch.zeros(1, 7, 48, 48, requires_grad=True)
    structure_of(even).sum().backward()
    assert even.grad is not None
    assert even.grad.isfinite().all()


def test_bricks_are_seen_to_repeat_and_repeat_a_whole_number_of_times() -> None:
    periods = periods_of({"albedo": bricks(128, 128, course=16, length=32)})
    assert periods[0] in (16, 32) or abs(periods[0] / 16 - round(float(periods[0]) / 16)) < 0.1
    cycles = whole_cycles(torch.tensor([16.0, 0.0]), (96, 100), 0.0)
    assert cycles.tolist() == [6.0, 0.0]


def test_the_generator_is_toroidal() -> None:
    torch.manual_seed(0)
    network = FamilyNetwork(["any"], 1).eval()
    code = code_of(some_maps())
    made_once = rendered(network, [code], (64, 64), 0.0, torch.Generator().manual_seed(0))
    change = (torch.roll(made_once, -1, 3) - made_once).abs().mean((0, 1, 2))
    assert change[-1] < change.mean() + 4 * change.std()
