# SPDX-License-Identifier: GPL-3.0-or-later
"""Several exemplars in one material: each where it is wanted, in statistics between theirs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.texture.alignment import transported
from maquette.core.texture.mixture import blend
from maquette.core.texture.regions import Regions, frames_of, sheet_of

from .synthetic import bricks, noise

CPU = torch.device("cpu")


def silent(_fraction: float, _text: str) -> None:
    """Progress that nobody watches."""


def coloured(colour: tuple[float, float, float], seed: int, rows: int = 120, columns: int = 100) -> np.ndarray:
    """Noise around a colour."""
    return (np.array(colour) + 0.2 * (noise(rows, columns, seed) - 0.5)).astype(np.float32)


RED, BLUE = coloured((0.7, 0.3, 0.2), 0), coloured((0.2, 0.3, 0.7), 1, 90, 130)


def blended(weights: tuple[float, ...], mask: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    maps = [{"albedo": RED}, {"albedo": BLUE}]
    return blend(maps, weights, mask, (128, 128), seed=seed, device=CPU, progress=silent)["albedo"]


def test_a_transported_map_has_the_models_moments() -> None:
    moved = transported({"albedo": RED}, {"albedo": BLUE})["albedo"].reshape(-1, 3)
    np.testing.assert_allclose(moved.mean(0), BLUE.reshape(-1, 3).mean(0), atol=0.01)
    np.testing.assert_allclose(np.cov(moved.T), np.cov(BLUE.reshape(-1, 3).T), atol=5e-4)


def test_metal_stays_metal() -> None:
    metal, none = np.ones((64, 64, 1), np.float32), np.zeros((64, 64, 1), np.float32)
    assert (transported({"metallic": metal}, {"metallic": none})["metallic"] == 1).all()


def test_a_mask_says_where_the_second_shows() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[16:48, 16:48] = 1
    image = blended((1, 1), mask)
    np.testing.assert_allclose(image[48:80, 48:80].mean((0, 1)), BLUE.mean((0, 1)), atol=0.06)
    np.testing.assert_allclose(image[:16].mean((0, 1)), RED.mean((0, 1)), atol=0.06)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_weights_decide_the_colours_all_over(share: float) -> None:
    image = blended((1 - share, share))
    between = (1 - share) * RED.mean((0, 1)) + share * BLUE.mean((0, 1))
    np.testing.assert_allclose(image.mean((0, 1)), between, atol=0.03)
    # one distribution, not two: no texel is as red or as blue as the pictures are
    assert image[..., 0].std() < 0.1


def test_weights_decide_how_much_of_each_structure_there_is() -> None:
    rough = {"albedo": noise(120, 120)}
    lined = {"albedo": bricks(120, 120)}
    # metal is never moved between the two, so it tells where each texel comes from
    covered = []
    for weights in ((3.0, 1.0), (1.0, 3.0)):
        maps = [
            {**rough, "metallic": np.zeros((120, 120, 1), np.float32)},
            {**lined, "metallic": np.ones((120, 120, 1), np.float32)},
        ]
        made = blend(maps, weights, None, (192, 192), seed=1, device=CPU, progress=silent)
        covered.append(float(made["metallic"].mean()))
    assert 0.02 < covered[0] < 0.5 < covered[1] < 0.98


def test_the_same_seed_gives_the_same_bytes() -> None:
    mask = np.linspace(0, 1, 64, dtype=np.float32)[:, None].repeat(64, 1)
    assert blended((1, 1), mask, 3).tobytes() == blended((1, 1), mask, 3).tobytes()


def test_windows_on_a_sheet_lie_in_one_exemplar() -> None:
    frames = frames_of([(20, 30), (24, 18)], 8)
    sheet = sheet_of([torch.zeros(20, 30, 1), torch.ones(24, 18, 1)], frames)
    assert sheet.shape[:2] == (24, frames[1].left + 18)
    regions = Regions(frames, (0.5, 0.5), None)
    allowed = regions.allowed(sheet.shape[0] - 6, sheet.shape[1] - 6, 7)
    assert int(allowed.sum()) == 14 * 24 + 18 * 12
    rows, columns = regions.inside(torch.tensor([50, -3]), torch.tensor([26, 33]), 7)
    assert allowed[rows, columns].all()
