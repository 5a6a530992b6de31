# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a module of Maquette in a clean interpreter: `python -I bootstrap.py maquette.core.worker`.

Inside Blender the package has another name and its folder is on no path; this registers the folder two levels up as
the package `maquette`, whatever it is called, so that the engine is the same everywhere. Standard library only.
"""

import importlib.util
import runpy
import sys
from pathlib import Path


def register_package() -> None:
    """Make `import maquette` mean the package that this file belongs to."""
    root = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location(
        "maquette", root / "__init__.py", submodule_search_locations=[str(root)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["maquette"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    # the extension's folder may be read-only, and is compared with its archive on upgrade
    sys.dont_write_bytecode = True
    register_package()
    module, sys.argv = sys.argv[1], sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
