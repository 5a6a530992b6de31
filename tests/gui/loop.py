# SPDX-License-Identifier: GPL-3.0-or-later
"""The designer's loop in a real window, for each generator: explore nine, lock, vary, rate, more like these, apply,
save, close and open, edit again, undo, save to the library, drag the asset out of the Asset Browser into another file,
edit it there."""

import bpy
from browser import close_browser, middle, open_browser, pull
from driving import (
    OUT,
    check,
    click_button,
    frame_all,
    install,
    module,
    move,
    only,
    open_first,
    press,
    properties,
    shot,
    show_sidebar,
    show_textures,
    until,
    viewport,
)

# what is asked for where the asset came to, in its own tab
CHANGES = {"texture": ("hue", 0.4), "character": ("suit", "metal"), "architecture": ("style", "classical")}


def story():
    """One loop a generator."""
    yield from install()
    yield from only("explore", "history")
    yield from open_first()
    for generator, prepare in (("texture", texture), ("character", character), ("architecture", building)):
        yield from loop(generator, prepare)


def texture():
    """The learned space, on a cube."""
    bpy.ops.mesh.primitive_cube_add(size=2)
    settings = bpy.context.scene.maquette
    settings.texture_method = "family"
    settings.texture_family.size = 256
    show_textures()
    return "roughness"


def character():
    """Maquette's own bodies."""
    settings = bpy.context.scene.maquette_characters
    settings.method, settings.live = "base", False
    settings.character_base.variety = 0.6
    return "skin_tone"


def building():
    """A house."""
    settings = bpy.context.scene.maquette_buildings
    settings.method, settings.live = "building", False
    settings.architecture_building.interiors = False
    return "roof"


def loop(generator, prepare):
    """The whole loop of one generator."""
    yield from empty()
    locked = prepare()
    bpy.context.scene.maquette_loop.generator = generator
    bpy.ops.ed.undo_push(message="Settings")
    viewport()[0].tag_redraw()
    yield 0.6
    shot(f"loop-{generator}-0-panel")
    yield from explored(generator)
    yield from refined(generator, locked)
    made = yield from applied(generator)
    if made is not None:
        yield from come_back(generator, made)
        yield from to_library(generator)


def empty():
    """Nothing in the file, the window as it is."""
    bpy.ops.wm.read_homefile(use_empty=True, load_ui=False)
    yield 1.0
    yield from show_sidebar()


def ended(limit_s=300):
    """Wait for the queue to be empty; whether it is."""
    studio = module("addon.engine").studio
    yield from until(lambda: studio.busy, 3)
    over = yield from until(lambda: not studio.busy, limit_s)
    yield 0.5
    return over


def candidates():
    """What the gallery shows."""
    return list(bpy.context.scene.maquette_candidates.items)


def fine(name, over):
    """A check with what was said."""
    notice = module("addon.engine").studio.notice
    check(name, over and (notice is None or notice.level != "ERROR"), notice and notice.text)


def explored(generator):
    """Nine candidates, the first of them seen before the last is made."""
    yield from click_button("maquette.explore")
    studio = module("addon.engine").studio
    streamed = yield from until(lambda: studio.busy and len(candidates()) > 1, 120)
    check(f"{generator}: candidates come one by one", streamed)
    over = yield from ended()
    fine(f"{generator}: nine are explored", over and len(candidates()) == 9)
    shot(f"loop-{generator}-1-explored")


def refined(generator, locked):
    """Lock a parameter, vary one, rate two, ask for more like these."""
    bpy.ops.maquette.lock_param(param=locked)
    bpy.ops.maquette.pick_candidate(number=3)
    bpy.ops.maquette.vary("INVOKE_DEFAULT")
    over = yield from ended()
    fine(f"{generator}: varied", over and len(candidates()) >= 8)
    values = {str(request_of(item)["params"][locked]) for item in candidates()}
    check(f"{generator}: what is locked stays", len(values) == 1, values)
    shot(f"loop-{generator}-2-varied")
    for number, stars in ((1, 5), (4, 4), (6, 1)):
        bpy.ops.maquette.pick_candidate(number=number)
        bpy.ops.maquette.rate_candidate(rating=stars)
    bpy.ops.maquette.more_like_these("INVOKE_DEFAULT")
    over = yield from ended()
    fine(f"{generator}: more like these", over and len(candidates()) >= 8)
    shot(f"loop-{generator}-3-more")


def request_of(item):
    """A candidate's Request as plain JSON."""
    return module("core.codec").parse_json(item.request, "The candidate")


def applied(generator):
    """One candidate in full in the scene."""
    bpy.ops.maquette.pick_candidate(number=2)
    bpy.ops.maquette.apply_candidate("INVOKE_DEFAULT")
    over = yield from ended()
    made = thing(generator)
    fine(f"{generator}: applied", over and made is not None)
    show_tab(generator)
    yield from frame_all()
    shot(f"loop-{generator}-4-applied")
    return made


def thing(generator):
    """What was made last of a generator."""
    kinds = bpy.data.materials if generator == "texture" else bpy.data.objects
    found = [item for item in kinds if "maquette_request" in item]
    return found[-1] if found else None


def come_back(generator, made):
    """Save, close, open again, edit in place, undo."""
    name, nodes = made.name, len(bpy.context.scene.maquette_history.nodes)
    path = str(OUT / f"{generator}.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True)
    yield 1.0
    bpy.ops.wm.open_mainfile(filepath=path)
    yield 1.5
    again = thing(generator)
    check(f"{generator}: the file keeps it", again is not None and again.name == name)
    check(f"{generator}: and its history", len(bpy.context.scene.maquette_history.nodes) == nodes, nodes)
    check(f"{generator}: and the candidates", len(candidates()) > 0)
    select(generator, again)
    before = str(again["maquette_request"])
    with bpy.context.temp_override(area=viewport()[0]):
        bpy.ops.maquette.remake_new_seed("INVOKE_DEFAULT")
    over = yield from ended()
    fine(f"{generator}: edited again in place", over and str(thing(generator)["maquette_request"]) != before)
    shot(f"loop-{generator}-5-edited")
    area, _ = viewport()
    x, y = area.x + 300, area.y + 300
    yield from move(x, y)
    yield from press("Z", x, y, ctrl=True)
    yield 1.0
    check(f"{generator}: undo takes the edit back", str(thing(generator)["maquette_request"]) == before)


def select(generator, made):
    """Make it the active thing: an object that shows the material, its own object, or the one that stands for it."""
    for item in bpy.context.view_layer.objects:
        shown = made in [slot.material for slot in item.material_slots] if generator == "texture" else item == made
        # an asset that is dropped can stand there as one object in place of all its parts
        inside = item.instance_collection and made in list(item.instance_collection.all_objects)
        if shown or inside:
            bpy.context.view_layer.objects.active = item
            item.select_set(True)
            return


def to_library(generator):
    """Saved as an asset, dragged out of the Asset Browser into another file, and edited there."""
    name = f"Asset {generator}"
    select(generator, thing(generator))
    with bpy.context.temp_override(area=viewport()[0]):
        bpy.ops.maquette.save_to_library(name=name)
    folder = module("addon.asset_folder").asset_folder()
    there = yield from until(lambda: any(p.stem == name for p in folder.rglob("*.blend")), 60)
    check(f"{generator}: an asset is in the library", there, str(folder))
    shot(f"loop-{generator}-6-asset")
    if not there:
        return
    yield from empty()
    if generator == "texture":
        bpy.ops.mesh.primitive_uv_sphere_add()
    yield from frame_all()
    yield from dragged(generator, name)
    yield from edited_elsewhere(generator)


def dragged(generator, name):
    """The mouse pulls the asset into the viewport, a material onto the ball there."""
    browser = yield from open_browser(module("addon.asset_folder").NAME)
    found = yield from pull(browser, name, middle())
    again = thing(generator)
    check(f"{generator}: the mouse drags it out of the Asset Browser", found and again is not None)
    shot(f"loop-{generator}-7-dragged")
    if generator == "texture":
        check("texture: the ball has it", bpy.context.object.active_material == again)
    yield from close_browser(browser)


def edited_elsewhere(generator):
    """Its own tab shows its values; one of them is changed and made by the button there."""
    made, (name, value) = thing(generator), CHANGES[generator]
    select(generator, made)
    show_tab(generator)
    area, tab = properties()
    yield 1.0
    setattr(module("addon.wish_properties").wish_group(made, method_of(made)), name, value)
    area.tag_redraw()
    yield 0.6
    yield from click_button("maquette.remake", 0.25, tab)
    over = yield from ended()
    wish = module("addon.scene.draft").made_of(thing(generator))
    fine(f"{generator}: the asset is edited in another file", over and wish.params.to_plain()[name] == value)
    yield from frame_all()
    shot(f"loop-{generator}-8-elsewhere")


def show_tab(generator):
    """The tab of the Properties editor that a result has."""
    properties()[0].spaces.active.context = "MATERIAL" if generator == "texture" else "OBJECT"


def method_of(made):
    """The method that a datablock was made by."""
    return module("addon.scene.draft").made_of(made).declaration
