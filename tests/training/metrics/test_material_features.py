# SPDX-License-Identifier: GPL-3.0-or-later
"""Features of materials: finite whatever is flat, alike for alike crops, each group with an eye for its own."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from maquette.training.metrics.material_features import crops_of, features_of, grouped_features


def material(seed: int = 0, side: int = 160) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(random.random((side, side, 5)), (3, 3, 0), mode="wrap")
    blobs = ((blobs - blobs.mean((0, 1))) / blobs.std((0, 1)) * 0.1 + 0.5).astype(np.float32)
    normal = np.concatenate([blobs[..., 3:], np.ones((side, side, 1), np.float32)], axis=2)
    vectors = normal * 2 - 1
    normal = vectors / np.linalg.norm(vectors, axis=2, keepdims=True) * 0.5 + 0.5
    return {
        "albedo": blobs[..., :3],
        "normal": normal.astype(np.float32),
        "roughness": blobs[..., :1],
        "metallic": np.zeros((side, side, 1), np.float32),
    }


def changed_groups(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> set[str]:
    groups = [grouped_features(crops_of(maps, 2)) for maps in (first, second)]
    return {name for name in groups[0] if np.abs(groups[0][name] - groups[1][name]).max() > 1e-3}


def test_each_group_sees_its_own() -> None:
    maps = material()
    redder = maps["albedo"] * np.float32([1.0, 0.9, 0.9])
    assert "colour" in changed_groups(maps, {**maps, "albedo": redder})
    flat = np.broadcast_to(np.float32([0.5, 0.5, 1.0]), maps["normal"].shape)
    assert changed_groups(maps, {**maps, "normal": flat}) == {"slopes"}
    assert changed_groups(maps, {**maps, "roughness": maps["roughness"] * np.float32(0.5)}) == {"roughness"}
    assert changed_groups(maps, {**maps, "metallic": maps["metallic"] + 1}) == {"roughness"}


def test_features_of_even_maps_are_finite() -> None:
    channels = {"albedo": 3, "normal": 3, "roughness": 1, "metallic": 1}
    even = {name: np.full((64, 96, count), 0.5, np.float32) for name, count in channels.items()}
    features = features_of(even)
    assert features.shape[0] == 64
    assert np.isfinite(features).all()


def test_features_are_the_same_every_time() -> None:
    assert np.array_equal(features_of(material()), features_of(material()))
