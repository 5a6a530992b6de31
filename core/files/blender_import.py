# SPDX-License-Identifier: GPL-3.0-or-later
"""A character of another format as a .glb, by Blender's own importers and exporter in a child process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..codec import show
from ..errors import EngineError, InputError
from .blend import SCRIPT, blender_command, run_blender

SUFFIXES = (".fbx", ".blend")
CONVERT = SCRIPT.with_name("convert_character.py")


def convert(path: Path, folder: Path, alive: Callable[[], None] = lambda: None) -> Path:
    """Write the character of an .fbx or .blend as a .glb into `folder`; returns its path.

    `alive` is called meanwhile and may raise to stop. A HostError where there is no Blender, an InputError for a file
    that Blender cannot read.
    """
    command = blender_command(CONVERT, f"A {path.suffix.lower()}")
    made = folder / f"{path.stem}.glb"
    try:
        said = run_blender([*command, "--", str(path.resolve()), str(made)], alive)
    except EngineError as error:
        raise InputError(f"{show(path.name)} was not converted: {error}") from error
    if not made.is_file():
        raise InputError(f"Blender could not read {show(path.name)}. It said: {said}")
    return made
