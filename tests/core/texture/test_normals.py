# SPDX-License-Identifier: GPL-3.0-or-later
"""Normals of either convention, told apart by the height or by themselves."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from maquette.core.files.picture import read_picture
from maquette.core.texture import normals
from maquette.core.texture.normals import flip_green, is_directx, is_normal_map, unit_length

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
LIBRARY = Path(os.environ.get("MAQUETTE_DATA", SHARED / "data")) / "pbr"


def surface(seed: int, side: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """OpenGL normals (side, side, 3) of random waves, and their height (side, side, 1)."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(random.normal(size=(side, side)))
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    height = np.fft.irfft2(spectrum * np.exp(-((frequency * 24) ** 2)), (side, side))
    height = (height - height.min()) / np.ptp(height)
    down, right = np.gradient(height * 20)
    vectors = np.stack([-right, down, np.ones_like(right)], axis=2)
    encoded = vectors / np.linalg.norm(vectors, axis=2, keepdims=True) * 0.5 + 0.5
    return encoded.astype(np.float32), height[..., None].astype(np.float32)


@pytest.mark.parametrize("seed", range(4))
def test_the_convention_is_told(seed: int) -> None:
    encoded, height = surface(seed)
    for given in (None, height, 1 - height, np.full_like(height, 0.5)):
        assert is_directx(encoded, given) is False
        assert is_directx(flip_green(encoded), given) is True


def test_eight_bits_and_noise_do_not_change_the_answer() -> None:
    encoded, _ = surface(0)
    noisy = encoded + np.random.default_rng(0).normal(0, 0.02, encoded.shape)
    stored = np.rint(np.clip(noisy, 0, 1) * 255).astype(np.float32) / 255
    assert is_directx(stored) is False and is_directx(flip_green(stored)) is True


def test_flat_normals_and_noise_tell_nothing() -> None:
    assert is_directx(np.full((64, 64, 3), (0.5, 0.5, 1.0), np.float32)) is None
    noise = np.random.default_rng(0).uniform(0.3, 0.7, (256, 256, 3)).astype(np.float32)
    noise[..., 2] = 1
    assert is_directx(noise) is None


def test_flipping_twice_changes_nothing() -> None:
    encoded, _ = surface(1)
    before = encoded.copy()
    assert np.allclose(flip_green(flip_green(encoded)), before, atol=1e-6)
    assert np.array_equal(encoded, before)


def test_unit_length_mends_short_long_and_missing_normals() -> None:
    encoded, _ = surface(2)
    for scale in (0.6, 1.2):
        assert np.abs(unit_length((encoded - 0.5) * scale + 0.5) - encoded).max() < 1e-5
    assert unit_length(np.full((1, 1, 3), 0.5, np.float32)).tolist() == [[[0.5, 0.5, 1.0]]]
    inward = unit_length(np.array([[[0.9, 0.5, 0.1]]], np.float32))
    assert inward[0, 0, 2] >= 0.5


def test_a_photograph_is_no_normal_map() -> None:
    random = np.random.default_rng(0)
    assert is_normal_map(surface(0)[0])
    assert not is_normal_map(random.uniform(0, 1, (64, 64, 3)).astype(np.float32))
    assert not is_normal_map(np.zeros((64, 64, 3), np.float32))
    assert not is_normal_map(np.full((64, 64, 3), 0.5, np.float32))


def test_every_tilted_set_of_the_library_is_told() -> None:
    if not LIBRARY.is_dir():
        pytest.skip("no material library: set MAQUETTE_DATA")
    for path in sorted(LIBRARY.glob("*/normal.jpg")):
        encoded = read_picture(path, 3)[:256, :256]
        if normals.tilt_deg(encoded) > 2:
            assert is_directx(encoded) is False, path.parent.name
            assert is_directx(flip_green(encoded)) is True, path.parent.name
