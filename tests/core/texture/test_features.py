# SPDX-License-Identifier: GPL-3.0-or-later
"""Means over squares equal those of torch's pooling."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from maquette.core.texture.features import box_blur, halved


@pytest.mark.parametrize(("size", "radius"), [((37, 53), 3), ((64, 40), 1), ((40, 64), 10), ((9, 9), 0)])
def test_a_box_blur_is_a_mean_with_the_border_repeated(size: tuple[int, int], radius: int) -> None:
    image = torch.rand(size, generator=torch.Generator().manual_seed(0))
    padded = F.pad(image[None, None], (radius,) * 4, mode="replicate")
    torch.testing.assert_close(box_blur(image, radius), F.avg_pool2d(padded, 2 * radius + 1, 1)[0, 0])


@pytest.mark.parametrize("size", [(8, 6), (33, 17), (2, 3)])
def test_the_next_level_has_means_of_four(size: tuple[int, int]) -> None:
    image = torch.rand((3, *size), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(halved(image), F.avg_pool2d(image[None], 2)[0])
