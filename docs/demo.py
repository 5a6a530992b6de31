# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: a photograph becomes a material, a body is made and posed, a building stands on a corner site between
its neighbours; all in one .blend, rendered with Cycles.

python docs/demo.py OUT [PICTURE]      (in the project's environment, which has Blender as the module bpy)
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
from corner import make_building, stand_on_corner
from mathutils import Matrix
from studio import add_sky, render

from maquette.addon.scene.apply import Place, apply
from maquette.addon.scene.bundle_images import read_made
from maquette.addon.scene.character_file import add_from_bundle
from maquette.addon.scene.targets import Target
from maquette.core.errors import MaquetteError

SEED = 7
SIZE_M = 1.8
WIDTH, HEIGHT, SAMPLES = 960, 600, 32
BODY_SEED = 3
# joint, axis of the world and degrees about it, one after the other: at ease, one hand raised in greeting
POSE = (
    ("spine", "Z", 6),
    ("head", "Z", -14),
    ("left_upper_arm", "Y", 38),
    ("left_lower_arm", "X", -14),
    ("right_upper_arm", "Y", 28),
    ("right_lower_arm", "Y", 118),
    ("right_hand", "Y", -12),
    ("left_upper_leg", "Y", 5),
    ("right_upper_leg", "Y", -6),
)


def main() -> None:
    """Make everything under OUT and say where it is."""
    out = Path(sys.argv[1]).resolve()
    picture = Path(sys.argv[2]) if len(sys.argv) > 2 else gravel()
    folder = out / "material"
    make_material(picture, folder)
    body = out / "body"
    make_body(body)
    building = out / "building"
    make_building(building)
    objects = build_scene()
    put_on(folder, objects, picture.stem.capitalize())
    stand(body)
    stand_on_corner(building)
    scene_file, rendered = out / "scene.blend", out / "render.png"
    bpy.ops.wm.save_as_mainfile(filepath=str(scene_file), check_existing=False, compress=True)
    render(rendered, (WIDTH, HEIGHT), SAMPLES, SEED)
    print(f"\nThe photograph:              {picture}")
    print(f"The maps and their .blend:   {folder}")
    print(f"The body and its .glb:       {body}")
    print(f"The building, .glb and .ifc: {building}")
    print(f"A scene that uses them:      {scene_file}")
    print(f"The picture of that scene:   {rendered}")


def gravel() -> Path:
    """A real photograph that scikit-image brings along (512 px, greyscale)."""
    import skimage

    return Path(skimage.__file__).parent / "data" / "gravel.png"


def make_material(picture: Path, folder: Path) -> None:
    """The command that anybody would type."""
    options = ["--reference", str(picture), "--size", "1024", "--size-m", str(SIZE_M), "--seed", str(SEED)]
    command = [sys.executable, "-m", "maquette", "generate", "texture", "exemplar", *options]
    subprocess.run([*command, "--out", str(folder), "--export", "png,blend"], check=True)


def make_body(folder: Path) -> None:
    """Maquette's own base body, from nothing but a seed and a slider or two."""
    options = ["--seed", str(BODY_SEED), "--muscle", "0.4"]
    command = [sys.executable, "-m", "maquette", "generate", "character", "base", *options]
    subprocess.run([*command, "--out", str(folder), "--export", "npy,glb"], check=True)


def stand(folder: Path) -> None:
    """The body between ball and block, in its pose."""
    armature = add_from_bundle(folder, "Body")
    armature.location = (0.05, 0.1, 0)
    armature.rotation_euler = (0, 0, math.radians(-6))
    bpy.context.view_layer.update()
    for joint, axis, degrees in POSE:
        turn(armature.pose.bones[joint], axis, degrees)


def turn(bone: Any, axis: str, degrees: float) -> None:
    """The bone about an axis of its armature, at its own head."""
    there = Matrix.Translation(bone.head)
    bone.matrix = there @ Matrix.Rotation(math.radians(degrees), 4, axis) @ there.inverted() @ bone.matrix
    bpy.context.view_layer.update()


def build_scene() -> list[Any]:
    """A floor, a ball and a block without UVs, a camera and light; returns what the material goes on."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_plane_add(size=20)
    floor = bpy.context.object
    bpy.ops.mesh.primitive_uv_sphere_add(segments=256, ring_count=128, radius=0.55, location=(-1.15, -0.1, 0.55))
    bpy.ops.object.shade_smooth()
    ball = bpy.context.object
    bpy.ops.mesh.primitive_cube_add(size=0.85, location=(1.15, 0.2, 0.425), rotation=(0, 0, math.radians(28)))
    block = bpy.context.object
    bevel = block.modifiers.new("Bevel", "BEVEL")
    bevel.width, bevel.segments = 0.04, 4
    block.data.uv_layers.remove(block.data.uv_layers[0])
    floor.name, ball.name, block.name = "Floor", "Ball", "Block without UVs"
    add_light_and_camera()
    return [floor, ball, block]


def add_light_and_camera() -> None:
    """A low warm key that brings out relief, a sun on the street, a cool sky; the camera stands upright as a
    photographer of buildings has it."""
    bpy.ops.object.light_add(type="AREA", location=(-4.2, -2.6, 3.4), rotation=(math.radians(28), math.radians(-52), 0))
    key = bpy.context.object.data
    key.energy, key.size, key.color = 500, 1.0, (1.0, 0.9, 0.78)
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(52), math.radians(-8), math.radians(-58)))
    sun = bpy.context.object.data
    sun.energy, sun.angle, sun.color = 3.6, math.radians(1.0), (1.0, 0.93, 0.82)
    add_sky((0.55, 0.68, 0.9), 0.7)
    bpy.ops.object.camera_add(location=(0.05, -7.4, 1.7), rotation=(math.radians(90), 0, 0))
    camera = bpy.context.object
    camera.data.lens, camera.data.shift_y = 25, 0.13
    bpy.context.scene.camera = camera


def put_on(folder: Path, objects: list[Any], title: str) -> None:
    """The material onto the objects, each kind with the mapping that suits it."""
    scene: Any = bpy.context.scene
    for group, mapping in groups(objects):
        targets = tuple(Target(item.name, item.session_uid) for item in group)
        place = Place(Target(scene.name, scene.session_uid), targets, mapping=mapping)
        apply(read_made(folder, title), place, 1.0)


def groups(objects: list[Any]) -> Iterator[tuple[list[Any], str]]:
    """Objects with UVs, and those that take the box projection."""
    yield [item for item in objects if item.data.uv_layers], "UV"
    yield [item for item in objects if not item.data.uv_layers], "BOX"


if __name__ == "__main__":
    try:
        main()
    except (MaquetteError, subprocess.CalledProcessError) as error:
        sys.exit(f"The demo stopped: {error}")
