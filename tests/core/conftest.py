# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the engine's tests."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

# two busy cores make any one example slow now and then
settings.register_profile("maquette", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("maquette")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small colour picture in a folder of its own."""
    path = tmp_path / "pictures" / "photo.png"
    path.parent.mkdir()
    values = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    Image.fromarray(values).save(path)
    return path


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    """A folder that nobody may write into; root may anyway, so this skips for root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o500)
    return folder
