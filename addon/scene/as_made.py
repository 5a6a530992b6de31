# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a made material still is as it was made, so that one that nothing shows any more can go."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from .image_stamp import STAMP, is_painted, stamp_image

# on a material: the hash of its nodes as they were made, and in which Blender: another one gives nodes other sockets
AS_MADE, IN_BLENDER = "maquette_as_made", "maquette_in_blender"
_DIGITS = 5
_NUMBER = re.compile(r"\.\d{3,}$")
_looked: dict[Any, bool] | None = None


def remember(material: Any) -> None:
    """Note how a new material is."""
    if AS_MADE not in material:
        material[AS_MADE], material[IN_BLENDER] = _fingerprint(material), _blender()
        for image in _images(material):
            if STAMP not in image:
                stamp_image(image)


def is_as_made(material: Any) -> bool:
    """Whether a material's name, nodes and images were left alone; False where it is not known how it was made."""
    painted = any(is_painted(image) for image in _images(material))
    return bool(material.get(AS_MADE) == _fingerprint(material)) and not painted


def changed(material: Any) -> bool:
    """Whether a material was surely changed by hand; False where it is not known how it was made."""
    if _looked is None:
        return _is_changed(material)
    if material not in _looked:
        _looked[material] = _is_changed(material)
    return _looked[material]


@contextmanager
def looking_once() -> Iterator[None]:
    """Each material is looked at once for all that is asked meanwhile: hundreds of meshes share a few."""
    global _looked
    before, _looked = _looked, {}
    try:
        yield
    finally:
        _looked = before


def _is_changed(material: Any) -> bool:
    if any(is_painted(image) for image in _images(material)):
        return True
    known = AS_MADE in material and material.get(IN_BLENDER) == _blender()
    return known and bool(material[AS_MADE] != _fingerprint(material))


def _blender() -> str:
    return f"{bpy.app.version[0]}.{bpy.app.version[1]}"


def own_slots(meshes: Iterable[Any]) -> set[Any]:
    """The materials in slots that Maquette did not make."""
    return {slot for data in meshes for slot in data.materials if slot is not None and AS_MADE not in slot}


def keep_in_file(materials: Iterable[Any]) -> None:
    """Let materials stay in the file that nothing shows any more."""
    for material in materials:
        if not material.users:
            material.use_fake_user = True


def remove(materials: Iterable[Any]) -> None:
    """Take materials out of the file, and images that nothing else shows."""
    going = list(materials)
    images = {image for material in going for image in _images(material)}
    bpy.data.batch_remove(going)
    bpy.data.batch_remove([image for image in images if not image.users])


def _images(material: Any) -> list[Any]:
    found = [getattr(node, "image", None) for node in material.node_tree.nodes] if material.node_tree else []
    return [image for image in found if image is not None]


def _fingerprint(material: Any) -> str:
    tree = material.node_tree
    if tree is None:
        return ""
    nodes = [(node.name, node.bl_idname, node.mute, [_value(socket) for socket in node.inputs]) for node in tree.nodes]
    links = sorted(
        (link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier)
        for link in tree.links
    )
    images = [stem(image.name) for image in _images(material)]
    return hashlib.sha256(repr((stem(material.name), nodes, links, images)).encode()).hexdigest()


def stem(name: str) -> str:
    """A name without the number by which Blender tells datablocks of one name apart, in whatever file they come."""
    return _NUMBER.sub("", name)


def _value(socket: Any) -> Any:
    value = getattr(socket, "default_value", None)
    if isinstance(value, (int, float)):
        return round(float(value), _DIGITS)
    if value is None or isinstance(value, (str, bpy.types.ID)):
        return getattr(value, "name", value)
    return [round(float(part), _DIGITS) for part in value]
