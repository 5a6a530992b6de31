# SPDX-License-Identifier: GPL-3.0-or-later
"""A character from a bundle's folder straight into the open scene: for scripts, without the panel's queue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ...core.errors import BundleError
from ...core.request import Request
from .action import new_action
from .armature import bone_names, new_armature
from .bundle_character import read_character
from .character import MadeCharacter, add_character
from .clips import bring_clips
from .targets import Target
from .units import metres_per_unit


def add_from_bundle(folder: Path, title: str = "") -> Any:
    """The armature object of the folder's character, with its meshes and clips; BundleError where there is none."""
    asset, textures = read_character(folder)
    if asset.provenance is None:
        raise BundleError(f"'{folder}' does not say what it was made from. Choose a folder that Maquette made.")
    request = Request.from_plain(asset.provenance.request, f"The Request in '{folder}'")
    made = MadeCharacter(title or asset.name, request, asset, textures)
    made.check()
    rig, scene = asset.rig, bpy.context.scene
    assert rig is not None and scene is not None
    per_metre = 1.0 / metres_per_unit(scene)
    data = new_armature(made.title, rig, per_metre)
    armature = add_character(made, Target(scene.name, scene.session_uid), data, per_metre)
    frames_per_s, bones = scene.render.fps / scene.render.fps_base, bone_names(data, rig)
    new = [new_action(f"{made.title} {clip.name}", clip, rig, bones, per_metre, frames_per_s) for clip in asset.clips]
    bring_clips(armature, new)
    return armature
