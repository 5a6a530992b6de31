# SPDX-License-Identifier: GPL-3.0-or-later
"""Scatter Crowd: many characters on a surface or along a curve, in one undo step."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ..character_properties import SURFACE_TYPES
from ..scene.character_parts import character_of
from ..scene.crowd import characters_among, characters_in, scatter, scatter_animated
from ..scene.standing import Standing, along_curve, on_surface


class MAQUETTE_OT_scatter_crowd(Operator):  # noqa: N801 Blender's naming
    """Put members of a crowd on a mesh or along a curve, as the panel says: instances of the characters' collections,
    or armatures of their own that play their clips each at another moment"""

    bl_idname = "maquette.scatter_crowd"
    bl_label = "Scatter Crowd"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """All at once; a crowd is a collection that may be deleted again."""
        crowd = context.scene.maquette_characters.crowd
        try:
            ground = _ground(crowd, context)
            characters = _characters(crowd, context)
            rng = np.random.default_rng(crowd.seed)
            find = along_curve if ground.type == "CURVE" else on_surface
            standing = find(ground, crowd.count, crowd.distance, rng)
            collection = _fill(context.scene, crowd, characters, standing, rng)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        found = len(standing.places)
        if found < crowd.count:
            text = f"At this distance there is room for {found} of {crowd.count} members in '{collection.name}'."
            self.report({"WARNING"}, text)
        else:
            self.report({"INFO"}, f"'{collection.name}' has {found} members.")
        return {"FINISHED"}


def _fill(scene: Any, crowd: Any, characters: list[Any], standing: Standing, rng: np.random.Generator) -> Any:
    if crowd.animate:
        return scatter_animated(scene, characters, standing, crowd.clip, rng)
    return scatter(scene, characters, standing, rng)


def _ground(crowd: Any, context: Any) -> Any:
    """What the panel names, else the active object where a crowd can stand on it."""
    active = context.active_object
    usable = active is not None and active.type in SURFACE_TYPES and character_of(active) is None
    ground = crowd.ground or (active if usable else None)
    if ground is None:
        raise InputError("There is nothing to stand on. Choose a mesh or a curve in the panel's field 'On'.")
    if character_of(ground) is not None:
        raise InputError(f"'{ground.name}' belongs to a character. Choose what the crowd stands on.")
    return ground


def _characters(crowd: Any, context: Any) -> list[Any]:
    """Those of the panel's collection, else the selected ones, else all of the scene."""
    if crowd.source is not None:
        found = characters_in(crowd.source)
        if not found:
            raise InputError(f"There is no character that Maquette made in '{crowd.source.name}'. Generate some first.")
        return found
    found = characters_among(context.selected_objects) or characters_in(context.scene.collection)
    if not found:
        raise InputError("There is no character that Maquette made in this scene. Generate some first.")
    return found


_CLASSES = (MAQUETTE_OT_scatter_crowd,)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
