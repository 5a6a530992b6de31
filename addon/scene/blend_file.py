# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a Blender of its own: writes a result's folder as a .blend with the material marked as an asset.

blender -b --factory-startup -P addon/scene/blend_file.py -- FOLDER OUT.blend
python addon/scene/blend_file.py -- FOLDER OUT.blend                            (where the package bpy is installed)
"""

import sys
from pathlib import Path

# a lone script finds its neighbours by its own folder
sys.path.insert(0, str(Path(__file__).resolve().parent))
from script import package_module  # type: ignore[import-not-found]

sys.path.pop(0)


def main() -> None:
    """Both paths come after `--`."""
    folder, out = (Path(argument).resolve() for argument in sys.argv[sys.argv.index("--") + 1 :])
    try:
        package_module("addon.scene.asset_file").write_blend(folder, out)
    except package_module("core.errors").MaquetteError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
