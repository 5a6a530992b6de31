# SPDX-License-Identifier: GPL-3.0-or-later
"""From the button to datablocks, with an engine that answers at once."""

from __future__ import annotations

import json
from typing import Any

import bpy
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def test_result_is_a_complete_material_on_the_selected_object(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.finish(maquette.start())
    assert job.notice.level == "INFO", job.notice.text
    material = cube.active_material
    nodes = material.node_tree.nodes
    shader = nodes["Maquette Principled"]
    assert shader.inputs["Base Color"].is_linked
    assert shader.inputs["Roughness"].links[0].from_node.image.colorspace_settings.name == "Non-Color"
    assert nodes["Maquette Albedo"].image.colorspace_settings.name == "sRGB"
    assert nodes["Maquette Output"].inputs["Displacement"].is_linked
    assert shader.inputs["Normal"].links[0].from_node.name == "Maquette Normal Map"
    assert all(node.image.packed_file for node in nodes if node.type == "TEX_IMAGE")
    assert {frame.label for frame in nodes if frame.type == "FRAME"} == {"Mapping", "Maps", "Relief"}
    request = json.loads(material["maquette_request"])
    assert request["params"]["size"] == 128 and request["params"]["relief"] == 0.02
    assert material["maquette_reference_albedo"].packed_file


def test_execute_is_synchronous(maquette: Any, settings: Any, cube: Any) -> None:
    assert bpy.ops.maquette.generate() == {"FINISHED"}
    assert cube.active_material.name == "red brick"


def test_without_selection_a_preview_plane_appears(maquette: Any, settings: Any) -> None:
    job = maquette.finish(maquette.start())
    assert job.state.name == "DONE", job.notice
    plane: Any = bpy.context.view_layer.objects.active
    assert plane.name == "Maquette Preview" and plane.select_get()
    assert plane.active_material.name == "red brick"
    assert tuple(plane.dimensions)[:2] == pytest.approx((2.0, 2.0))
    assert list(plane["maquette_uv_size"]) == pytest.approx([2.0, 2.0, 1.0])


def test_regenerate_changes_in_place(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    material = cube.active_material
    image = material.node_tree.nodes["Maquette Albedo"].image
    name, pixels = image.name, tuple(image.pixels[:3])
    added = material.node_tree.nodes.new("ShaderNodeHueSaturation")
    settings.seed = 200
    maquette.finish(maquette.start("regenerate"))
    assert cube.active_material == material and len(bpy.data.materials) == 1
    changed = material.node_tree.nodes["Maquette Albedo"].image
    assert changed.name == name and tuple(changed.pixels[:3]) != pixels
    assert added.name in material.node_tree.nodes
    assert json.loads(material["maquette_request"])["seed"] == 200
    assert len([i for i in bpy.data.images if "Albedo" in i.name]) == 1


def test_new_seed_works_after_the_photograph_moved(maquette: Any, settings: Any, cube: Any, photo: Any) -> None:
    maquette.finish(maquette.start())
    photo.rename(photo.with_name("elsewhere.png"))
    settings.references.albedo.path = ""
    job = maquette.finish(maquette.start("new_seed"))
    assert job.state.name == "DONE"
    assert json.loads(cube.active_material["maquette_request"])["seed"] == 1
