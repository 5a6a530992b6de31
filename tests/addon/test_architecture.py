# SPDX-License-Identifier: GPL-3.0-or-later
"""The Architecture panel and its operators, with an engine that answers at once."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest

from maquette.core.architecture.site import site_from_json

from .panels import draw

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stub_methods import PROGRAMME, stub_methods  # type: ignore[import-not-found]

sys.path.pop(0)

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
L_SHAPE = ((0, 0), (20, 0), (20, 8), (8, 8), (8, 16), (0, 16))
NAMES = ("massing", "plan", "building")


@pytest.fixture
def stubs(maquette: Any) -> Iterator[Any]:
    """The add-on with methods that the fake engine answers."""
    with stub_methods(maquette):
        yield maquette


@pytest.fixture
def settings(stubs: Any) -> Any:
    """The panel's values, with a plot that is the outline too."""
    settings = bpy.context.scene.maquette_buildings  # type: ignore[union-attr]
    plot = flat("Corner", L_SHAPE)
    plot.location = (100, 50, 2)
    settings.plot.item = settings.outline.item = plot
    settings.live = False
    return settings


def flat(name: str, corners: Any, z: float = 0.0) -> Any:
    mesh: Any = bpy.data.meshes.new(name)
    mesh.from_pydata([(x, y, z) for x, y in corners], [], [tuple(range(len(corners)))])
    item: Any = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(item)  # type: ignore[union-attr]
    return item


def make(maquette: Any, method: str, operator: str = "generate_architecture") -> Any:
    """Press a button; the root that is active then."""
    if operator == "generate_architecture":
        bpy.context.scene.maquette_buildings.method = method  # type: ignore[union-attr]
    job = maquette.finish(maquette.start(operator))
    assert job.state.name == "DONE", job.notice
    return maquette.module("addon.building_live").active_building(bpy.context)


def request_on(root: Any) -> Any:
    return json.loads(root["maquette_request"])


def site_on(root: Any) -> Any:
    return site_from_json(root["maquette_site"])


def everything() -> set[str]:
    kinds = ("objects", "meshes", "materials", "collections", "curves")
    return {f"{kind} {item.name}" for kind in kinds for item in getattr(bpy.data, kind)}


def test_without_methods_there_is_no_panel(maquette: Any) -> None:
    package = maquette.module("core.architecture")
    before, package.METHODS = package.METHODS, ()
    try:
        assert draw("MAQUETTE_PT_architecture") == []
        assert not bpy.ops.maquette.generate_architecture.poll()
    finally:
        package.METHODS = before


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_drawn_once(stubs: Any, settings: Any, name: str) -> None:
    settings.method = name
    drawn = draw("MAQUETTE_PT_architecture")
    module = stubs.module("addon.building_properties")
    for spec in stubs.module("core.params").specs(module.shown_method(settings)[0].params):
        assert len({item for item in drawn if item in (("prop", spec.name), ("prop", spec.name + "_shown"))}) == 1
    assert ("operator", "maquette.generate_architecture") in drawn and ("operator", "maquette.use_for_site") in drawn
    assert (("template_list", "rooms_active") in drawn) == (name != "massing")
    assert (("prop", "neighbours") in drawn) == (name != "plan")


def test_a_building_comes_where_its_site_is(stubs: Any, settings: Any) -> None:
    settings.seed = 7
    settings.architecture_building.storeys = 3
    root = make(stubs, "building")
    assert tuple(root.location) == pytest.approx((110, 58, 2))
    assert root.name == "Corner Building"
    request = request_on(root)
    assert request["method"] == "building" and request["seed"] == 7 and request["params"]["storeys"] == 3
    assert [reference["role"] for reference in request["references"]] == ["site"]
    assert site_on(root).plot.area == pytest.approx(224) and site_on(root).outline.area == pytest.approx(224)
    assert Path(request["references"][0]["path"]).is_file()
    drawn = draw("MAQUETTE_PT_building")
    assert ("label", "3 storeys") in drawn and ("operator", "maquette.show_building_level") in drawn
    assert any(text == "288 m²" for _, text in drawn)


def test_a_script_makes_a_building_at_once(stubs: Any, settings: Any, tmp_path: Path) -> None:
    settings.method = "plan"
    assert bpy.ops.maquette.generate_architecture() == {"FINISHED"}
    root = stubs.module("addon.building_live").active_building(bpy.context)
    assert request_on(root)["method"] == "plan" and site_on(root).neighbours == ()
    site = tmp_path / "site.json"
    site.write_text(root["maquette_site"])
    given = {"generator": "architecture", "method": "building", "references": [str(site)], "params": {"storeys": 1}}
    assert bpy.ops.maquette.generate_architecture(request=json.dumps(given), origin=(5, 6, 7)) == {"FINISHED"}
    other = stubs.module("addon.building_live").active_building(bpy.context)
    assert other != root and tuple(other.location) == (5, 6, 7)
    with pytest.raises(RuntimeError, match="is for 'texture'"):
        bpy.ops.maquette.generate_architecture(request='{"generator": "texture", "method": "family"}')


def test_neighbours_door_and_kept_rooms_are_in_the_site(stubs: Any, settings: Any) -> None:
    bpy.ops.mesh.primitive_cube_add(size=8, location=(130, 54, 6))
    bpy.ops.maquette.use_for_site(part="neighbours")
    bpy.context.scene.cursor.location = (104, 50, 2)  # type: ignore[union-attr]
    bpy.ops.maquette.use_for_site(part="front_door")
    room = flat("Kitchen", [(100, 50), (104, 50), (104, 54), (100, 54)], z=2.0)
    bpy.ops.object.select_all(action="DESELECT")
    room.select_set(True)
    bpy.ops.maquette.use_for_site(part="pins")
    assert settings.neighbours.name == "Neighbours" and settings.pins.name == "Kept Rooms"
    site = site_on(make(stubs, "building"))
    assert [n.height_m for n in site.neighbours] == [pytest.approx(8.0)]
    assert site.front_door.tolist() == pytest.approx([-6, -8]) and site.pinned_rooms[0].use == "kitchen"


def test_use_selected_takes_faces_in_edit_mode(stubs: Any, settings: Any) -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=2, y_subdivisions=2, size=40)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_mode(type="FACE")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.object.data.polygons[0].select = True  # type: ignore[union-attr]
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.maquette.use_for_site(part="plot")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert ("operator", "maquette.forget_site_parts") in draw("MAQUETTE_PT_architecture")
    assert site_on(make(stubs, "massing")).plot.area == pytest.approx(400)
    bpy.ops.maquette.forget_site_parts(part="plot")
    assert settings.plot.chosen is None and settings.plot.item is not None
    with pytest.raises(RuntimeError, match="belongs to a building that Maquette made"):
        bpy.ops.maquette.use_for_site(part="outline")


def test_a_building_needs_no_site(stubs: Any, settings: Any) -> None:
    settings.plot.item = settings.outline.item = None
    bpy.context.scene.cursor.location = (3, 4, 5)  # type: ignore[union-attr]
    root = make(stubs, "building")
    assert request_on(root)["references"] == [] and tuple(root.location) == (3, 4, 5) and root.name == "Building"
    assert bpy.ops.maquette.new_seed_building() == {"FINISHED"}


@pytest.mark.parametrize("corners", [((0, 0), (10, 10), (10, 0), (0, 10)), ((0, 0), (10, 0), (20, 0))])
def test_a_bad_site_is_one_sentence_and_leaves_the_scene_alone(stubs: Any, settings: Any, corners: Any) -> None:
    settings.plot.item = flat("Bad", corners)
    settings.method = "massing"
    before = everything()
    with pytest.raises(RuntimeError, match="The site 'Bad': The outline"):
        bpy.ops.maquette.generate_architecture()
    assert everything() == before


@pytest.mark.parametrize(("name", "said"), [("massing", "No site is chosen"), ("plan", "No site is chosen")])
def test_a_missing_site_is_one_sentence(stubs: Any, settings: Any, name: str, said: str) -> None:
    settings.plot.item = settings.outline.item = None
    settings.method = name
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.maquette.generate_architecture()


def test_regenerate_new_seed_and_storeys_change_in_place(stubs: Any, settings: Any) -> None:
    root = make(stubs, "building")
    uid = root.session_uid
    assert make(stubs, "", "new_seed_building").session_uid == uid and request_on(root)["seed"] == 1
    settings.architecture_building.style = "banded"
    settings.seed = 4
    assert bpy.ops.maquette.regenerate_building() == {"FINISHED"}
    assert request_on(root)["params"]["style"] == "banded" and request_on(root)["seed"] == 4
    assert bpy.ops.maquette.change_storeys(by=2) == {"FINISHED"}
    assert request_on(root)["params"]["storeys"] == 4 and root.session_uid == uid
    with pytest.raises(RuntimeError, match="would have -6 storeys; it may have 1 to 60"):
        bpy.ops.maquette.change_storeys(by=-10)
    settings.architecture_building.storeys = 1
    bpy.ops.maquette.building_to_panel()
    assert settings.architecture_building.storeys == 4 and settings.architecture_building.style == "banded"
    assert bpy.ops.maquette.show_building_level(level=1) == {"FINISHED"}


def test_update_site_follows_the_drawing_in_place(stubs: Any, settings: Any) -> None:
    root = make(stubs, "building")
    for index in (1, 2):
        settings.plot.item.data.vertices[index].co.x = 30
    bpy.ops.maquette.regenerate_building()
    assert site_on(root).plot.area == pytest.approx(224), "its own site"
    bpy.ops.maquette.regenerate_building(site=True)
    assert site_on(root).plot.area == pytest.approx(304) and tuple(root.location) == pytest.approx((110, 58, 2))
    assert site_on(root).plot.outer[:, 0].max() == pytest.approx(20)


def test_a_lost_site_file_comes_from_the_building(stubs: Any, settings: Any) -> None:
    root = make(stubs, "building")
    path = Path(request_on(root)["references"][0]["path"])
    path.unlink()
    make(stubs, "", "new_seed_building")
    assert path.is_file()
    path.unlink()
    del root["maquette_site"]
    with pytest.raises(RuntimeError, match=r"neither at .* nor kept with it"):
        bpy.ops.maquette.new_seed_building()


def test_list_and_text_of_the_programme_follow_each_other(stubs: Any, settings: Any) -> None:
    settings.method = "plan"
    group = settings.architecture_plan
    assert [(room.count, room.use, room.area_m2) for room in settings.rooms] == [
        (1, "living", 24),
        (1, "kitchen", 9),
        (2, "bedroom", 12),
    ]
    settings.rooms[2].count = 3
    assert group.programme == PROGRAMME.replace("2 bedroom", "3 bedroom")
    bpy.ops.maquette.edit_programme(action="ADD")
    settings.rooms[3].use = "bath"
    bpy.ops.maquette.edit_programme(action="ADD_PAIR")
    settings.pairs[1].first, settings.pairs[1].second = "living", "bath"
    assert group.programme.endswith("3 bedroom 12, bath; living-kitchen, living-bath")
    settings.rooms_active = 0
    bpy.ops.maquette.edit_programme(action="REMOVE")
    bpy.ops.maquette.edit_programme(action="REMOVE_PAIR", index=0)
    assert group.programme.startswith("kitchen 9")
    assert any("it has no living" in text for _, text in draw("MAQUETTE_PT_architecture")), "said beneath the text"
    group.programme = "living 30, hall"
    assert len(settings.rooms) == 2 and not len(settings.pairs)
    group.programme = "palace"
    assert len(settings.rooms) == 2 and ("operator", "maquette.edit_programme") in draw("MAQUETTE_PT_architecture")
    with pytest.raises(RuntimeError, match="does not know the use 'palace'"):
        bpy.ops.maquette.edit_programme(action="READ")


def test_every_button_says_what_it_does(stubs: Any, settings: Any) -> None:
    kinds: Any = bpy.types
    said = {
        kinds.MAQUETTE_OT_edit_programme.description(bpy.context, SimpleNamespace(action=action))
        for action in ("ADD", "REMOVE", "ADD_PAIR", "REMOVE_PAIR", "READ")
    }
    parts = ("plot", "front_door", "neighbours")
    said |= {kinds.MAQUETTE_OT_use_for_site.description(bpy.context, SimpleNamespace(part=part)) for part in parts}
    assert len(said) == 8 and all(said)


def test_a_value_changes_the_active_building_at_once(stubs: Any, settings: Any) -> None:
    root = make(stubs, "building")
    settings.live = True
    for storeys in (3, 4, 5):
        settings.architecture_building.storeys = storeys
    live = stubs.module("addon.building_live")
    end = time.monotonic() + 20
    while live.tick() is not None:
        stubs.studio.poll()
        assert time.monotonic() < end
        time.sleep(0.002)
    assert request_on(root)["params"]["storeys"] == 5 and stubs.studio.notice is None
    settings.live = False
    settings.architecture_building.storeys = 2
    assert live.tick() is None and request_on(root)["params"]["storeys"] == 5


def test_options_are_compared_refined_and_built(stubs: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(stubs, "massing")
    parts = stubs.module("addon.scene.building_parts")
    row = parts.row_of(root)
    assert [parts.option_of(one) for one in parts.option_roots(row)] == ["option 1", "option 2", "slabs"]
    drawn = draw("MAQUETTE_PT_options")
    assert ("label", "Daylit") in drawn and ("label", "70%") in drawn
    bpy.ops.maquette.activate_option(name="slabs")
    assert not bpy.ops.maquette.refine_option.poll() and not bpy.ops.maquette.build_option.poll()
    bpy.ops.maquette.activate_option(name="option 2")
    first = request_on(root)
    assert not bpy.ops.maquette.refine_option.poll(), "no method searches around a code unless it says so"
    monkeypatch.setattr(stubs.module("addon.presentation"), "REFINING", ("massing",))
    assert ("operator", "maquette.refine_option") in draw("MAQUETTE_PT_options")
    refined = make(stubs, "", "refine_option")
    request = request_on(refined)
    assert request["code"] == [0.5, 1.0] and request["seed"] == first["seed"] + 1 and len(request["parents"]) == 1
    bpy.ops.maquette.activate_option(name="option 2")
    building = make(stubs, "", "build_option")
    request = request_on(building)
    assert request["method"] == "building" and request["code"] == [0.5, 1.0] and request["params"]["shape"] == "massing"
    assert not bpy.ops.maquette.change_storeys.poll(), "the massing brings its own"
    assert request["references"] == first["references"] and tuple(building.location) == pytest.approx((110, 58, 2))
    assert len(parts.option_roots(row)) == 3, "the row stays"


def test_a_storey_of_the_building_is_as_high_as_in_its_massing(stubs: Any, settings: Any) -> None:
    settings.architecture_massing.storey_height_m = 3.6
    settings.architecture_building.style = "banded"
    make(stubs, "massing")
    params = request_on(make(stubs, "", "build_option"))["params"]
    assert params["storey_height_m"] == pytest.approx(3.6) and params["style"] == "banded"


def test_a_picked_option_stands_alone_on_the_site(stubs: Any, settings: Any) -> None:
    root = make(stubs, "massing")
    parts = stubs.module("addon.scene.building_parts")
    row = parts.row_of(root)
    name = row.name
    bpy.ops.maquette.activate_option(name="option 2")
    assert bpy.ops.maquette.pick_option() == {"FINISHED"}
    (picked,) = parts.buildings(bpy.context.scene)
    assert picked.name == name and tuple(picked.location) == pytest.approx((110, 58, 2))
    assert parts.row_of(picked) is None and request_on(picked)["code"] == [0.5, 1.0]
    assert not [item for item in bpy.data.curves if "caption" in item.name]
    assert draw("MAQUETTE_PT_options") == [] and not bpy.ops.maquette.pick_option.poll()
    assert bpy.ops.maquette.build_option.poll() and ("operator", "maquette.build_option") in draw(
        "MAQUETTE_PT_building"
    )


def test_files_of_every_kind(stubs: Any, settings: Any, tmp_path: Path) -> None:
    make(stubs, "building")
    count = len(bpy.data.objects)
    for kind in ("glb", "ifc", "csv", "blend"):
        path = tmp_path / "out" / "house"
        assert bpy.ops.maquette.export_building(filepath=str(path), kind=kind) == {"FINISHED"}, kind
        assert path.with_suffix(f".{kind}").stat().st_size > 0
    assert (tmp_path / "out" / "house.ifc").read_text() == "building.ifc of building"
    assert len(bpy.data.objects) == count and not list(tmp_path.glob("out/*.part"))
    data = (tmp_path / "out" / "house.glb").read_bytes()
    document = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    windows = [node for node in document["nodes"] if "opening" in node["name"]]
    assert len(windows) == 6 and len({node["mesh"] for node in windows}) == 1, "windows share their mesh"
    with bpy.data.libraries.load(str(tmp_path / "out" / "house.blend")) as (there, _):
        assert "Corner Building" in there.collections
    with pytest.raises(RuntimeError, match="No file was named"):
        bpy.ops.maquette.export_building(kind="glb")


def test_an_export_is_no_undo_step_and_says_where_it_went(stubs: Any, settings: Any, tmp_path: Path) -> None:
    make(stubs, "building")
    taken: list[str] = []
    jobs = stubs.module("addon.jobs")
    before, jobs.push_undo = jobs.push_undo, taken.append
    try:
        bpy.ops.maquette.export_building(filepath=str(tmp_path / "a.csv"), kind="csv")
        assert stubs.studio.notice.text == "'a.csv' is ready." and not taken
        make(stubs, "", "new_seed_building")
        assert len(taken) == 1
    finally:
        jobs.push_undo = before


def test_a_building_becomes_an_asset(stubs: Any, settings: Any) -> None:
    root = make(stubs, "building")
    assert bpy.ops.maquette.mark_building() == {"FINISHED"}
    home = root.users_collection[0]
    assert home.asset_data is not None and "gross floor area 192 m²" in home.asset_data.description
    assert {tag.name for tag in home.asset_data.tags} == {"Maquette", "architecture", "building"}
    assert tuple(home.preview.image_size) == (256, 256)


def test_the_active_buildings_values_show_in_the_panel(stubs: Any, settings: Any) -> None:
    first = make(stubs, "building")
    settings.architecture_building.storeys = 5
    second = make(stubs, "building")
    settings.live = True
    live = stubs.module("addon.building_live")
    for root, storeys in ((first, 2), (second, 5)):
        bpy.context.view_layer.objects.active = root  # type: ignore[union-attr]
        live.follow()
        assert settings.architecture_building.storeys == storeys
    assert live.at_rest(), "showing is no change"


def test_the_addon_comes_and_goes(stubs: Any, settings: Any) -> None:
    addon = stubs.module("addon")
    addon.unregister()
    try:
        assert not hasattr(bpy.types.Scene, "maquette_buildings") and not hasattr(bpy.types, "MAQUETTE_PT_architecture")
    finally:
        addon.register()
    assert draw("MAQUETTE_PT_architecture")


def test_what_stands_there_is_said_and_rows_lie_in_front_of_each_other(stubs: Any, settings: Any) -> None:
    first = make(stubs, "building")
    assert stubs.studio.notice.level == "INFO"
    make(stubs, "building")
    assert stubs.studio.notice.level == "WARNING" and f"'{first.name}' stands there too" in stubs.studio.notice.text
    near, far = make(stubs, "massing"), make(stubs, "massing")
    parts = stubs.module("addon.scene.building_parts")
    assert parts.row_of(near) != parts.row_of(far)
    lines = [{int(root["maquette_place"][0]) for root in parts.option_roots(parts.row_of(one))} for one in (near, far)]
    assert lines == [{0, 1}, {2, 3}] and far.location.y < near.location.y
    make(stubs, "", "new_seed_building")
    assert {int(root["maquette_place"][0]) for root in parts.option_roots(parts.row_of(far))} == {2, 3}


def test_the_real_engine_builds_on_a_drawn_site_and_writes_files(maquette: Any, tmp_path: Path) -> None:
    if not os.environ.get("MAQUETTE_PYTHON"):
        pytest.skip("MAQUETTE_PYTHON names no interpreter with torch")
    if not {"building", "plan"} <= {m.name for m in maquette.module("core.architecture").METHODS}:
        pytest.skip("there is no method that builds yet")
    maquette.studio.close()
    maquette.studio._start_engine = maquette.module("addon.engine").start_engine
    settings: Any = bpy.context.scene.maquette_buildings  # type: ignore[union-attr]
    settings.live = False
    settings.plot.item = flat("Corner", [(x, y * 0.75) for x, y in L_SHAPE])
    settings.method = "building"
    settings.architecture_building.interiors = False
    assert bpy.ops.maquette.generate_architecture() == {"FINISHED"}, maquette.studio.notice
    root = maquette.module("addon.building_live").active_building(bpy.context)
    report = maquette.module("addon.scene.record").report_of(root)
    assert report["gross_floor_area_m2"] == pytest.approx(2 * 168, rel=1e-3)
    parts = maquette.module("addon.scene.building_parts").objects_of(root)
    lows, highs = zip(*[_reach(p) for p in parts.values() if p.type == "MESH" and len(p.data.vertices)], strict=True)
    assert min(low[0] for low in lows) < 0.01 and max(high[0] for high in highs) > 19.9, "where the site is"
    assert max(high[2] for high in highs) > 6.0
    before = len(parts)
    assert bpy.ops.maquette.change_storeys(by=1) == {"FINISHED"}, maquette.studio.notice
    assert len(maquette.module("addon.scene.building_parts").objects_of(root)) > before
    for kind, mark in (("ifc", b"ISO-10303-21"), ("csv", b",")):
        path = tmp_path / f"corner.{kind}"
        assert bpy.ops.maquette.export_building(filepath=str(path), kind=kind) == {"FINISHED"}, maquette.studio.notice
        assert mark in path.read_bytes()[:200]
    settings.method = "plan"
    assert bpy.ops.maquette.generate_architecture() == {"FINISHED"}, maquette.studio.notice
    plan = maquette.module("addon.building_live").active_building(bpy.context)
    assert plan != root and request_on(plan)["method"] == "plan"
    assert bpy.ops.maquette.keep_rooms() == {"FINISHED"} == bpy.ops.maquette.keep_rooms()
    drawn = list(settings.pins.objects)
    assert len(drawn) == 6 and sum(_area(item) for item in drawn) == pytest.approx(168, rel=0.2)
    for item in drawn[1:]:
        bpy.data.objects.remove(item)
    bpy.context.view_layer.objects.active = plan  # type: ignore[union-attr]
    assert bpy.ops.maquette.regenerate_building(site=True) == {"FINISHED"}, maquette.studio.notice
    assert [room.use for room in site_on(plan).pinned_rooms] == ["living"]


def _area(item: Any) -> float:
    return float(sum(face.area for face in item.data.polygons))


def _reach(item: Any) -> tuple[Any, Any]:
    """The least and greatest corner of an object in the world."""
    corners = [item.matrix_world @ vertex.co for vertex in item.data.vertices]
    return [min(axis) for axis in zip(*corners, strict=True)], [max(axis) for axis in zip(*corners, strict=True)]
