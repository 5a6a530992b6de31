# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn in the scene as a site: meshes, faces, curves, strokes, neighbours, rooms to keep; and bad drawings."""

from __future__ import annotations

import itertools
import math
from typing import Any

import bpy
import numpy as np
import pytest

from maquette.core.architecture.site import site_from_json

L_SHAPE = ((0, 0), (20, 0), (20, 8), (8, 8), (8, 16), (0, 16))
SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))


@pytest.fixture
def read(maquette: Any) -> Any:
    """Reads objects as a site; the site is the one that its file tells."""
    module, outline = maquette.module("addon.scene.site_source"), maquette.module("addon.scene.drawn_outline")

    def read(plot: Any = None, unit_m: float = 1.0, chosen: bool = False, **more: Any) -> Any:
        part = outline.chosen_now(plot) if chosen else None
        for name in ("outline", "parcels"):
            if name in more:
                more[name] = module.Drawing(more[name], outline.chosen_now(more[name]))
        source = module.SiteSource(plot=plot and module.Drawing(plot, part), **more)
        return module.read_scene(source, unit_m)

    return read


def link(item: Any) -> Any:
    bpy.context.collection.objects.link(item)  # type: ignore[union-attr]
    return item


def flat(name: str, corners: Any, holes: Any = (), z: float = 0.0) -> Any:
    """A mesh of one face, with an edge loop for each hole cut out of it by triangles between them."""
    mesh: Any = bpy.data.meshes.new(name)
    rings = [corners, *holes]
    places = [(*corner[:2], corner[2] if len(corner) > 2 else z) for ring in rings for corner in ring]
    if holes:
        mesh.from_pydata(places, [(i, (i + 1) % 4) for i in range(4)], _frame(len(corners)))
    else:
        mesh.from_pydata(places, [], [tuple(range(len(places)))])
    return link(bpy.data.objects.new(name, mesh))


def _frame(count: int) -> list[tuple[int, ...]]:
    return [(i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)]


def box(name: str, low: Any, high: Any) -> Any:
    bpy.ops.mesh.primitive_cube_add(size=1)
    item: Any = bpy.context.object
    item.name = name
    item.location = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    item.scale = [b - a for a, b in zip(low, high, strict=True)]
    return item


def curve(name: str, corners: Any, closed: bool = True, **look: Any) -> Any:
    data: Any = bpy.data.curves.new(name, "CURVE")
    line = data.splines.new("POLY")
    line.points.add(len(corners) - 1)
    for point, corner in zip(line.points, corners, strict=True):
        point.co = (*corner[:2], 0.0, 1.0)
    line.use_cyclic_u = closed
    for key, value in look.items():
        setattr(data, key, value)
    return link(bpy.data.objects.new(name, data))


def pencil(name: str, strokes: Any) -> Any:
    """A grease pencil object, of whichever kind this Blender has."""
    datas: Any = getattr(bpy.data, "grease_pencils_v3", bpy.data.grease_pencils)
    data = datas.new(name)
    item = link(bpy.data.objects.new(name, data))
    layer = data.layers.new("Lines")
    frame: Any = layer.frames.new(1)
    if item.type == "GPENCIL":
        for points in strokes:
            stroke = frame.strokes.new()
            stroke.points.add(len(points))
            for point, place in zip(stroke.points, points, strict=True):
                point.co = (*place, 0.0)
        return item
    if strokes:
        frame.drawing.add_strokes([len(points) for points in strokes])
    for stroke, points in zip(frame.drawing.strokes, strokes, strict=True):
        for point, place in zip(stroke.points, points, strict=True):
            point.position = (*place, 0.0)
    return item


def by_hand(corners: Any, per_side: int = 40) -> list[tuple[float, float]]:
    """A shaky line around corners that overshoots its beginning a little."""
    random = np.random.default_rng(4)
    ring = [*corners, corners[0]]
    points = [np.add(a, np.subtract(b, a) * t / per_side) for a, b in itertools.pairwise(ring) for t in range(per_side)]
    return [tuple(point + random.normal(0, 0.02, 2)) for point in [*points, np.add(corners[0], (0.3, 0.02))]]


def in_world(found: Any) -> np.ndarray:
    """The plot's corners where the scene has them."""
    result: np.ndarray = found.site.plot.outer + found.origin_m[:2]
    return result


def same_ring(ring: np.ndarray, corners: Any, tolerance: float = 1e-4) -> bool:
    """Whether a ring has these corners, counter-clockwise, wherever it begins."""
    wanted = np.array(corners, float)[:, :2]
    if len(ring) != len(wanted):
        return False
    return any(np.allclose(np.roll(ring, n, axis=0), wanted, atol=tolerance) for n in range(len(ring)))


def test_a_mesh_means_its_border_in_the_world(read: Any) -> None:
    item = flat("Plot", L_SHAPE)
    item.location, item.rotation_euler.z = (100, -40, 12), math.radians(90)
    found = read(item)
    turned = [(100 - y, -40 + x) for x, y in L_SHAPE]
    assert same_ring(in_world(found), turned)
    assert found.origin_m.tolist() == pytest.approx([92, -30, 12])
    assert found.site.plot.area == pytest.approx(224)
    again = site_from_json(found.text)
    assert again.plot is not None and same_ring(again.plot.outer, found.site.plot.outer)


def test_the_same_drawing_gives_the_same_file_wherever_it_lies(read: Any) -> None:
    item = flat("Plot", L_SHAPE)
    text = read(item).text
    item.location = (256, 512, 3)
    assert read(item).text == text


def test_units_are_metres(read: Any) -> None:
    found = read(flat("Plot", [(x * 100, y * 100) for x, y in L_SHAPE], z=250.0), unit_m=0.01)
    assert found.site.plot.area == pytest.approx(224) and found.origin_m[2] == pytest.approx(2.5)


def test_holes_stay(read: Any) -> None:
    inner = [(3, 3), (7, 3), (7, 7), (3, 7)]
    found = read(flat("Plot", SQUARE, [inner]))
    assert found.site.plot.area == pytest.approx(100 - 16) and len(found.site.plot.holes) == 1


def test_chosen_faces_and_edges_alone(maquette: Any, read: Any) -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=4, y_subdivisions=4, size=40)
    item: Any = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_mode(type="FACE")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    for index in (0, 1, 4):
        item.data.polygons[index].select = True
    bpy.ops.object.mode_set(mode="EDIT")
    assert read(item, chosen=True).site.plot.area == pytest.approx(300)
    bpy.ops.mesh.region_to_loop()
    assert maquette.module("addon.scene.drawn_outline").chosen_now(item).kind == "EDGES"
    assert read(item, chosen=True).site.plot.area == pytest.approx(300)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert read(item).site.plot.area == pytest.approx(1600), "all of it"


def test_parts_that_were_chosen_before_an_edit_are_said(maquette: Any, read: Any) -> None:
    module, outline = maquette.module("addon.scene.site_source"), maquette.module("addon.scene.drawn_outline")
    item = flat("Plot", L_SHAPE)
    stale = module.Drawing(item, outline.Chosen("FACES", (0,), (9, 9, 9)))
    with pytest.raises(Exception, match=r"The site 'Plot' was edited since its parts were chosen"):
        module.read_scene(module.SiteSource(plot=stale), 1.0)


def test_a_solid_means_its_top_as_ground_and_its_underside_as_building(read: Any) -> None:
    slab = box("Slab", (0, 0, -1), (30, 20, 0.5))
    found = read(slab)
    assert found.site.plot.area == pytest.approx(600) and found.origin_m[2] == pytest.approx(0.5)
    assert read(outline=slab).origin_m[2] == pytest.approx(-1)


def test_curves_of_every_look(read: Any) -> None:
    for look in ({}, {"dimensions": "2D", "fill_mode": "BOTH"}, {"bevel_depth": 0.5}, {"extrude": 2.0}):
        assert same_ring(in_world(read(curve("Line", L_SHAPE, **look))), L_SHAPE), look
    assert same_ring(in_world(read(curve("Open", L_SHAPE, closed=False))), L_SHAPE)
    bpy.ops.curve.primitive_bezier_circle_add(radius=10)
    assert read(bpy.context.object).site.plot.area == pytest.approx(math.pi * 100, rel=0.01)
    assert not [item for item in bpy.data.objects if item.name.startswith("line")]


def test_a_shaky_stroke_becomes_a_clean_plot(read: Any) -> None:
    found = read(pencil("Sketch", [by_hand(L_SHAPE)]))
    assert len(found.site.plot.outer) <= 8
    assert found.site.plot.area == pytest.approx(224, rel=0.02)


def test_strokes_side_by_side_are_joined(read: Any) -> None:
    ring = [*L_SHAPE, L_SHAPE[0]]
    lines = [[a, np.add(a, np.subtract(b, a) * 0.98)] for a, b in itertools.pairwise(ring)]
    lines[2].reverse()
    assert read(pencil("Sketch", lines)).site.plot.area == pytest.approx(224, rel=0.05)


def test_neighbours_are_loose_parts_with_their_heights(read: Any) -> None:
    plot = flat("Plot", SQUARE, z=2.0)
    two = box("Two", (20, 0, 2), (30, 10, 14))
    other = box("Other", (0, 20, 1), (8, 30, 11))
    bpy.context.view_layer.objects.active = two  # type: ignore[union-attr]
    two.select_set(True)
    other.select_set(True)
    bpy.ops.object.join()
    shed = box("Shed", (-20, 0, 2), (-15, 5, 2.2))
    far = box("Far", (900, 0, 2), (920, 20, 20))
    found = read(plot, neighbours=[two, shed, far, plot])
    assert sorted(round(n.height_m, 3) for n in found.site.neighbours) == [9.0, 12.0]
    first = min(found.site.neighbours, key=lambda n: -n.height_m)
    assert same_ring(first.ring + found.origin_m[:2], [(20, 0), (30, 0), (30, 10), (20, 10)])
    assert len(site_from_json(found.text).neighbours) == 2


def test_a_concave_neighbour_keeps_its_shape_and_a_pitched_one_its_eaves(read: Any) -> None:
    plot = flat("Plot", SQUARE)
    concave = flat("L", [(x + 20, y) for x, y in L_SHAPE])
    solid = concave.modifiers.new("Solid", "SOLIDIFY")
    solid.thickness, solid.offset = 9.0, 1.0
    (neighbour,) = read(plot, neighbours=[concave]).site.neighbours
    assert len(neighbour.ring) == 6 and neighbour.height_m == pytest.approx(9.0)
    bpy.ops.mesh.primitive_cone_add(vertices=4, radius1=5, depth=8, location=(-12, 0, 4))
    (pyramid,) = read(plot, neighbours=[bpy.context.object]).site.neighbours
    assert pyramid.height_m == pytest.approx(8.0) and len(pyramid.ring) == 4


def test_an_instance_of_a_collection_is_a_neighbour_too(read: Any) -> None:
    plot = flat("Plot", SQUARE)
    home = bpy.data.collections.new("House")
    house = box("House", (0, 0, 0), (6, 6, 6))
    home.objects.link(house)
    empty: Any = link(bpy.data.objects.new("Instance", None))
    empty.instance_type, empty.instance_collection, empty.location = "COLLECTION", home, (30, 0, 0)
    found = read(plot, neighbours=[empty])
    assert same_ring(found.site.neighbours[0].ring + found.origin_m[:2], [(30, 0), (36, 0), (36, 6), (30, 6)])


def test_door_parcels_and_what_is_kept(read: Any) -> None:
    outline = flat("Outline", SQUARE, z=5.0)
    door: Any = link(bpy.data.objects.new("Door", None))
    door.location = (4, 0, 5)
    room = flat("Room", [(0, 0), (4, 0), (4, 4), (0, 4)], z=8.0)
    room.data.materials.append(bpy.data.materials.new("Kitchen.001"))
    wall = curve("Wall", [(5, 0), (5, 10)], closed=False)
    wall.location.z = 5.0
    found = read(outline=outline, front_door=door, pins=[room, wall]).site
    assert found.plot is None and found.front_door.tolist() == pytest.approx([-1, -5])
    (kept,) = found.pinned_rooms
    assert (kept.name, kept.use, kept.storey) == ("kitchen", "kitchen", 1)
    (line,) = found.pinned_walls
    assert line.start.tolist() == pytest.approx([0, -5]) and line.storey == 0
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=3, y_subdivisions=2, size=60)
    assert len(read(parcels=bpy.context.object).site.parcels) == 6


BOW_TIE = ((0, 0), (10, 10), (10, 0), (0, 10))
BAD = {
    "crossing": (BOW_TIE, r"The site 'Plot': The outline crosses itself at \(5\.00, 5\.00\)\. Move the corners"),
    "area": (((0, 0), (10, 0), (20, 0)), r"The site 'Plot': The outline encloses 0\.00 m2\. Draw one of at least"),
    "planar": (((0, 0, 0), (10, 0, 0), (10, 10, 4), (0, 10, 0)), r"is not level: its corners differ by 4\.00 m"),
    "corners": (
        [(100 * math.cos(a), 100 * math.sin(a)) for a in np.arange(10_000) * math.pi / 5000],
        r"The site 'Plot': The outline has 10000 points\. Simplify it to at most 5000",
    ),
    "finite": (((0, 0), (float("nan"), 0), (10, 10), (0, 10)), r"not a finite number|has no outline"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_site_is_one_sentence(maquette: Any, read: Any, name: str) -> None:
    corners, sentence = BAD[name]
    before = len(bpy.data.objects) + 1
    with pytest.raises(maquette.module("core.errors").InputError, match=sentence):
        read(flat("Plot", corners))
    assert len(bpy.data.objects) == before


def test_what_is_no_site_is_said(maquette: Any, read: Any) -> None:
    wrong = maquette.module("core.errors").InputError
    with pytest.raises(wrong, match="No site is chosen"):
        read()
    with pytest.raises(wrong, match="no stroke"):
        read(pencil("Sketch", []))
    empty = link(bpy.data.objects.new("Nothing", bpy.data.meshes.new("Nothing")))
    with pytest.raises(wrong, match="The site 'Nothing' has no outline"):
        read(empty)
    mesh = bpy.data.meshes.new("Two")
    mesh.from_pydata([(*c, 0) for c in (*SQUARE, *((x + 20, y) for x, y in SQUARE))], [], [(0, 1, 2, 3), (4, 5, 6, 7)])
    with pytest.raises(wrong, match="2 outlines beside each other"):
        read(link(bpy.data.objects.new("Two", mesh)))
    plain = flat("Room", SQUARE)
    with pytest.raises(wrong, match="neither its name nor its material says what for"):
        read(flat("Plot", SQUARE), pins=[plain])
    with pytest.raises(wrong, match=r"Parcel 1 of 'Block': The outline crosses itself"):
        read(parcels=flat("Block", BOW_TIE))


def test_what_stands_there_keeps_its_origin(maquette: Any) -> None:
    module = maquette.module("addon.scene.site_source")
    item = flat("Plot", L_SHAPE)
    first = module.read_scene(module.SiteSource(plot=module.Drawing(item)), 1.0)
    again = module.read_scene(module.SiteSource(plot=module.Drawing(item)), 1.0, origin_m=np.float32(first.origin_m))
    assert again.text == first.text
    item.data.vertices[1].co.x = 30
    item.data.vertices[2].co.x = 30
    longer = module.read_scene(module.SiteSource(plot=module.Drawing(item)), 1.0, origin_m=first.origin_m)
    assert longer.origin_m.tolist() == pytest.approx(first.origin_m.tolist())
    assert longer.site.plot.outer[:, 0].max() == pytest.approx(20)
