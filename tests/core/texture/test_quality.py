# SPDX-License-Identifier: GPL-3.0-or-later
"""The quality card's figures say what is wrong with a material, and nothing of one that is as it should be."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from maquette.core.texture.quality import FIGURES, copy_share, quality, seam_z
from maquette.training.metrics import texture as metrics

from .synthetic import noise

FIGURE = {figure.name: figure for figure in FIGURES}


def plausible(side: int = 96) -> dict[str, np.ndarray]:
    up = np.broadcast_to(np.float32([0.5, 0.5, 1.0]), (side, side, 3))
    albedo = 0.3 + 0.4 * noise(side, side, mode="wrap")
    return {"albedo": albedo, "normal": up, "metallic": np.zeros((side, side, 1), np.float32)}


def faults(maps: dict[str, np.ndarray]) -> set[str]:
    return {name for name, value in quality(maps).items() if not FIGURE[name].is_fine(value)}


def test_a_plausible_material_has_no_faults() -> None:
    assert faults(plausible()) == set()


def test_each_fault_is_seen_alone() -> None:
    maps = plausible()
    rows = np.arange(96)[:, None, None] / 96
    assert faults({**maps, "albedo": (0.5 * maps["albedo"] + 0.4 * rows).astype(np.float32)}) == {"seam_z"}
    assert faults({**maps, "metallic": maps["metallic"] + np.float32(0.5)}) == {"metallic_between"}
    assert faults({**maps, "normal": maps["normal"] * np.float32(0.9)}) == {"normal_length_fault"}
    assert faults({**maps, "albedo": maps["albedo"] * np.float32(0.1)}) == {"albedo_low"}
    assert faults({**maps, "albedo": np.clip(maps["albedo"] + np.float32(0.6), 0, 1)}) >= {"albedo_high", "clipped"}


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_an_even_colour_has_finite_figures(value: float) -> None:
    figures = quality({"albedo": np.full((64, 80, 3), value, np.float32)})
    assert np.isfinite(list(figures.values())).all()
    assert figures["seam_z"] == 0


def test_seam_equals_the_metric_where_every_texel_is_looked_at() -> None:
    image = noise(90, 120)
    assert seam_z(image) == pytest.approx(metrics.seam_z(torch.from_numpy(image).permute(2, 0, 1)), rel=1e-3)


def test_copy_share_is_the_largest_connected_piece() -> None:
    offsets = (ndimage.gaussian_filter(np.random.default_rng(0).random((64, 64)), 3) * 40).astype(int)
    rows, columns = np.mgrid[0:64, 0:64]
    largest = max(np.bincount(ndimage.label(offsets == n)[0].ravel())[1:].max() for n in np.unique(offsets))
    assert copy_share(rows + offsets, columns + 3) == pytest.approx(largest / 64**2, abs=1e-6)


def test_copy_share_of_a_whole_copy_is_all() -> None:
    rows, columns = np.mgrid[0:512, 0:512]
    assert copy_share(rows + 7, columns) == 1.0
