# SPDX-License-Identifier: GPL-3.0-or-later
"""A training by several processes: they share gradients, and the first alone writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from maquette.core.weights import load_weights

from .data.library import save_set

SCRIPT = Path(__file__).parents[1] / "support" / "two_processes.py"
NAMES = {"albedo": "albedo.png", "normal": "normal.png", "roughness": "roughness.png"}


@pytest.mark.parametrize("model", ["texture/photo", "texture/family"])
def test_two_processes_end_with_the_same_weights(tmp_path: Path, model: str) -> None:
    library, out, reports = (tmp_path / name for name in ("library", "out", "reports"))
    for number in range(4):
        save_set(library, {role: f"brick__Wall{number:03d}/{file}" for role, file in NAMES.items()}, number)
    reports.mkdir()
    command = [sys.executable, str(SCRIPT), model, *map(str, (library, out, reports))]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    first, second = (json.loads((reports / f"{rank}.json").read_text()) for rank in (0, 1))
    assert first["weights"] == second["weights"]
    assert str(out / "settings.json") in first["written"]
    assert second["written"] == []
    assert load_weights(out / f"{model.split('/')[1]}.safetensors").card["figures"]
