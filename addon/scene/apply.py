# SPDX-License-Identifier: GPL-3.0-or-later
"""A made material into the scene: new on its targets, or in place of what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy

from ...core.asset import Material as MadeMaterial
from ...core.request import Request
from .assign import assign
from .decisions import hands_of
from .draft import settle
from .image_stamp import STAMP, stamp_image
from .images import MapFile, make_image
from .mapping import UV_SIZE, choose_mapping, has_uvs, store_uv_size
from .material import Look, build_material, set_look
from .material_edits import GENERATED, remember_values
from .material_swap import exchange_images, kept_values
from .preview_plane import add_preview_plane
from .record import Picture, applied, write_figures, write_record
from .targets import Target, find_by_uid, found

LOST = "What it was made for is gone"


@dataclass(frozen=True)
class Place:
    """Where a result goes. `material` (its name and session uid) is changed in place; else a new one goes on `targets`,
    or on a preview plane where `plane` is set. `mapping` and `relief_as` are the panel's choices; `replaced` are the
    parts whose changes by hand are given up."""

    scene: Target
    targets: tuple[Target, ...] = ()
    material: Target | None = None
    plane: bool = False
    mapping: str = "AUTO"
    relief_as: str = "SHADING"
    replaced: frozenset[str] = frozenset()

    def after_load(self, same_file: bool) -> Place:
        """This place once a file was loaded: by names where it is the same file, nowhere in another."""
        if not same_file:
            return replace(self, scene=Target("", 0), targets=(), material=None, plane=False)
        material = self.material.after_load() if self.material else None
        targets = tuple(target.after_load() for target in self.targets)
        return replace(self, scene=self.scene.after_load(), targets=targets, material=material)

    def as_new(self, scene: Target) -> Place:
        """On a preview plane in this scene, whatever it was for."""
        return replace(self, scene=scene, targets=(), material=None, plane=True, replaced=frozenset())

    def is_there(self) -> bool:
        """Whether what it is for can be found and changed."""
        if self.material is not None:
            material = self.material.find_in(bpy.data.materials)
            return material is not None and material.library is None
        return bool(found(self.targets)) or (self.plane and self.scene.find_in(bpy.data.scenes) is not None)


@dataclass
class Staging:
    """Map images that were put into the file ahead of the material, one at a time; found again after undo by uid."""

    title: str
    files: Mapping[str, MapFile]
    placed: dict[str, Target] = field(default_factory=dict)

    def step(self) -> bool:
        """Put the next image that is not there yet; False once all are."""
        for name, file in self.files.items():
            if self._image(name) is None:
                image = make_image(self.title, name, file)
                self.placed[name] = Target(image.name, image.session_uid)
                return True
        return False

    def images(self) -> dict[str, Any]:
        """The images by map name."""
        return {name: self._image(name) for name in self.files}

    def discard(self) -> None:
        """Take the images out again."""
        for image in self.images().values():
            if image is not None:
                bpy.data.images.remove(image)

    def _image(self, name: str) -> Any:
        target = self.placed.get(name)
        return None if target is None else find_by_uid(bpy.data.images, target.uid, target.name)


@dataclass(frozen=True)
class Made:
    """A finished result: its Request and pictures, the material's sizes, the images, where references are kept, and
    the figures of its quality card, its width and height in pixels."""

    title: str
    request: Request
    pictures: list[Picture]
    material: MadeMaterial
    images: Mapping[str, Any]
    references_folder: str = ""
    report: Mapping[str, float] = field(default_factory=dict)
    size_px: tuple[int, int] = (0, 0)


def apply(made: Made, place: Place, metres_per_unit: float) -> tuple[Any, list[str]]:
    """(the material, sentences for the designer). Never fails for a target that is gone: the material is kept."""
    material = place.material.find_in(bpy.data.materials) if place.material else None
    if material is not None and material.library is None:
        return material, _update(material, made, place, metres_per_unit)
    return _add(made, place, metres_per_unit)


def look_of(made: Made, place: Place, objects: list[Any], metres_per_unit: float) -> Look:
    """The node tree's numbers for this result on these objects, in Blender units."""
    width, height = (side / metres_per_unit for side in made.material.size_m)
    given = {picture.role for picture in made.pictures}
    return Look(
        width=width,
        height=height,
        depth=made.material.height_m / metres_per_unit,
        mapping=choose_mapping(place.mapping, objects),
        relief_as=place.relief_as,
        occlusion="ambient_occlusion" in given,
    )


def _add(made: Made, place: Place, metres_per_unit: float) -> tuple[Any, list[str]]:
    pairs = found(place.targets)
    objects = [item for _, item in pairs]
    if place.plane and (scene := place.scene.find_in(bpy.data.scenes)) is not None:
        width, height = (side / metres_per_unit for side in made.material.size_m)
        plane = add_preview_plane(scene, width, height)
        pairs, objects = [(Target(plane.name, plane.session_uid), plane)], [plane]
        bpy.context.view_layer.update()
    look = look_of(made, place, objects, metres_per_unit)
    material = build_material(made.title, made.images, look)
    said = [sentence for target, item in pairs if (sentence := assign(material, target, item, objects))]
    for item in objects:
        store_uv_size(item)
    _write(material, made, place, look, {})
    if len(pairs) < max(1, len(place.targets)):
        said.append(_say_lost(material, some=bool(pairs)))
    return material, said


def _say_lost(material: Any, some: bool) -> str:
    if some:
        return f"Some of what it was made for is gone; '{material.name}' is on the rest."
    material.use_fake_user = True
    return f"{LOST}: '{material.name}' is kept in this file, ready to be put on something."


def _update(material: Any, made: Made, place: Place, metres_per_unit: float) -> list[str]:
    users = objects_with(material)
    look = look_of(made, place, users, metres_per_unit)
    hands = hands_of(material, place.replaced)
    said = exchange_images(material, made.images, hands)
    kept = kept_values(material, hands)
    set_look(material, _respecting_the_designer(material, look, place), kept)
    if kept:
        said.append("Values of nodes that you changed stay.")
    for item in users:
        if has_uvs(item) and UV_SIZE not in item:
            store_uv_size(item)
    _write(material, made, place, look, kept)
    return said


def _respecting_the_designer(material: Any, look: Look, place: Place) -> Look:
    """Ambient occlusion that the designer switched by hand stays as it is."""
    from .material import OCCLUSION

    node = material.node_tree.nodes.get(OCCLUSION)
    return look if node is None else replace(look, occlusion=not node.mute)


def objects_with(material: Any) -> list[Any]:
    """The objects of this file that have the material in a slot."""
    users = bpy.data.user_map(subset={material}).get(material, set())
    objects = {user for user in users if isinstance(user, bpy.types.Object)}
    data = {user for user in users if not isinstance(user, bpy.types.Object)}
    if data:
        objects |= {item for item in bpy.data.objects if item.data in data}
    return sorted(objects, key=lambda item: item.name)


def _write(material: Any, made: Made, place: Place, look: Look, kept: Mapping[str, list[Any]]) -> None:
    for name, image in made.images.items():
        if _alive(image):
            image[GENERATED] = name
            if STAMP not in image:
                stamp_image(image)
    remember_values(material, kept)
    chosen = {"mapping": place.mapping, "relief_as": place.relief_as}
    chosen = {**applied(material), **chosen}
    write_record(material, made.request, chosen, made.pictures, made.references_folder)
    write_figures(material, made.report, made.size_px, made.material.size_m)
    settle(material, made.request)


def _alive(image: Any) -> bool:
    try:
        return bool(image.name)
    except ReferenceError:
        return False


def beside_folder(key: str) -> Path | None:
    """Where a result's files are saved beside the .blend; None where the .blend has no place yet."""
    if not bpy.data.filepath:
        return None
    return Path(bpy.data.filepath).parent / "maquette" / key[:16]
