# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does, in a real window: `blender --python drive.py -- OUT ZIP PHOTO`.

MAQUETTE_GUI_STORY names the story: `panels` (every panel and button; the default), or a module beside this file.
"""

import importlib
import os
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))
from driving import (
    OUT,
    PATIENCE,
    PHOTO,
    check,
    click_button,
    close_other_windows,
    drag,
    find_button,
    frame_all,
    image_editor,
    install,
    module,
    move,
    on_picture,
    press,
    report_times,
    run,
    shot,
    until,
    viewport,
    window,
)

# minutes of shader compilation where the CPU draws
PREVIEW = os.environ.get("MAQUETTE_GUI_PREVIEW") == "1"


def story():
    """The whole run."""
    yield from install()
    yield from first_look()
    yield from generate_on_the_cube()
    yield from undo_and_redo()
    yield from new_seed_in_place()
    yield from cancel()
    yield from error_with_a_button()
    yield from faces_in_edit_mode()
    yield from look_at_the_material()
    yield from export_for_an_engine()
    yield from every_method()
    yield from four_corners()
    yield from paint_a_mask()
    yield from characters()
    yield from architecture()
    yield from preferences_page()
    report_times()


def first_look():
    """Without an engine the panel says how to get one; with one it offers to generate."""
    python = os.environ.pop("MAQUETTE_PYTHON")
    module("addon.engine").look_again()
    viewport()[0].tag_redraw()
    yield 0.6
    shot("1-no-engine")
    os.environ["MAQUETTE_PYTHON"] = python
    module("addon.engine").look_again()
    viewport()[0].tag_redraw()
    yield 0.6
    shot("2-empty")


def generate_on_the_cube():
    """Press Generate; watch the progress; the cube has the material."""
    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(PHOTO)
    settings.texture_exemplar.size = 512
    bpy.ops.ed.undo_push(message="Settings")
    yield from click_button("maquette.generate")
    studio = module("addon.engine").studio
    began = yield from until(lambda: studio.current is not None and studio.current.fraction > 0.1, 60)
    check("progress is seen", began)
    shot("3-progress")
    done = yield from until(lambda: not studio.busy, 240)
    check("the job ended", done, studio.notice.text if studio.notice else "")
    yield 0.6
    shot("4-done")
    material = bpy.data.objects["Cube"].active_material
    check("the cube has the material", "maquette_request" in material, material.name)
    check("the cube's former material is kept", "Material" in bpy.data.materials)


def undo_and_redo():
    """One undo step takes the result away whole, one redo brings it back."""
    area, _ = viewport()
    x, y = area.x + 300, area.y + 300
    yield from move(x, y)
    yield from press("Z", x, y, ctrl=True)
    yield 0.5
    check("undo takes the material away", not [m for m in bpy.data.materials if "maquette_request" in m])
    check("undo keeps the cube", "Cube" in bpy.data.objects)
    yield from press("Z", x, y, ctrl=True, shift=True)
    yield 0.5
    material = bpy.data.objects["Cube"].active_material
    check("redo brings it back", material is not None and "maquette_request" in material)


def new_seed_in_place():
    """The same material, arranged anew."""
    studio = module("addon.engine").studio
    uid = bpy.data.objects["Cube"].active_material.session_uid
    yield from click_button("maquette.new_seed", 0.75)
    yield from until(lambda: studio.busy, 5)
    done = yield from until(lambda: not studio.busy, 240)
    material = bpy.data.objects["Cube"].active_material
    changed = '"seed":1' in material["maquette_request"]
    check("new seed changes in place", done and material.session_uid == uid and changed)
    yield 0.5
    shot("5-new-seed")


def cancel():
    """A long job is stopped by its button in less than a second."""
    studio = module("addon.engine").studio
    settings = bpy.context.scene.maquette
    settings.texture_exemplar.size = 2048
    yield from click_button("maquette.generate")
    began = yield from until(lambda: studio.current is not None and studio.current.fraction > 0.02, 60)
    check("a long job runs", began)
    place = yield from find_button("maquette.cancel", 0.89)
    check("the button maquette.cancel is there", place is not None)
    if place is None:
        studio.cancel()
        return
    stamps = []
    end, ask = studio._end, studio.cancel
    studio.cancel = lambda: (stamps.append(time.monotonic()), ask())
    studio._end = lambda *given: (stamps.append(time.monotonic()), end(*given))
    yield from press("LEFTMOUSE", *place)
    ended = yield from until(lambda: not studio.busy, 5)
    studio.cancel, studio._end = ask, end
    took = stamps[-1] - stamps[0]
    check("cancelled in less than a second", ended and took < PATIENCE, f"{took:.2f} s")
    yield 0.5
    shot("6-cancelled")
    settings.texture_exemplar.size = 512


def error_with_a_button():
    """A picture that is none: one sentence."""
    bad = OUT / "no picture.png"
    bad.write_text("hello")
    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(bad)
    studio = module("addon.engine").studio
    yield from click_button("maquette.generate")
    yield from until(lambda: studio.busy, 5)
    yield from until(lambda: not studio.busy, 60)
    check("a bad picture is one sentence", studio.notice.level == "ERROR", studio.notice.text)
    yield 0.5
    shot("7-error")
    settings.references.albedo.path = str(PHOTO)


def faces_in_edit_mode():
    """Selected faces get a slot of their own."""
    bpy.context.scene.maquette.seed = 5
    with bpy.context.temp_override(window=window(), area=viewport()[0]):
        bpy.ops.object.mode_set(mode="EDIT")
        bpy.ops.mesh.select_all(action="SELECT")
    studio = module("addon.engine").studio
    yield 0.5
    yield from click_button("maquette.generate")
    yield from until(lambda: studio.busy, 5)
    yield from until(lambda: not studio.busy, 240)
    yield 0.4
    shot("8-edit-mode")
    with bpy.context.temp_override(window=window(), area=viewport()[0]):
        bpy.ops.object.mode_set(mode="OBJECT")
    cube = bpy.data.objects["Cube"]
    check("faces have a slot of their own", len(cube.material_slots) == 2, studio.notice.text if studio.notice else "")
    check("all faces were assigned", {face.material_index for face in cube.data.polygons} == {1})


def look_at_the_material():
    """The material as the viewport draws it."""
    if not PREVIEW:
        return
    area, _ = viewport()
    area.spaces.active.shading.type = "MATERIAL"
    area.tag_redraw()
    yield 60.0
    shot("9-material-preview")


def export_for_an_engine():
    """The active material's textures, written while the window goes on."""
    runs, folder = module("addon.export_run"), OUT / "export"
    with bpy.context.temp_override(window=window(), area=viewport()[0]):
        bpy.ops.maquette.export_for_engine(directory=str(folder), preset="unreal", wait=False)
    yield 0.1
    done = yield from until(lambda: runs.current() is None, 30)
    files = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    check("textures for Unreal are written", done and len(files) == 4, files)
    yield 0.5
    shot("11-exported")


def every_method():
    """The panel as each method fills it, at its own height."""
    settings = bpy.context.scene.maquette
    # only the panel that this is about
    for name in ("MAQUETTE_PT_export", "MAQUETTE_PT_material"):
        bpy.utils.unregister_class(getattr(bpy.types, name))
    for method in methods_with():
        settings.texture_method = method
        # panels of another height find their places a draw later
        for _ in range(3):
            viewport()[0].tag_redraw()
            yield 0.4
        shot(f"12-{method}")
    check("every method was shown", True, methods_with())
    settings.texture_method = methods_with()[0]


def methods_with(role="", param=""):
    """The names of the texture methods that take this reference and have this parameter."""
    known = module("core.generators").methods().values()
    params = module("core.params").specs
    return [
        m.name
        for m in known
        if m.generator == "texture"
        and (not role or role in m.roles)
        and (not param or param in [spec.name for spec in params(m.params)])
    ]


def methods_repeating(name):
    """Whether the texture method takes several pictures of one role."""
    return bool(module("core.generators").methods()["texture", name].repeatable)


def four_corners():
    """Click four corners, drag one, and use them."""
    names = methods_with(param="corners")
    if not names:
        return
    settings = bpy.context.scene.maquette
    settings.texture_method = names[0]
    yield 0.5
    yield from click_button("maquette.pick_corners")
    yield 1.5
    found = image_editor()
    check("an Image Editor shows the picture", found is not None and found[1].spaces.active.image is not None)
    if found is None:
        return
    where, _, region = found
    for corner in ((0.2, 0.25), (0.8, 0.2), (0.9, 0.85), (0.15, 0.7)):
        place = on_picture(region, *corner)
        yield from move(*place, where)
        yield from press("LEFTMOUSE", *place, where)
    yield from drag(on_picture(region, 0.15, 0.7), on_picture(region, 0.1, 0.8), where)
    yield 0.4
    shot("13-corners")
    yield from press("RET", *on_picture(region, 0.5, 0.5), where)
    yield 0.5
    group = getattr(settings, f"texture_{names[0]}")
    wanted = (0.2, 0.25, 0.8, 0.2, 0.9, 0.85, 0.1, 0.8)
    close = all(abs(a - b) < 0.01 for a, b in zip(group.corners, wanted, strict=True))
    check("the corners are in the panel", close, [round(value, 3) for value in group.corners])
    yield from close_other_windows()
    bpy.ops.maquette.reset_corners()


def paint_a_mask():
    """One stroke of white over the picture."""
    # a method of several pictures takes one only between two of them
    names = [name for name in methods_with(role="mask") if not methods_repeating(name)]
    if not names:
        return
    settings = bpy.context.scene.maquette
    settings.texture_method = names[0]
    yield 0.5
    yield from click_button("maquette.paint_mask")
    yield 1.5
    found = image_editor()
    check("the Image Editor paints", found is not None and found[1].spaces.active.ui_mode == "PAINT")
    if found is None:
        return
    where, _, region = found
    yield from drag(on_picture(region, 0.3, 0.5), on_picture(region, 0.7, 0.5), where)
    yield 0.4
    shot("14-mask")
    mask, images = module("addon.mask_image"), module("addon.scene.images")
    painted = mask.mask_of(images.read_pixels(settings.references.mask.image))
    check("the stroke is the mask", 0.002 < painted.mean() < 0.5 and painted.max() > 0.9, f"{painted.mean():.3f}")
    yield from close_other_windows()


def characters():
    """A character of the scene into the library; one around it; a slider in motion; a crowd."""
    pillar = build_pillar()
    yield from show_characters_alone()
    library, studio = module("addon.library"), module("addon.engine").studio
    yield from click_button("maquette.add_scene_character")
    done = yield from until(lambda: library.run() is None, 120 * PATIENCE)
    named = [item.name for item in bpy.context.window_manager.maquette_library.entries]
    check("the library has the scene's character", done and "Pillar" in named, studio.notice and studio.notice.text)
    for item in (*pillar.children, pillar):
        bpy.data.objects.remove(item)
    settings = bpy.context.scene.maquette_characters
    settings.method = "variation"
    settings.sources.character.use("Pillar")
    bpy.ops.ed.undo_push(message="Settings")
    viewport()[0].tag_redraw()
    yield 0.6
    shot("15-characters")
    yield from click_button("maquette.generate_character")
    yield from until(lambda: studio.busy, 5)
    done = yield from until(lambda: not studio.busy, 240 * PATIENCE)
    check("a character is made", done and "Pillar" in bpy.data.objects, studio.notice and studio.notice.text)
    area, _ = viewport()
    x, y = area.x + 300, area.y + 300
    yield from move(x, y)
    yield from press("Z", x, y, ctrl=True)
    yield 0.5
    check("undo takes the character away", not [item for item in bpy.data.objects if item.type == "ARMATURE"])
    yield from press("Z", x, y, ctrl=True, shift=True)
    yield 0.5
    check("redo brings it back", "Pillar" in bpy.data.objects and len(bpy.data.objects["Pillar"].children) == 1)
    # undo and redo leave nothing where Python knew it
    yield from slide(bpy.context.scene.maquette_characters)
    yield from crowd(bpy.context.scene.maquette_characters)


def show_characters_alone():
    """The panel that this is about, opened by its header, and no other."""
    for name in ("references", "result", "export", "material", "texture", "train"):
        if hasattr(bpy.types, f"MAQUETTE_PT_{name}"):
            bpy.utils.unregister_class(getattr(bpy.types, f"MAQUETTE_PT_{name}"))
    viewport()[0].tag_redraw()
    yield 0.6
    _, region = viewport()
    place = region.x + 60, region.y + region.height - 16
    yield from move(*place)
    yield from press("LEFTMOUSE", *place)
    yield 0.6


def build_pillar():
    """A pillar of three bones, alone in the scene."""
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    bpy.ops.mesh.primitive_cylinder_add(vertices=12, radius=0.3, depth=3, location=(0, 0, 1.5))
    mesh = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.bisect(plane_co=(0, 0, 1), plane_no=(0, 0, 1))
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.bisect(plane_co=(0, 0, 2), plane_no=(0, 0, 1))
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.object.transform_apply(location=True)
    bpy.ops.object.armature_add(location=(0, 0, 0))
    armature = bpy.context.object
    armature.name = "Pillar"
    bpy.ops.object.mode_set(mode="EDIT")
    bones = armature.data.edit_bones
    for number in (1, 2):
        bone = bones.new(f"Bone{number}")
        bone.head, bone.tail, bone.parent = (0, 0, number), (0, 0, number + 1), bones[number - 1]
    bpy.ops.object.mode_set(mode="OBJECT")
    mesh.parent = armature
    mesh.modifiers.new("Armature", "ARMATURE").object = armature
    for number, bone in enumerate(armature.data.bones):
        inside = [v.index for v in mesh.data.vertices if number - 0.01 <= v.co.z < number + 1 or v.co.z > 2.9]
        mesh.vertex_groups.new(name=bone.name).add(inside, 1.0, "REPLACE")
    return armature


def top_of(name):
    """How high a character's mesh reaches."""
    (mesh,) = bpy.data.objects[name].children
    return max(vertex.co.z for vertex in mesh.data.vertices)


def slide(settings):
    """A slider changes the active character."""
    live, before = module("addon.live"), top_of("Pillar")
    began = time.perf_counter()
    for value in (0.3, 0.6, 1.0):
        settings.character_variation.height = value
        yield from until(live.at_rest, 10 * PATIENCE)
    took = (time.perf_counter() - began) / 3
    yield 1.0
    check("the slider moves the character", top_of("Pillar") > before, f"{1000 * took:.0f} ms a value")
    shot("16-slider")


def crowd(settings):
    """Members on a plane."""
    bpy.ops.mesh.primitive_plane_add(size=20)
    settings.crowd.ground, settings.crowd.count = bpy.context.object, 20
    bpy.context.view_layer.objects.active = bpy.data.objects["Pillar"]
    bpy.ops.maquette.scatter_crowd()
    yield 1.0
    members = [item for item in bpy.data.collections["Crowd"].objects if item.instance_collection is not None]
    check("a crowd stands", len(members) == 20)
    shot("17-crowd")


def architecture():
    """A site drawn in the scene; a building on it, with more storeys; a row of massings, one of them built."""
    methods = [method.name for method in module("addon.properties").methods_of("architecture")]
    if not methods:
        return
    plot = draw_a_corner()
    yield from show_alone("architecture", "characters")
    settings = bpy.context.scene.maquette_buildings
    if "building" in methods:
        yield from one_building(settings, plot)
    if "massing" in methods:
        # undo and redo leave nothing where Python knew it
        yield from row_of_massings(bpy.context.scene.maquette_buildings, "building" in methods)


def draw_a_corner():
    """A corner site between two neighbours, alone in the scene; the site is active."""
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    for number, (x, y, tall) in enumerate(((-16, 8, 14), (10, 30, 20))):
        bpy.ops.mesh.primitive_cube_add(size=1, location=(x, y, tall / 2))
        bpy.context.object.scale = (14, 16, tall) if number == 0 else (26, 12, tall)
    mesh = bpy.data.meshes.new("Corner")
    mesh.from_pydata([(0, 0, 0), (24, 0, 0), (24, 20, 0), (0, 20, 0)], [], [(0, 1, 2, 3)])
    plot = bpy.data.objects.new("Corner", mesh)
    bpy.context.scene.collection.objects.link(plot)
    bpy.ops.object.select_all(action="SELECT")
    bpy.context.view_layer.objects.active = plot
    return plot


def show_alone(name, *others):
    """One panel, opened by its header, without others."""
    for other in others:
        if hasattr(bpy.types, f"MAQUETTE_PT_{other}"):
            bpy.utils.unregister_class(getattr(bpy.types, f"MAQUETTE_PT_{other}"))
    viewport()[0].tag_redraw()
    yield 0.6
    if getattr(bpy.types, f"MAQUETTE_PT_{name}", None) is not None:
        _, region = viewport()
        place = region.x + 60, region.y + region.height - 16
        yield from move(*place)
        yield from press("LEFTMOUSE", *place)
        yield 0.6


def one_building(settings, plot):
    """By its buttons: the site, the building, one storey more."""
    settings.method = "building"
    settings.live = False
    yield 0.4
    yield from click_button("maquette.use_for_site", 0.89)
    check("the first field takes the active object", settings.plot.item == plot)
    bpy.ops.maquette.use_for_site(part="neighbours")
    check("the others are the neighbours", len(settings.neighbours.objects) == 2)
    bpy.ops.ed.undo_push(message="Settings")
    studio = module("addon.engine").studio
    yield from click_button("maquette.generate_architecture")
    yield from until(lambda: studio.busy, 5)
    done = yield from until(lambda: not studio.busy, 240)
    root = module("addon.building_live").active_building(bpy.context)
    check("a building is made", done and root is not None, studio.notice and studio.notice.text)
    if root is None:
        return
    yield from frame_all()
    shot("18-building")
    name, uid = root.name, root.session_uid
    area, _ = viewport()
    x, y = area.x + 300, area.y + 300
    yield from move(x, y)
    yield from press("Z", x, y, ctrl=True)
    yield 0.5
    check("undo takes the building away", name not in bpy.data.objects)
    yield from press("Z", x, y, ctrl=True, shift=True)
    yield 0.5
    check("redo brings it back", name in bpy.data.objects)
    if bpy.ops.maquette.change_storeys.poll():
        before = len(bpy.data.objects)
        yield from click_button("maquette.change_storeys", 0.89)
        yield from until(lambda: studio.busy, 5)
        done = yield from until(lambda: not studio.busy, 240)
        higher = len(bpy.data.objects) > before and bpy.data.objects[name].session_uid == uid
        check("one storey more in place", done and higher, studio.notice and studio.notice.text)
        yield from frame_all()
        shot("19-storeys")


def row_of_massings(settings, built):
    """Options side by side; one of them is built."""
    settings.method = "massing"
    studio, live = module("addon.engine").studio, module("addon.building_live")
    yield 0.4
    yield from click_button("maquette.generate_architecture")
    yield from until(lambda: studio.busy, 5)
    done = yield from until(lambda: not studio.busy, 300)
    row = module("addon.scene.building_parts").row_of(live.active_building(bpy.context))
    check("a row of options is made", done and row is not None, studio.notice and studio.notice.text)
    if row is None:
        return
    yield from frame_all()
    shot("20-options")
    if built:
        yield from click_button("maquette.build_option")
        yield from until(lambda: studio.busy, 5)
        done = yield from until(lambda: not studio.busy, 240)
        check("an option is built", done and studio.notice.level != "ERROR", studio.notice and studio.notice.text)
        yield from frame_all()
        shot("21-built")


def preferences_page():
    """The add-on's page, checked."""
    engine = module("addon.engine")
    bpy.ops.maquette.open_preferences()
    yield 1.5
    bpy.ops.maquette.check_engine("INVOKE_DEFAULT")
    yield from until(lambda: not engine.checking(), 60)
    yield 1.0
    shot("10-preferences")
    check("the check finds a whole engine", all(f.fine for f in engine.findings()), [f.text for f in engine.findings()])


chosen = os.environ.get("MAQUETTE_GUI_STORY", "panels")
run(story if chosen == "panels" else importlib.import_module(chosen).story)
