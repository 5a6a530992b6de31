# SPDX-License-Identifier: GPL-3.0-or-later
"""The sliders are judged on a humanoid that is made up."""

from __future__ import annotations

import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core.character.rig_space import RigSpace
from maquette.training.evaluation.character import attribute


def test_sliders_that_move_what_they_name_are_monotone_with_little_crosstalk() -> None:
    found = attribute._measured(RigSpace.of(synthetic_character(clips=False)))
    assert found["monotone_share"] == 1
    assert 0 <= found["crosstalk_height"] < 0.01 and 0 < found["crosstalk"] < 0.25


def test_sliders_that_move_nothing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute, "settled", lambda space, params, difference: torch.zeros_like(difference))
    found = attribute._measured(RigSpace.of(synthetic_character(clips=False)))
    assert found["monotone_share"] == 0
