# SPDX-License-Identifier: GPL-3.0-or-later
"""Crops: the same batch whatever came before, normals that turn with the picture, bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from maquette.core.errors import InputError
from maquette.training.data import crops
from maquette.training.data.crops import NO_AUGMENTATION, Augmentation, CropStream, turned
from maquette.training.data.material_folder import MaterialSet, read_maps, scan

from .library import bumps, normals_of, save, save_set

SET_BYTES = 9 * 129 * 129


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[MaterialSet, ...]:
    folder = tmp_path_factory.mktemp("library")
    for number in range(5):
        save_set(
            folder / f"brick__B{number}", {"albedo": "albedo.png", "normal": "normal.png", "height": "h_.png"}, number
        )
    save_set(folder / "metal__M1", {"albedo": "albedo.png", "roughness": "roughness.png"}, 9)
    return scan(folder).sets


def equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[key], second[key]) for key in first)


def test_shapes_ranges_and_masks(sets: tuple[MaterialSet, ...]) -> None:
    batch = CropStream(sets, 32, 24, 0).batch(0)
    maps = batch["maps"]
    assert maps.shape == (24, 9, 32, 32) and maps.dtype == torch.float32
    assert maps[:, :3].min() >= 0 and maps[:, 6:].max() <= 1
    assert torch.allclose(maps[:, 3:6].norm(dim=1), torch.ones(24, 32, 32), atol=1e-5)
    for mask, index in zip(batch["mask"], batch["index"], strict=True):
        metal = sets[int(index)].category == "metal"
        assert mask.tolist() == ([1, 0, 1, 0, 0] if metal else [1, 1, 0, 1, 0])


@pytest.mark.parametrize("max_bytes", [2**30, 2 * SET_BYTES])
def test_a_batch_is_the_same_whatever_came_before(sets: tuple[MaterialSet, ...], max_bytes: int) -> None:
    first, second = (CropStream(sets, 32, 40, 3, max_bytes=max_bytes) for _ in range(2))
    run = [first.batch(number) for number in range(12)]
    assert all(equal(second.batch(number), run[number]) for number in (11, 2, 7, 7))
    assert not equal(run[0], run[1])
    assert not equal(CropStream(sets, 32, 40, 4, max_bytes=max_bytes).batch(0), run[0])


def test_memory_stays_bounded_and_every_set_comes(
    sets: tuple[MaterialSet, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    def counted(material: MaterialSet, shortest: int | None) -> dict[str, np.ndarray]:
        reads.append(material.name)
        return read_maps(material, shortest)

    monkeypatch.setattr(crops, "read_maps", counted)
    stream = CropStream(sets, 16, 32, 0, max_bytes=2 * SET_BYTES)
    seen: list[int] = []
    for number in range(4 * len(sets)):
        seen += stream.batch(number)["index"].tolist()
        assert sum(array.nbytes for array in stream._kept.values()) <= stream.max_bytes
    assert set(seen) == set(range(len(sets)))
    assert len(reads) <= 0.1 * len(seen)


def test_crops_without_augmentation_are_windows_of_the_torus(sets: tuple[MaterialSet, ...]) -> None:
    batch = CropStream(sets, 48, 4, 0, augmentation=NO_AUGMENTATION).batch(0)
    for crop, index in zip(batch["maps"], batch["index"], strict=True):
        albedo = torch.from_numpy(read_maps(sets[int(index)])["albedo"]).permute(2, 0, 1)
        windows = albedo.repeat(1, 2, 2).unfold(1, 48, 1).unfold(2, 48, 1)[:, :128, :128]
        # a few texels find where the window can be
        likely = (windows[..., ::16, ::16] - crop[:3, None, None, ::16, ::16]).abs().amax((0, 3, 4)) < 1e-6
        assert any(torch.allclose(windows[:, row, column], crop[:3], atol=1e-6) for row, column in likely.nonzero())


def test_normals_still_belong_to_the_height_after_any_turn() -> None:
    height = bumps(1)
    vectors = torch.from_numpy(normals_of(height)).permute(2, 0, 1) * 2 - 1
    maps = torch.cat(
        [torch.zeros(3, 128, 128), vectors, torch.zeros(2, 128, 128), torch.from_numpy(height)[None].float()]
    )
    positions = set()
    for turn in range(8):
        moved = turned(maps.clone(), turn)
        again = torch.from_numpy(normals_of(moved[8].double().numpy())).permute(2, 0, 1) * 2 - 1
        assert torch.allclose(moved[3:6], again, atol=1e-4), turn
        positions.add(moved[8, 3, 5].item())
    assert len(positions) == 8


def test_smaller_scales_show_more_of_a_set(tmp_path: Path) -> None:
    ramp = np.repeat(np.linspace(0, 1, 256)[None, :, None], 256, 0) * np.ones(3)
    save(tmp_path / "ramp_albedo.png", ramp)
    sets = scan(tmp_path).sets

    def typical_step(scale: float) -> float:
        stream = CropStream(sets, 64, 8, 0, augmentation=Augmentation(False, (scale, scale)))
        return float(stream.batch(0)["maps"][:, 0].diff(dim=2).abs().median())

    assert typical_step(0.5) == pytest.approx(2 * typical_step(1.0), rel=0.05)


def test_no_sets_is_a_sentence() -> None:
    with pytest.raises(InputError, match="no materials"):
        CropStream((), 32, 4, 0)
