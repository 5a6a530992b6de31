# SPDX-License-Identifier: GPL-3.0-or-later
"""A character of the scene as a GLB, by Blender's own exporter: as it is now, with all that was changed by hand.

glTF fixes scale (metres), axes (Y up, facing +Z) and so what engines convert; bones keep their own axes. Clips go out
under their own names, each as a track for the moment.
"""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import bpy
from mathutils import Matrix

from ...core.errors import HostError, InputError
from .action import CLIP


def write_glb(path: Path, armature: Any, meshes: Sequence[Any], actions: Sequence[Any], metres_per_unit: float) -> None:
    """Write the armature with these meshes and actions. InputError where Blender's exporter is switched off."""
    require_exporter()
    sampled = any(bone.constraints for bone in armature.pose.bones)
    with selected(armature, meshes), at_the_origin(armature, metres_per_unit), _tracks(armature, actions):
        export_selected(
            path,
            export_animations=bool(actions),
            export_animation_mode="NLA_TRACKS",
            # keys go out as they are, unless constraints change them: sampling takes a minute for a library's clips
            export_force_sampling=sampled,
            export_skins=True,
            export_morph=True,
            export_def_bones=False,
            export_rest_position_armature=True,
        )


def require_exporter() -> None:
    """InputError where Blender's glTF exporter is switched off."""
    if not hasattr(bpy.ops.export_scene, "gltf"):
        raise InputError("Blender's glTF exporter is switched off. Switch it on in Preferences > Add-ons.")


def export_selected(path: Path, **options: Any) -> None:
    """Write what is selected as a GLB, Y up, with these options of Blender's exporter."""
    try:
        bpy.ops.export_scene.gltf(
            filepath=str(path), export_format="GLB", use_selection=True, export_yup=True, **options
        )
    except RuntimeError as error:
        raise HostError(f"'{path}' could not be written: {error}") from error


def rename_nodes(path: Path, names: Mapping[str, str]) -> None:
    """Give nodes of a GLB other names: what bones are called in an engine."""
    data = path.read_bytes()
    length, _ = struct.unpack_from("<II", data, 12)
    document = json.loads(data[20 : 20 + length])
    for node in document.get("nodes", ()):
        node["name"] = names.get(node.get("name", ""), node.get("name", ""))
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)) + struct.pack("<I4s", len(text), b"JSON")
    path.write_bytes(head + text + rest)


@contextlib.contextmanager
def selected(armature: Any, meshes: Sequence[Any]) -> Iterator[None]:
    """Only these objects are selected, and can be seen, for the moment."""
    layer: Any = bpy.context.view_layer
    items = [armature, *meshes]
    for item in items:
        if layer.objects.get(item.name) is None:
            raise InputError(f"'{item.name}' is not in this view layer. Switch its collection on, then export.")
    before = {item: item.select_get() for item in layer.objects}
    hidden = {item: (item.hide_viewport, item.hide_get()) for item in items}
    active = layer.objects.active
    mode: Any = active.mode if active is not None else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    try:
        for item in items:
            item.hide_viewport = False
            item.hide_set(False)
        for item in before:
            item.select_set(item in items)
        layer.objects.active = armature
        yield
    finally:
        for item, was in before.items():
            item.select_set(was)
        for item, (viewport, view) in hidden.items():
            item.hide_viewport = viewport
            item.hide_set(view)
        layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)


@contextlib.contextmanager
def at_the_origin(armature: Any, metres_per_unit: float) -> Iterator[None]:
    """What hangs on this object stands at the file's origin, in metres, for the moment."""
    before = armature.matrix_world.copy()
    try:
        armature.matrix_world = Matrix.Scale(metres_per_unit, 4)
        yield
    finally:
        armature.matrix_world = before


@contextlib.contextmanager
def _tracks(armature: Any, actions: Sequence[Any]) -> Iterator[None]:
    """Each action on a track of its own, named as its clip; tracks and action of the designer's own step aside."""
    had_data = armature.animation_data is not None
    data = armature.animation_data or armature.animation_data_create()
    action, muted = data.action, {track: track.mute for track in data.nla_tracks}
    slot = getattr(data, "action_slot", None)
    made = []
    try:
        data.action = None
        for track in muted:
            track.mute = True
        for clip in actions:
            track = data.nla_tracks.new()
            track.name = str(clip.get(CLIP, clip.name))
            strip = track.strips.new(track.name, int(clip.frame_range[0]), clip)
            if hasattr(strip, "action_slot") and strip.action_slot is None and len(clip.slots):
                strip.action_slot = clip.slots[0]
            made.append(track)
        yield
    finally:
        for track in made:
            data.nla_tracks.remove(track)
        for track, was in muted.items():
            track.mute = was
        data.action = action
        if slot is not None:
            data.action_slot = slot
        if not had_data:
            armature.animation_data_clear()
