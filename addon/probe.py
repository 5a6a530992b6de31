# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by the engine's interpreter, not by Blender: prints one JSON line that says what that interpreter has.

Standard library only, and any Python 3: it must be able to say that the interpreter is too old.
"""

import importlib
import json
import platform
import sys
from typing import Any

PACKAGES = ("numpy", "PIL", "torch", "OpenImageIO", "rich", "safetensors", "shapely", "cma")
# without these all works but training
FOR_TRAINING = ("lightning_fabric", "tensorboard")


def main() -> None:
    """Print the interpreter's version, each package's version or error, and torch's devices."""
    said: dict = {"python": platform.python_version(), "packages": {}, "missing": {}, "devices": []}
    said["missing"] = load(PACKAGES, said["packages"])
    said["missing_for_training"] = load(FOR_TRAINING, said["packages"])
    torch = sys.modules.get("torch")
    if torch is not None and "torch" in said["packages"]:
        said["devices"] = devices(torch)
    print("\n" + json.dumps(said))


def load(names: tuple, packages: dict) -> dict:
    """Import each package and note its version in `packages`; returns why others do not load."""
    missing = {}
    for name in names:
        try:
            module = importlib.import_module(name)
            packages[name] = str(getattr(module, "__version__", "there"))
        except Exception as error:  # noqa: BLE001 whatever a broken package raises is what the designer must hear
            missing[name] = "{}: {}".format(type(error).__name__, error)  # noqa: UP032 runs on old Pythons too
    return missing


def devices(torch: Any) -> list:
    """The devices in words."""
    found = ["CPU"]
    if torch.cuda.is_available():
        found.insert(0, torch.cuda.get_device_name(0))
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        found.insert(0, "Apple GPU")
    return found


if __name__ == "__main__":
    main()
