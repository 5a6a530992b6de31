# SPDX-License-Identifier: GPL-3.0-or-later
"""Sky and shutter of the pictures that the scripts beside it make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy


def render(path: Path, size: tuple[int, int], samples: int, seed: int) -> None:
    """One frame of (width, height) pixels with Cycles on the CPU."""
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.seed = "CPU", samples, seed
    scene.cycles.use_denoising = True
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.filepath = str(path)
    # no path or clock of this machine inside the picture
    scene.render.use_stamp_filename = scene.render.use_stamp_date = scene.render.use_stamp_render_time = False
    bpy.ops.render.render(write_still=True)


def add_sky(color: tuple[float, float, float], strength: float) -> None:
    """One light from everywhere."""
    world = bpy.data.worlds.new("Sky")
    if world.node_tree is None:
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (*color, 1)
    background.inputs["Strength"].default_value = strength
    bpy.context.scene.world = world
