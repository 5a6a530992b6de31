# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own menus, the pie menu, pictures that are dropped, and the Request as text."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest

from .panels import Layout

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def drawn_by(draw: Any, **context: Any) -> list[tuple[str, str]]:
    """What a function adds to one of Blender's menus."""
    menu = SimpleNamespace(layout=Layout())
    draw(menu, SimpleNamespace(**context))
    return menu.layout.drawn


def context_of(item: Any, **more: Any) -> dict[str, Any]:
    """As Blender's context with an active object."""
    return {"object": item, "active_object": item, "window_manager": bpy.context.window_manager, **more}


@pytest.fixture
def made(maquette: Any, settings: Any, cube: Any) -> Any:
    """A cube with a material of ours."""
    assert bpy.ops.maquette.generate() == {"FINISHED"}
    return cube


def test_each_of_blenders_menus_has_what_is_ours(maquette: Any) -> None:
    menus = maquette.module("addon.menus")
    assert all(hasattr(bpy.types, name) for name in menus._ADDED)
    addon = maquette.module("addon")
    addon.unregister()
    addon.register()


def test_the_pie_offers_generators_or_what_is_done_to_the_active_thing(maquette: Any, cube: Any) -> None:
    pie = bpy.types.MAQUETTE_MT_pie
    plain = SimpleNamespace(layout=Pie())
    pie.draw(plain, SimpleNamespace(**context_of(cube)))
    assert {name for kind, name in plain.layout.drawn if kind == "operator"} == set(
        maquette.module("addon.menus").GENERATE.values()
    )


def test_a_made_material_is_offered_to_be_made_anew(maquette: Any, made: Any) -> None:
    menus = maquette.module("addon.menus")
    shown = SimpleNamespace(layout=Pie())
    bpy.types.MAQUETTE_MT_pie.draw(shown, SimpleNamespace(**context_of(made)))
    assert ("operator", "maquette.regenerate") in shown.layout.drawn
    drawn = drawn_by(menus.draw_made, **context_of(made))
    assert ("operator", "maquette.new_seed") in drawn and ("menu", "MAQUETTE_MT_copy_request") in drawn
    assert drawn_by(menus.draw_made, **context_of(None)) == []


def test_an_image_is_offered_as_a_material_wherever_it_is_shown(maquette: Any) -> None:
    menus = maquette.module("addon.menus")
    image = bpy.data.images.new("Wall", 8, 8)
    wanted = ("operator", "maquette.material_from_image")
    assert wanted in drawn_by(menus.draw_image, space_data=SimpleNamespace(image=image))
    assert wanted in drawn_by(menus.draw_node, active_node=SimpleNamespace(image=image))
    assert wanted in drawn_by(menus.draw_button, button_pointer=image)
    assert drawn_by(menus.draw_image, space_data=SimpleNamespace(image=None)) == []


def test_the_status_bar_speaks_only_while_something_is_made(maquette: Any, settings: Any, cube: Any) -> None:
    menus = maquette.module("addon.menus")
    assert drawn_by(menus.draw_status) == []
    job = maquette.start()
    maquette.studio.poll()
    assert ("operator", "maquette.cancel") in drawn_by(menus.draw_status)
    maquette.finish(job)
    assert drawn_by(menus.draw_status) == []


@pytest.mark.parametrize("method", ["exemplar", "tileable", "photo"])
def test_a_dropped_picture_becomes_a_material_on_its_object(maquette: Any, cube: Any, photo: Path, method: str) -> None:
    bpy.ops.mesh.primitive_plane_add(location=(5, 0, 0))
    bpy.context.scene.maquette.texture_exemplar.size = 128  # type: ignore[union-attr]
    done = bpy.ops.maquette.material_from_file(filepath=str(photo), method=method, size_m=2.5, target=cube.name)
    assert done == {"FINISHED"}
    request = json.loads(cube.active_material["maquette_request"])
    assert request["method"] == method and request["params"]["size_m"] == 2.5
    assert bpy.context.object.active_material is None, "the plane was selected, the cube was meant"  # type: ignore[union-attr]


def test_an_image_of_the_file_becomes_a_material_on_the_selection(maquette: Any, cube: Any, photo: Path) -> None:
    image = bpy.data.images.load(str(photo))
    assert bpy.ops.maquette.material_from_image(image=image.name, method="tileable") == {"FINISHED"}
    assert json.loads(cube.active_material["maquette_request"])["method"] == "tileable"


def test_what_is_not_there_is_told_and_nothing_is_made(maquette: Any, cube: Any, photo: Path, tmp_path: Path) -> None:
    ops = bpy.ops.maquette
    with pytest.raises(RuntimeError, match="does not exist"):
        ops.material_from_file(filepath=str(tmp_path / "none.png"))
    with pytest.raises(RuntimeError, match="no object 'Nobody'"):
        ops.material_from_file(filepath=str(photo), target="Nobody")
    with pytest.raises(RuntimeError, match="no image 'Nothing'"):
        ops.material_from_image(image="Nothing")
    assert len(bpy.data.materials) == 0 and not bpy.context.scene.maquette.references.albedo.filled  # type: ignore[union-attr]


def test_the_viewport_takes_pictures(maquette: Any) -> None:
    handler = bpy.types.MAQUETTE_FH_picture
    assert ".png" in handler.bl_file_extensions.split(";")
    view = SimpleNamespace(area=SimpleNamespace(type="VIEW_3D"))
    assert handler.poll_drop(view) == (maquette.module("addon.engine").found() is not None)
    assert not handler.poll_drop(SimpleNamespace(area=SimpleNamespace(type="TEXT_EDITOR")))


def test_a_request_as_text_makes_the_same_again(maquette: Any, made: Any) -> None:
    text = maquette.module("addon.request_text")
    kind = maquette.module("core.request").Request
    request = kind.from_json(made.active_material["maquette_request"])
    assert kind.from_json(text.as_json(request)) == request
    bpy.data.materials.remove(made.active_material)
    exec(text.as_blender_python(request), {})  # noqa: S102 what the designer pastes into the console
    assert json.loads(made.active_material["maquette_request"]) == request.to_plain()
    compile(text.as_engine_python(request), "script", "exec")


def test_copying_needs_something_of_ours(maquette: Any, cube: Any) -> None:
    assert not bpy.ops.maquette.copy_request.poll()
    with pytest.raises(RuntimeError, match="not made by Maquette"):
        bpy.ops.maquette.copy_request(form="JSON")


class Pie(Layout):
    """A layout that is its own pie."""

    def menu_pie(self) -> Any:
        return self

    def menu(self, name: str, **more: Any) -> None:
        self.drawn.append(("menu", name))
