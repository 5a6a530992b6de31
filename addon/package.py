# SPDX-License-Identifier: GPL-3.0-or-later
"""Who we are inside this Blender: the extension's name, its folders, its preferences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import bpy

from .. import __package__ as _root
from ..core.errors import HostError

if TYPE_CHECKING:
    from .preferences import MaquettePreferences

ROOT = str(_root)
FOLDER = Path(__file__).resolve().parents[1]


def preferences() -> MaquettePreferences:
    """The add-on's preferences."""
    return cast("MaquettePreferences", bpy.context.preferences.addons[ROOT].preferences)


def user_folder(name: str) -> Path:
    """A folder of the extension's own, which survives upgrades; made when it is not there."""
    try:
        return Path(bpy.utils.extension_path_user(ROOT, path=name, create=True))
    except OSError as error:
        raise HostError(
            f"Maquette's own folder cannot be written: {error.strerror}. Check your home folder."
        ) from error


def cache_folder() -> Path:
    """Where results and references are kept for reuse: as the preferences say, else the extension's own folder."""
    chosen = preferences().cache_folder
    if not chosen:
        return user_folder("cache")
    folder = Path(bpy.path.abspath(chosen))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostError(f"The cache folder '{folder}' cannot be made. Choose another in the preferences.") from error
    return folder
