# SPDX-License-Identifier: GPL-3.0-or-later
"""Shadows of what stands in a window are those of the whole sweep."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.architecture.sun_path import sun_path
from maquette.core.architecture.sun_sweep import ShadowSweep
from maquette.core.architecture.sun_window import WindowSweep


@pytest.mark.parametrize("window", [(slice(8, 20), slice(11, 30)), (slice(0, 26), slice(0, 9))])
@pytest.mark.parametrize("north_deg", [0.0, 31.0])
def test_a_window_has_the_shadows_of_the_whole_sweep(window: tuple[slice, slice], north_deg: float) -> None:
    random = torch.Generator().manual_seed(4)
    shape = (26, 38)
    standing = torch.rand(shape, generator=random) * 20 * (torch.rand(shape, generator=random) > 0.7)
    standing[window] = 0
    own = torch.rand(3, *standing[window].shape, generator=random) * 30
    also = np.array([0, 5, 37, 400, 987])
    sweep = ShadowSweep(sun_path(52.0, north_deg, step_h=0.5), shape, 2.0)
    whole = standing.repeat(3, 1, 1)
    whole[:, window[0], window[1]] = own
    plain = sweep.shadow_heights(whole)
    near, far = WindowSweep(sweep, *window, standing, also).shadow_heights(own)
    assert torch.equal(near, plain[:, :, window[0], window[1]])
    assert torch.equal(far, plain.flatten(2)[:, :, torch.from_numpy(also)])
