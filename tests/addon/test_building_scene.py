# SPDX-License-Identifier: GPL-3.0-or-later
"""A building's bundle as datablocks: what is there, where it stands, how it changes and what of it stays."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
import small_building

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


class Site:
    """Puts buildings up through the installed add-on's scene builders."""

    def __init__(self, maquette: Any) -> None:
        self.maquette = maquette
        plain = {"generator": "texture", "method": "family"}
        self.request = maquette.module("core.request").Request.from_plain(plain)
        self.building = maquette.module("addon.scene.building")
        self.parts = maquette.module("addon.scene.building_parts")
        self.row = maquette.module("addon.scene.option_row")

    def made(self, asset: Any, per_metre: float = 1.0, site: str = "") -> Any:
        """What a delivery has read."""
        bundle = self.maquette.module("addon.scene.bundle_building")
        png = self.maquette.module("core.files.plain_image").png
        textures = {
            number: {
                name: png((image * 255).astype(np.uint8)) for name, image in material.maps.items() if image.shape[0] > 1
            }
            for number, material in enumerate(asset.materials)
        }
        return self.building.MadeBuilding(
            "Building", self.request, bundle.BundledBuilding(asset, textures), per_metre, site
        )

    def scene(self) -> Any:
        """Where things go."""
        scene: Any = bpy.context.scene
        return self.maquette.module("addon.scene.targets").Target(scene.name, scene.session_uid)

    def meshes(self, made: Any, roots: Any = ()) -> dict[Any, Any]:
        """New meshes, staged to the end."""
        staging = self.maquette.module("addon.scene.building_staging").BuildingStaging(made)
        while staging.step(roots):
            pass
        meshes: dict[Any, Any] = staging.meshes()
        return meshes

    def add(self, per_metre: float = 1.0, origin: Any = (0.0, 0.0, 0.0), site: str = "", **given: Any) -> Any:
        """A new building."""
        made = self.made(small_building.building(**given), per_metre, site)
        return self.building.add_building(made, self.scene(), self.meshes(made), origin)

    def change(self, root: Any, per_metre: float = 1.0, replaced: Any = (), **given: Any) -> list[str]:
        """The same building in place; of the parts `replaced` what was changed by hand is given up."""
        made = self.made(small_building.building(**given), per_metre)
        said: list[str] = self.building.change_building(root, made, self.meshes(made, [root]), replaced)
        return said

    def objects(self, root: Any) -> dict[str, Any]:
        """Objects by their parts' ids."""
        found: dict[str, Any] = self.parts.objects_of(root)
        return found


@pytest.fixture
def site(maquette: Any) -> Site:
    return Site(maquette)


def orphans() -> list[str]:
    """Datablocks that nothing uses."""
    kinds: Any = (bpy.data.meshes, bpy.data.objects, bpy.data.materials, bpy.data.images, bpy.data.curves)
    return [item.name for kind in kinds for item in kind if not item.users]


def size_of(item: Any) -> tuple[float, ...]:
    """How far its vertices span along each axis."""
    return tuple(np.ptp(np.array([vertex.co for vertex in item.data.vertices]), axis=0).tolist())


def tree(root: Any) -> dict[str, list[str]]:
    """The collections of a building, and how many objects each holds."""
    home = root.users_collection[0]
    return {below.name: sorted(item.name for item in below.objects) for below in [home, *home.children_recursive]}


def test_a_building_stands_by_storeys(site: Site) -> None:
    root = site.add(storeys=2, windows=2)
    windows = [f"storey 0 wall 0 opening {n}" for n in range(2)]
    assert tree(root) == {
        "Building": ["Building"],
        "Storey 0": ["storey 0 floor", *windows, "storey 0 walls"],
        "Storey 1": ["storey 1 floor", *[name.replace("0", "1", 1) for name in windows], "storey 1 walls"],
        "Roof": ["roof"],
        "Stairs": ["stairs 1"],
    }
    assert all(item.parent == root for item in site.objects(root).values())
    window = bpy.data.objects["storey 1 wall 0 opening 1"]
    assert tuple(window.matrix_world.translation) == pytest.approx((9.0, 0.0, 4.0))
    assert window.data == bpy.data.objects[windows[0]].data, "copies share their mesh"
    assert window["maquette_ifc_class"] == "IfcWindow" and window["maquette_storey"] == 1
    assert dict(window["maquette_quantities"]) == {"width_m": 1.0}
    walls = bpy.data.objects["storey 1 walls"]
    assert walls["maquette_ifc_class"] == "IfcWall"
    assert dict(walls["maquette_quantities"]["storey 1 wall 3"]) == {"length_m": 12.0}
    assert dict(root["maquette_report"]) == {"gross_floor_area_m2": 192.0}
    assert site.parts.building_of(window) == root and bpy.context.object == root
    assert orphans() == []


def test_the_root_moves_all_of_it(site: Site) -> None:
    root = site.add(origin=(100.0, 50.0, 2.0))
    assert tuple(root.location) == (100.0, 50.0, 2.0)
    layer: Any = bpy.context.view_layer
    root.location.x += 1
    layer.update()
    assert bpy.data.objects["roof"].matrix_world.translation.x == pytest.approx(101.0)


def test_units_of_the_scene(site: Site) -> None:
    root = site.add(per_metre=100.0)
    window = bpy.data.objects["storey 1 wall 0 opening 1"]
    assert tuple(window.location) == pytest.approx((600.0, 0.0, 400.0))
    assert size_of(window) == pytest.approx((100.0, 10.0, 120.0))
    assert list(window["maquette_uv_size"]) == [100.0, 100.0, 1.0], "a unit of the UVs is a metre"
    assert site.change(root, per_metre=100.0, deep_m=9.0) == []
    assert size_of(bpy.data.objects["roof"])[1] == pytest.approx(900.0)


def test_materials_tile_in_metres(site: Site) -> None:
    site.add()
    brick, plaster, glass = (bpy.data.materials[name] for name in ("Brick", "Plaster", "Glass"))
    mapping = plaster.node_tree.nodes["Maquette Mapping"]
    assert [mapping.inputs[name].default_value for name in ("Tile Width", "Tile Height")] == [2.0, 1.5]
    shader = plaster.node_tree.nodes["Maquette Principled"]
    assert shader.inputs["Base Color"].is_linked and shader.inputs["Roughness"].default_value == pytest.approx(0.5)
    assert brick.node_tree.nodes["Principled"].inputs["Base Color"].default_value[0] == pytest.approx(0.214, abs=1e-3)
    assert glass.node_tree.nodes["Principled"].inputs["Alpha"].default_value == pytest.approx(0.3)
    assert [slot.name for slot in bpy.data.objects["storey 0 walls"].data.materials] == ["Brick"]


def test_fewer_and_more_storeys_keep_the_others(site: Site) -> None:
    root = site.add(storeys=3)
    root.location = (5, 6, 7)
    before = {name: (item.session_uid, item.data.session_uid) for name, item in site.objects(root).items()}
    assert site.change(root, storeys=2) == []
    after = {name: (item.session_uid, item.data.session_uid) for name, item in site.objects(root).items()}
    assert set(before) - set(after) == {name for name in before if name.startswith("storey 2")}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"roof"} and after["roof"][0] == before["roof"][0], "the roof is lower, the object the same"
    assert "Storey 2" not in bpy.data.collections and tuple(root.location) == (5, 6, 7)
    assert site.change(root, storeys=4) == []
    assert {name: uid for name, (uid, _) in after.items()}.items() <= {
        name: item.session_uid for name, item in site.objects(root).items()
    }.items()
    assert tuple(bpy.data.objects["storey 3 wall 0 opening 0"].location)[2] == 10.0
    assert "Storey 3" in root.users_collection[0].children
    assert orphans() == [] and len(bpy.data.meshes) == 2 * 4 + 3


def test_a_material_that_was_replaced_stays(site: Site) -> None:
    root = site.add()
    walls, own = bpy.data.objects["storey 0 walls"].data, bpy.data.materials.new("Mine")
    walls.materials[0] = own
    walls.materials.append(bpy.data.materials["Glass"])
    said = site.change(root, deep_m=10.0, bricks=0.8)
    walls = bpy.data.objects["storey 0 walls"].data
    assert list(walls.materials) == [own, bpy.data.materials["Glass"]]
    assert walls.vertices[-1].co.y == 10.0
    (other,) = bpy.data.objects["storey 1 walls"].data.materials
    assert other.node_tree.nodes["Principled"].inputs["Base Color"].default_value[0] == pytest.approx(0.604, abs=1e-3)
    assert said == [] and len(bpy.data.materials) == 4, "the former brick was as it was made, so it is gone"
    assert site.change(root, deep_m=10.0, bricks=0.8) == [], "nothing to do the second time"
    mine = other.node_tree.nodes["Principled"].inputs["Roughness"]
    mine.default_value = 0.123
    said = site.change(root, deep_m=10.0, bricks=0.2)
    assert said == [f"The material '{other.name}' was changed by hand, so it stays."]
    (shown,) = bpy.data.objects["storey 1 walls"].data.materials
    assert shown == other and mine.default_value == pytest.approx(0.123)
    said = site.change(root, replaced={"material Brick"}, deep_m=10.0, bricks=0.2)
    assert said == [f"The former material '{other.name}' stays in the file."]
    (shown,) = bpy.data.objects["storey 1 walls"].data.materials
    assert shown != other and mine.default_value == pytest.approx(0.123) and other.use_fake_user


def test_what_was_moved_by_hand_stays_moved(site: Site) -> None:
    root = site.add()
    window, wall = bpy.data.objects["storey 0 wall 0 opening 1"], bpy.data.objects["storey 0 walls"]
    window.location.x += 0.5
    wall.data.vertices[-1].co.z += 1.0
    assert site.change(root, windows=4, deep_m=9.0) == []
    assert tuple(window.location) == pytest.approx((5.0, 0.0, 1.0)), "half a metre from where the second of four is"
    assert tuple(wall.data.vertices[-1].co) == (0.0, 9.0, 4.0), "the edit came along"
    window.location.z += 0.25
    wall.location.x = 3.0
    said = site.change(root, windows=1, deep_m=9.0)
    assert said == [f"'{window.name}' was changed by hand, so it stays beside the new parts."]
    assert window.name in bpy.data.objects and "storey 0 wall 0 opening 2" not in bpy.data.objects
    assert wall.location.x == 3.0


def test_faces_cut_by_hand_are_kept(site: Site) -> None:
    import bmesh

    root = site.add()
    floor = bpy.data.objects["storey 1 floor"]
    edited = bmesh.new()
    edited.from_mesh(floor.data)
    bmesh.ops.triangulate(edited, faces=edited.faces[:])
    edited.to_mesh(floor.data)
    edited.free()
    data, faces = floor.data.session_uid, len(floor.data.polygons)
    said = site.change(root, deep_m=9.0)
    assert said == ["'storey 1 floor' was changed by hand, so it stays as it is."]
    assert (floor.data.session_uid, len(floor.data.polygons)) == (data, faces)
    assert orphans() == []
    assert "storey 1 floor" in " ".join(site.change(root, storeys=1)), "kept, though its storey is gone"


def test_what_hangs_on_a_part_outlives_it(site: Site) -> None:
    root = site.add()
    lamp = bpy.data.objects.new("Lamp", None)
    root.users_collection[0].objects.link(lamp)
    lamp.parent, lamp.location = bpy.data.objects["storey 1 wall 0 opening 0"], (0, -1, 0)
    copy = bpy.data.objects["storey 0 wall 0 opening 0"].copy()
    root.users_collection[0].objects.link(copy)
    copy.location.x = 20
    layer: Any = bpy.context.view_layer
    layer.update()
    place = lamp.matrix_world.translation.copy()
    site.change(root, storeys=1)
    layer.update()
    assert lamp.parent == root and lamp.matrix_world.translation == place
    assert copy.location.x == 20 and copy.parent == root, "a copy by hand is no part"


def test_nothing_changes_under_the_designers_hands(site: Site) -> None:
    root = site.add()
    layer: Any = bpy.context.view_layer
    layer.objects.active = bpy.data.objects["roof"]
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(Exception, match="'roof' is being edited"):
        site.change(root, deep_m=9.0, storeys=1)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert "storey 1 walls" in bpy.data.objects and size_of(bpy.data.objects["storey 0 floor"])[1] == 8.0


def test_levels_of_detail(site: Site) -> None:
    levels = site.maquette.module("addon.scene.building_levels")
    root = site.add(level=True)
    walls = bpy.data.objects["storey 0 walls"]
    fine = len(walls.data.vertices)
    assert levels.num_levels(root) == 2
    walls.data.materials[0] = own = bpy.data.materials.new("Mine")
    levels.show_level(root, 1)
    assert len(walls.data.vertices) < fine and walls.data.name == "storey 0 walls_LOD1"
    assert levels.shown_level(root) == 1 and orphans() == []
    site.change(root, level=True, storeys=3, deep_m=9.0)
    assert bpy.data.objects["storey 2 walls"].data.name == "storey 2 walls_LOD1", "the level is kept"
    levels.show_level(root, 0)
    assert len(walls.data.vertices) == fine and walls.data.vertices[-1].co.y == 9.0
    assert list(walls.data.materials) == [own] and orphans() == []


def test_a_second_building_is_one_of_its_own(site: Site) -> None:
    first, second = site.add(), site.add(deep_m=5.0)
    assert not set(site.objects(first).values()) & set(site.objects(second).values())
    assert site.objects(second)["roof"].name == "roof.001" and len(bpy.data.materials) == 3
    site.change(first, storeys=1)
    assert len(site.objects(second)) == 12 and site.objects(second)["roof"].data.vertices[-1].co.y == 5.0


def test_a_copy_of_a_building_stays_as_it_is(site: Site) -> None:
    root = site.add()
    copies = {item: item.copy() for item in (root, *root.children_recursive)}
    for item, copy in copies.items():
        item.users_collection[0].objects.link(copy)
        copy.parent = copies.get(item.parent)
    free = bpy.data.objects.new("A window elsewhere", bpy.data.objects["storey 0 wall 0 opening 0"].data)
    assert site.change(root, deep_m=9.0, storeys=3) == []
    assert len(site.objects(copies[root])) == 12 and len(site.objects(root)) == 17
    assert size_of(site.objects(copies[root])["storey 0 walls"])[1] == 8.0
    assert size_of(site.objects(root)["storey 0 walls"])[1] == 9.0
    assert free.data == site.objects(root)["storey 0 wall 0 opening 0"].data
    site.change(copies[root], deep_m=7.0)
    assert size_of(site.objects(root)["roof"])[1] == 9.0 and size_of(site.objects(copies[root])["roof"])[1] == 7.0


def test_a_root_that_was_put_elsewhere(site: Site) -> None:
    root = site.add()
    home, scene = root.users_collection[0], bpy.context.scene
    assert scene is not None
    home.objects.unlink(root)
    scene.collection.objects.link(root)
    site.change(root, storeys=3)
    assert site.parts.collection_of(root) == home and "Storey 2" in home.children


def test_long_names_and_nameless_copies(site: Site) -> None:
    import dataclasses

    asset = small_building.building(nameless=True)
    long = "storey 0 " + "a very long name " * 8
    mesh = dataclasses.replace(asset.meshes[0], name=long)
    made = site.made(dataclasses.replace(asset, meshes=(mesh, *asset.meshes[1:])))
    root = site.building.add_building(made, site.scene(), site.meshes(made))
    objects = site.objects(root)
    assert objects[long].users_collection[0].name == "Storey 0"
    assert objects["storey 1 window 3"].users_collection[0].name == "Storey 1", "copies are told apart by their height"
    uids = {name: item.session_uid for name, item in objects.items()}
    assert site.building.change_building(root, made, site.meshes(made, [root])) == []
    assert {name: item.session_uid for name, item in site.objects(root).items()} == uids


def test_very_many_copies_are_points(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.building, "MOST_OBJECTS", 10)
    root = site.add(storeys=2, windows=8)
    points = bpy.data.objects["storey 1 window copies"]
    assert len(points.data.vertices) == 8 and points.users_collection[0].name == "Storey 1"
    assert bpy.data.objects["window copied"].hide_render
    assert drawn() == {(round((n + 0.5) * 1.5, 3), 0.0, 1.0 + 3 * s) for n in range(8) for s in range(2)}
    uid = points.session_uid
    site.change(root, storeys=3, windows=6)
    assert len(drawn()) == 18 and bpy.data.objects["storey 1 window copies"].session_uid == uid
    site.change(root, storeys=2, windows=3)
    assert not drawn() and "storey 1 wall 0 opening 2" in bpy.data.objects and orphans() == []


def drawn() -> set[tuple[float, ...]]:
    """Where instances are drawn."""
    graph: Any = bpy.context.evaluated_depsgraph_get()
    return {tuple(round(x, 3) for x in i.matrix_world.translation) for i in graph.object_instances if i.is_instance}


def test_options_stand_in_a_row(site: Site) -> None:
    made = site.made(small_building.options(), site='{"maquette_site": 1}')
    row = site.row.add_row(made, site.scene(), site.meshes(made), (100.0, 0.0, 1.0))
    roots = site.parts.option_roots(row)
    assert [site.parts.option_of(root) for root in roots] == ["option 1", "option 2", "slabs"]
    assert [site.parts.code_of(root) for root in roots] == [(0.5, 0.0), (0.5, 1.0), ()]
    first, second, rule = (tuple(root.location) for root in roots)
    assert first[1:] == second[1:] and second[0] - first[0] > 40.0 and rule[1] < first[1] < -30.0
    assert all(site.row.site_origin(root) == (100.0, 0.0, 1.0) for root in roots)
    assert site.parts.row_of(roots[1]) == row and site.parts.site_of(roots[0]) == '{"maquette_site": 1}'
    objects = [site.objects(root) for root in roots]
    assert [set(found) for found in objects] == [{f"{r.name} mass", "ground", "neighbours"} for r in roots]
    assert len({found["ground"].data for found in objects}) == 1, "what is around is shared"
    (shown,) = objects[0]["option 1 mass"].data.materials
    assert shown.node_tree.nodes["Sun"].layer_name == "sun"
    captions = {child.data.body for child in roots[0].children if child.type == "FONT"}
    assert captions == {"option 1", "FAR 2.00\ndaylit floor area 70%"}
    assert dict(roots[1]["maquette_report"]) == {"far": 3.0, "daylit": 0.7}


def test_a_row_changes_in_place(site: Site) -> None:
    made = site.made(small_building.options())
    row = site.row.add_row(made, site.scene(), site.meshes(made))
    first = site.parts.option_roots(row)[0]
    first.location = (1, 2, 3)
    mass = site.objects(first)["option 1 mass"].session_uid
    other = site.made(small_building.options(("option 1", "option 3"), tall_m=12.0))
    assert site.row.change_row(row, other, site.meshes(other, site.parts.option_roots(row))) == []
    roots = site.parts.option_roots(row)
    assert [root.name for root in roots] == ["option 1", "option 3"] and tuple(first.location) == (1, 2, 3)
    assert site.objects(first)["option 1 mass"].session_uid == mass
    assert size_of(site.objects(first)["option 1 mass"])[2] == 12.0
    kinds: Any = (bpy.data.objects, bpy.data.meshes)
    assert not [item.name for kind in kinds for item in kind if "slabs" in item.name]
    assert "slabs" not in bpy.data.collections and orphans() == []


def test_a_picked_option_stays_alone(site: Site) -> None:
    made = site.made(small_building.options())
    row = site.row.add_row(made, site.scene(), site.meshes(made))
    kept, *others = site.parts.option_roots(row)
    lamp = bpy.data.objects.new("Lamp", None)
    row.objects.link(lamp)
    lamp.parent = others[0]
    for root in others:
        site.row.remove_root(root)
    assert site.parts.option_roots(row) == [kept] and len(site.objects(kept)) == 3
    assert lamp.name in bpy.data.objects and orphans() == []


def test_a_level_may_be_empty(site: Site) -> None:
    import dataclasses

    levels = site.maquette.module("addon.scene.building_levels")
    asset = small_building.building()
    window = asset.meshes[-1]
    nothing = dataclasses.replace(
        window,
        positions=np.zeros((0, 3), np.float32),
        corners=np.zeros(0, np.int32),
        face_starts=np.zeros(1, np.int32),
        material_of_face=np.zeros(0, np.int32),
        uvs={"UVMap": np.zeros((0, 2), np.float32)},
    )
    meshes = (*asset.meshes[:-1], dataclasses.replace(window, levels=(nothing, nothing)))
    made = site.made(dataclasses.replace(asset, meshes=meshes))
    root = site.building.add_building(made, site.scene(), site.meshes(made))
    levels.show_level(root, 2)
    item = bpy.data.objects["storey 0 wall 0 opening 0"]
    assert levels.num_levels(root) == 3 and len(item.data.polygons) == 0
    assert site.building.change_building(root, made, site.meshes(made, [root])) == []
    levels.show_level(root, 0)
    assert len(item.data.polygons) == 6
