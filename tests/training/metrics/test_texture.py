# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's own figures agree with those that the research was measured with."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from maquette.training.metrics import texture as metrics
from maquette.training.metrics.prototype import prototype_folder, prototype_module


def blobs(seed: int, rows: int, columns: int) -> torch.Tensor:
    drawn = torch.rand(1, 3, rows, columns, generator=torch.Generator().manual_seed(seed))
    return F.avg_pool2d(drawn, 5, 1, 2)[0]


def test_figures_equal_those_of_the_prototype() -> None:
    folder = prototype_folder()
    if folder is None:
        pytest.skip("the prototype is not here: set MAQUETTE_PROTOTYPES to its folder")
    exemplar = blobs(0, 128, 128)
    output = torch.cat([exemplar, exemplar.flip(1)], 2)[:, :, 30:158].contiguous()
    theirs = prototype_module(folder, "metrics").suite(output, exemplar)
    nearest = metrics.nearest_patches(output, exemplar)
    ours = {
        "seam_z": metrics.seam_z(output),
        "swd_mean": metrics.sliced_wasserstein(output, exemplar),
        "steer": metrics.steerable_difference(output, exemplar),
        "perr": nearest.patch_error,
        "copy": metrics.largest_copy(nearest),
        "usage": metrics.usage(nearest),
    }
    for name, value in ours.items():
        assert value == pytest.approx(theirs[name], abs=1e-3), name


def test_a_cut_through_the_image_shows_as_a_seam_and_in_its_band() -> None:
    exemplar = blobs(1, 160, 160)
    cropped = exemplar[:, :120, :120].contiguous()
    assert metrics.seam_z(cropped) > 5
    nearest = metrics.nearest_patches(cropped, exemplar)
    assert metrics.wrap_band_ratio(nearest) > 5


def test_a_copy_is_found_to_be_one() -> None:
    exemplar = blobs(2, 96, 96)
    nearest = metrics.nearest_patches(exemplar, exemplar)
    assert nearest.error[:40, :40].max() < 1e-5 * nearest.variance
    # all but the patches across the border, which no exemplar holds
    assert metrics.largest_copy(nearest) >= (40 / 48) ** 2 - 1e-6
