# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette: a generative studio inside Blender.

This folder is two things at once: the Python package `maquette` and the Blender extension of that name. Importing it
needs neither bpy nor torch; Blender calls `register()`, which imports the add-on only then.
"""

from .core.version import VERSION

__version__ = VERSION


def register() -> None:
    """Add Maquette's panels, operators and properties to Blender."""
    from . import addon

    addon.register()


def unregister() -> None:
    """Stop the engine and take everything that `register` added away again."""
    from . import addon

    addon.unregister()
