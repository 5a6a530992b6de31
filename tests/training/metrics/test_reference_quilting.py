# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain quilting is what it says: blocks of the exemplar, joined where they agree."""

from __future__ import annotations

import numpy as np

from maquette.training.metrics.reference_quilting import quilt_plainly


def test_every_texel_is_one_of_the_exemplar() -> None:
    exemplar = np.random.default_rng(0).random((48, 56, 2), dtype=np.float32)
    made = quilt_plainly(exemplar, 80, block=24)
    assert made.shape == (80, 80, 2)
    known = {tuple(texel) for texel in exemplar.reshape(-1, 2)}
    assert {tuple(texel) for texel in made.reshape(-1, 2)} <= known


def test_stripes_go_on_across_blocks() -> None:
    stripes = np.tile(np.sin(np.arange(64) * 2 * np.pi / 16)[None, :, None], (64, 1, 1)).astype(np.float32)
    made = quilt_plainly(stripes, 96, block=24)
    assert np.abs(np.diff(made, axis=1)).max() < 1.05 * np.abs(np.diff(stripes, axis=1)).max()
