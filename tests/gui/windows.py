# SPDX-License-Identifier: GPL-3.0-or-later
"""Two windows with a scene each, and jobs in both: each result comes to its own scene, both windows show what goes on,
and neither a window that closes nor a scene that goes takes anything along."""

import bpy
from driving import (
    check,
    install,
    module,
    move,
    only,
    press,
    shot,
    show_sidebar,
    show_textures,
    until,
    viewport,
    window,
)

drawn = {}


def story():
    """Two scenes, two jobs; then a window and a scene that go while a job runs for them."""
    yield from install()
    yield from only("texture", "jobs")
    count_draws()
    first, second = yield from two_windows()
    yield from a_job_each(first, second)
    yield from undo_in_the_second(second)
    yield from window_closes(second)
    yield from scene_goes()


def count_draws():
    """Note in which window the panel of textures is drawn."""
    panel = bpy.types.MAQUETTE_PT_texture
    draw = panel.draw

    def counted(self, context):
        key = context.window.as_pointer()
        drawn[key] = drawn.get(key, 0) + 1
        draw(self, context)

    panel.draw = counted


def two_windows():
    """The main window with a cube; another with a scene of its own, and a ball in it."""
    bpy.ops.wm.read_homefile(use_empty=True, load_ui=False)
    yield 1.0
    bpy.ops.mesh.primitive_cube_add(size=2)
    first = window()
    bpy.ops.wm.window_new_main()
    yield 2.0
    second = next(found for found in bpy.context.window_manager.windows if found != first)
    with bpy.context.temp_override(window=second):
        bpy.ops.scene.new(type="NEW")
        second.scene.name = "Second"
    yield 1.0
    with bpy.context.temp_override(window=second, scene=second.scene, view_layer=second.view_layer):
        bpy.ops.mesh.primitive_uv_sphere_add()
    for where in (first, second):
        yield from show_sidebar(where)
        show_textures(where)
        settings = where.scene.maquette
        settings.texture_method = "family"
        settings.texture_family.size = 256
    check("two windows show two scenes", first.scene != second.scene, (first.scene.name, second.scene.name))
    shot("windows-1")
    return first, second


def generate(where, seed):
    """Generate as the button of that window does."""
    where.scene.maquette.seed = seed
    area, region = viewport(where)
    with bpy.context.temp_override(window=where, area=area, region=region):
        bpy.ops.maquette.generate("INVOKE_DEFAULT")


def material_of(scene):
    """What is on the only object of a scene."""
    return scene.objects[0].active_material


def a_job_each(first, second):
    """One for each window, the second while the first runs."""
    studio = module("addon.engine").studio
    before = dict(drawn)
    generate(first, 1)
    yield from until(lambda: studio.current is not None and studio.current.fraction > 0, 60)
    generate(second, 2)
    check("the second waits for the first", len(studio.waiting) == 1)
    yield 0.6
    shot("windows-2-both")
    over = yield from until(lambda: not studio.busy, 240)
    yield 1.0
    check("both are made", over and studio.notice.level != "ERROR", studio.notice.text)
    one, two = material_of(first.scene), material_of(second.scene)
    check("each has its own", one and two and one != two, (one and one.name, two and two.name))
    seeds = [module("addon.scene.draft").made_of(found).seed for found in (one, two) if found]
    check("neither has the other's", seeds == [1, 2], seeds)
    nodes = [len(where.scene.maquette_history.nodes) for where in (first, second)]
    check("each scene has its own history", nodes == [1, 1], nodes)
    for name, where in (("first", first), ("second", second)):
        key = where.as_pointer()
        check(f"the {name} window was redrawn", drawn.get(key, 0) > before.get(key, 0) + 1, drawn.get(key, 0))
    shot("windows-3-made")


def undo_in_the_second(second):
    """Ctrl-Z over the other window takes back the last result, and redo brings it."""
    area, _ = viewport(second)
    x, y = area.x + 300, area.y + 300
    yield from move(x, y, second)
    yield from press("Z", x, y, second, ctrl=True)
    yield 1.0
    scene = bpy.data.scenes["Second"]
    check("undo takes the second's", not (material_of(scene) and "maquette_request" in material_of(scene)))
    yield from press("Z", x, y, second, ctrl=True, shift=True)
    yield 1.0
    scene = bpy.data.scenes["Second"]
    check("redo brings it back", material_of(scene) is not None and "maquette_request" in material_of(scene))


def window_closes(second):
    """It closes while a job runs for its scene: the scene gets the result all the same."""
    studio = module("addon.engine").studio
    generate(second, 3)
    yield from until(lambda: studio.current is not None and studio.current.fraction > 0, 60)
    with bpy.context.temp_override(window=second):
        bpy.ops.wm.window_close()
    over = yield from until(lambda: not studio.busy, 240)
    yield 1.0
    made = module("addon.scene.draft").made_of(material_of(bpy.data.scenes["Second"]))
    check("a closed window's scene gets its result", over and made.seed == 3, studio.notice.text)
    first = module("addon.scene.draft").made_of(material_of(window().scene))
    check("the other scene keeps its own", first.seed == 1, first.seed)


def scene_goes():
    """A scene is deleted while a job runs for it: one notice, and nothing comes to another scene."""
    studio = module("addon.engine").studio
    other, first = bpy.data.scenes["Second"], window().scene
    window().scene = other
    yield 0.6
    generate(window(), 4)
    yield from until(lambda: studio.current is not None and studio.current.fraction > 0, 60)
    window().scene = first
    bpy.data.scenes.remove(other)
    yield from until(lambda: not studio.busy, 240)
    yield 1.0
    made = module("addon.scene.draft").made_of(material_of(window().scene))
    check("a deleted scene's result goes nowhere else", made.seed == 1, studio.notice.text)
    shot("windows-4-gone")
