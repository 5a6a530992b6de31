# SPDX-License-Identifier: GPL-3.0-or-later
"""Run inside Blender: skin weights by bone heat, Blender's own automatic weights, for a mesh and a skeleton.

`python bone_heat.py -- IN.npz OUT.npz`; IN has `positions` (V, 3), `quads` (F, 4), `heads` and `tails` (J, 3),
`parents` (J,); OUT has `weights` (V, J), rows of those without any 0.
"""

from __future__ import annotations

import sys
from typing import Any

import bpy
import numpy as np

# heat is not reliable at metres: everything is made this much larger
SCALE = 50.0


def main() -> None:
    """Read, weigh, write."""
    source, destination = sys.argv[sys.argv.index("--") + 1 :][:2]
    with np.load(source, allow_pickle=False) as given:
        weights = bone_heat(*(given[name] for name in ("positions", "quads", "heads", "tails", "parents")))
    np.savez_compressed(destination, weights=weights)


def bone_heat(
    positions: np.ndarray, quads: np.ndarray, heads: np.ndarray, tails: np.ndarray, parents: np.ndarray
) -> np.ndarray:
    """(V, J) float32 weights of Pinocchio's heat equilibrium as Blender computes it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene: Any = bpy.context.scene
    mesh: Any = bpy.data.meshes.new("mesh")
    mesh.from_pydata((positions * SCALE).tolist(), [], quads.tolist())
    skin: Any = bpy.data.objects.new("mesh", mesh)
    armature: Any = bpy.data.objects.new("armature", bpy.data.armatures.new("armature"))
    scene.collection.objects.link(skin)
    scene.collection.objects.link(armature)
    layer: Any = bpy.context.view_layer
    layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = [armature.data.edit_bones.new(str(k)) for k in range(len(heads))]
    for k, bone in enumerate(bones):
        bone.head, bone.tail = heads[k] * SCALE, tails[k] * SCALE
        if parents[k] >= 0:
            bone.parent = bones[parents[k]]
    # what hangs on nothing carries no skin
    for k, parent in enumerate(parents):
        bones[k].use_deform = parent >= 0
    bpy.ops.object.mode_set(mode="OBJECT")
    skin.select_set(True)
    armature.select_set(True)
    bpy.ops.object.parent_set(type="ARMATURE_AUTO")
    joint_of = {group.index: int(group.name) for group in skin.vertex_groups}
    weights = np.zeros((len(positions), len(heads)), np.float32)
    for vertex in mesh.vertices:
        for group in vertex.groups:
            weights[vertex.index, joint_of[group.group]] = group.weight
    return weights


if __name__ == "__main__":
    main()
