# SPDX-License-Identifier: GPL-3.0-or-later
"""The walks of docs/guide.md in a real window, for its pictures: a first material, candidates, a family from a folder,
a site to a building, a training."""

import bpy
from driving import (
    OUT,
    PATIENCE,
    PHOTO,
    check,
    frame_all,
    install,
    module,
    only,
    open_first,
    shot,
    until,
    viewport,
    window,
)

# what guide_data.py made beside the driver
DATA = OUT.parents[1] / "guide-data"


def story():
    """All walks; each picture is called as it is in docs/pictures."""
    yield from install()
    viewport()[1].tag_redraw()
    yield from first_material()
    yield from family()
    yield from orbit()
    yield from site_to_building()
    yield from training()


def clear():
    """An empty scene."""
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    yield 0.3


def done(limit_s=300):
    """Wait until nothing is made any more."""
    studio = module("addon.engine").studio
    yield from until(lambda: studio.busy, 3)
    over = yield from until(lambda: not studio.busy, limit_s)
    notice = studio.notice
    check("made", over and (notice is None or notice.level != "ERROR"), notice and notice.text)
    yield 0.6


def shading(kind):
    """How the viewport draws."""
    area, _ = viewport()
    area.spaces.active.shading.type = kind
    area.tag_redraw()
    yield 1.0


def first_material():
    """A photograph chosen, the material on a ball and a cube."""
    yield from clear()
    bpy.ops.mesh.primitive_cube_add(size=1.6, location=(1.2, 0, 0.8))
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32, radius=0.9, location=(-1.2, 0, 0.9))
    bpy.ops.object.shade_smooth()
    bpy.ops.object.select_all(action="SELECT")
    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(PHOTO)
    settings.texture_exemplar.size = 512
    viewport()[0].tag_redraw()
    yield 0.6
    bpy.ops.maquette.generate("INVOKE_DEFAULT")
    yield from done()
    yield from frame_all()
    yield from shading("MATERIAL")
    # the first look compiles shaders, on the processor in minutes
    yield 40.0 * min(PATIENCE, 3)
    shot("guide-material")
    yield from shading("SOLID")


def family():
    """Characters of a folder in the library, ticked; new members beside each other."""
    yield from clear()
    bpy.ops.maquette.add_to_library(directory=str(DATA / "characters"), wait=True)
    entries = bpy.context.window_manager.maquette_library.entries
    check("the library has the folder", len(entries) > 2, [entry.name for entry in entries])
    made = {path.stem for path in (DATA / "characters").iterdir()}
    for entry in entries:
        entry.ticked = entry.name in made
    settings = bpy.context.scene.maquette_characters
    settings.method, settings.count, settings.live = "family", 5, False
    yield from only("characters")
    yield from open_first()
    bpy.ops.maquette.generate_character("INVOKE_DEFAULT")
    yield from done()
    yield from until(lambda: not module("addon.engine").studio.busy, 300)
    for item in bpy.data.objects:
        if item.type == "ARMATURE":
            item.hide_set(True)
    yield from look("FRONT")
    shot("guide-family")


def close_up(items):
    """These objects fill the view."""
    active = bpy.context.view_layer.objects.active
    bpy.ops.object.select_all(action="DESELECT")
    for item in items:
        item.select_set(True)
    area, _ = viewport()
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=window(), area=area, region=region):
        bpy.ops.view3d.view_selected()
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = active
    active.select_set(True)
    yield 1.0


def orbit():
    """Back to a view from above and aside."""
    view = viewport()[0].spaces.active.region_3d
    view.view_perspective = "PERSP"
    view.view_rotation = (0.83, 0.36, 0.17, 0.39)
    yield 0.3


def look(axis):
    """The whole scene from one side."""
    area, _ = viewport()
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=window(), area=area, region=region):
        bpy.ops.view3d.view_axis(type=axis)
    yield from frame_all()


def site_to_building():
    """A plot between neighbours, massings in a row, one of them built."""
    yield from clear()
    plot = draw_site()
    settings = bpy.context.scene.maquette_buildings
    settings.method, settings.live = "massing", False
    settings.plot.use(plot)
    settings.neighbours = bpy.data.collections["Neighbours"]
    settings.architecture_massing.evaluations = 1200
    settings.architecture_massing.floor_area_ratio = 2.2
    settings.architecture_massing.setback_m = 2.0
    yield from only("architecture")
    yield from open_first()
    bpy.ops.maquette.generate_architecture("INVOKE_DEFAULT")
    yield from done()
    shading = viewport()[0].spaces.active.shading
    shading.color_type = "VERTEX"
    mine = {plot.name, *bpy.data.collections["Neighbours"].objects.keys()}
    row = [item for item in bpy.data.objects if item.type == "MESH" and item.name not in mine]
    yield from close_up(sorted(row, key=lambda item: -item.matrix_world.translation.y)[: len(row) // 2])
    shot("guide-massings")
    shading.color_type = "MATERIAL"
    bpy.ops.maquette.build_option("INVOKE_DEFAULT")
    yield from done()
    yield from close_up([plot, *bpy.data.collections["Neighbours"].objects])
    shot("guide-building")


def draw_site():
    """A plot of 30 by 22 m on a corner, with two neighbours in a collection."""
    mesh = bpy.data.meshes.new("Plot")
    mesh.from_pydata([(0, 0, 0), (30, 0, 0), (30, 22, 0), (0, 22, 0)], [], [(0, 1, 2, 3)])
    plot = bpy.data.objects.new("Plot", mesh)
    bpy.context.scene.collection.objects.link(plot)
    around = bpy.data.collections.new("Neighbours")
    bpy.context.scene.collection.children.link(around)
    for x, y, width, depth, tall in ((-18, 11, 14, 22, 14), (15, 36, 30, 14, 18)):
        bpy.ops.mesh.primitive_cube_add(size=1, location=(x, y, tall / 2))
        item = bpy.context.object
        item.scale = (width, depth, tall)
        item.users_collection[0].objects.unlink(item)
        around.objects.link(item)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = plot
    plot.select_set(True)
    return plot


def training():
    """A training on a folder of materials, seen while it goes on."""
    yield from clear()
    settings = bpy.context.scene.maquette_train
    settings.folder, settings.preset = str(DATA / "materials"), "quick"
    yield from only("train")
    yield from open_first()
    bpy.ops.maquette.train("INVOKE_DEFAULT")
    trainer = module("addon.training").trainer
    seen = yield from until(lambda: trainer.run is not None and trainer.run.sheet, 60)
    check("a training is under way", trainer.run is not None and trainer.run.said.images > 0, seen)
    yield 1.0
    shot("guide-train")
    bpy.ops.maquette.stop_training()
    yield from until(lambda: not trainer.busy, 120)
