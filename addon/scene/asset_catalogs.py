# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette's catalogs in the file that names an asset library's catalogs: added to what is there, never in its place.

VERSION 1
UUID:path/of/the/catalog:simple name
"""

from __future__ import annotations

from pathlib import Path

from ...core.errors import HostError
from .building_asset import CATALOG as BUILDINGS
from .character_asset import CATALOG as CHARACTERS

FILE = "blender_assets.cats.txt"
# constant, so that every library shows these assets in the same place
TEXTURES = "5d3a1c52-6a0e-4f7e-9a55-3c1b8f1d2e70"
CATALOGS = {TEXTURES: "Maquette/Textures", CHARACTERS: "Maquette/Characters", BUILDINGS: "Maquette/Buildings"}
_HEAD = (
    "# This is an Asset Catalog Definition file for Blender.",
    "#",
    "# Empty lines and lines starting with `#` will be ignored.",
    "# The first non-ignored line should be the version indicator.",
    '# Other lines are of the format "UUID:catalog/path/for/assets:simple catalog name"',
    "",
    "VERSION 1",
    "",
)
_MAX_BYTES = 2**22


def add_catalogs(folder: Path) -> None:
    """Name our catalogs in the file of an asset library's folder. Those that are named there already, under whatever
    path, stay so. HostError where the file cannot be read or written, or is of a version that is not known here."""
    path = folder / FILE
    try:
        lines = _read(path)
        named = {line.split(":", 1)[0].strip().lower() for line in lines}
        missing = [f"{uuid}:{name}:{name.replace('/', '-')}" for uuid, name in CATALOGS.items() if uuid not in named]
        if missing:
            temporary = path.with_name(f"{path.name}.part")
            temporary.write_text("\n".join([*lines, *missing, ""]), encoding="utf-8")
            temporary.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise HostError(f"'{path}' cannot be read or written ({error}). Check the folder.") from error


def _read(path: Path) -> list[str]:
    if not path.is_file():
        return list(_HEAD)
    if path.stat().st_size > _MAX_BYTES:
        raise HostError(f"'{path}' is too large to name catalogs. Look at what is in it.")
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if said and said[0].upper() != "VERSION 1":
        raise HostError(f"'{path}' is of a newer Blender ('{said[0][:40]}'). Choose another folder for the assets.")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines if said else list(_HEAD)
