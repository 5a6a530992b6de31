# SPDX-License-Identifier: GPL-3.0-or-later
"""How the scripts of this folder begin when Blender, not Python's import, runs them.

Blender runs a script as a lone file: the package that it belongs to is registered first, as the engine's process does.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def package_module(name: str) -> ModuleType:
    """A module of this package, under the name `maquette` whatever folder it lies in."""
    if "maquette" not in sys.modules:
        spec = importlib.util.spec_from_file_location("maquette_bootstrap", ROOT / "core" / "bootstrap.py")
        assert spec is not None and spec.loader is not None
        bootstrap = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(bootstrap)
        bootstrap.register_package()
    return importlib.import_module(f"maquette.{name}")
