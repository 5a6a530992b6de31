# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands and eyes in a real window: pointer and keys moved by events, buttons found by what Blender itself says lies
under the pointer, pictures of the screen, checks, and how long polls and draws take.

A story is a generator: each `yield` gives Blender's event loop that many seconds.
"""

import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

import bpy

OUT, ZIP, PHOTO = (Path(argument).resolve() for argument in sys.argv[sys.argv.index("--") + 1 :][:3])
PACKAGE = "bl_ext.user_default.maquette"
# a busy machine takes this many times as long
PATIENCE = float(os.environ.get("MAQUETTE_GUI_PATIENCE", "1"))
LIMIT_S = 900 * PATIENCE

bpy.context.preferences.view.show_splash = False
bpy.context.preferences.use_preferences_save = False
bpy.context.preferences.view.show_developer_ui = False
log = open(OUT / "drive.txt", "w", buffering=1)  # noqa: SIM115 open until the end
failures = []
hidden = []
times = {"poll": [], "stage": [], "draw": [], "gap": []}


def check(name, fine, detail=""):
    """One line in the log; a failure fails the run."""
    print("ok  " if fine else "FAIL", name, detail, file=log)
    if not fine:
        failures.append(name)


def shot(name):
    """A picture of the screen."""
    subprocess.run(["scrot", "-o", str(OUT / f"{name}.png")], check=False)


def window():
    """The main window."""
    return bpy.context.window_manager.windows[0]


def viewport(where=None):
    """The 3D viewport's area and its sidebar, of the main window unless said."""
    area = next(a for a in (where or window()).screen.areas if a.type == "VIEW_3D")
    return area, next(r for r in area.regions if r.type == "UI")


def properties():
    """The Properties editor's area and what it shows its tab in."""
    area = next(a for a in window().screen.areas if a.type == "PROPERTIES")
    return area, next(r for r in area.regions if r.type == "WINDOW")


def module(name):
    """A module of the installed extension."""
    return sys.modules[f"{PACKAGE}.{name}"]


def event(where=None, **given):
    """One event, at a place in a window, the main one unless said."""
    (where or window()).event_simulate(**given)


def move(x, y, where=None):
    """The pointer arrives from aside, as a hand would bring it."""
    event(where, type="MOUSEMOVE", value="NOTHING", x=x - 3, y=y)
    yield 0.05
    event(where, type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    yield 0.05


def press(key, x, y, where=None, **modifiers):
    """A key or button, down and up."""
    event(where, type=key, value="PRESS", x=x, y=y, **modifiers)
    yield 0.05
    event(where, type=key, value="RELEASE", x=x, y=y, **modifiers)
    yield 0.1


def drag(start, end, where=None):
    """The left button held from one place to another."""
    yield from move(*start, where)
    event(where, type="LEFTMOUSE", value="PRESS", x=start[0], y=start[1])
    yield 0.05
    for step in range(1, 9):
        place = [round(a + (b - a) * step / 8) for a, b in zip(start, end, strict=True)]
        event(where, type="MOUSEMOVE", value="NOTHING", x=place[0], y=place[1])
        yield 0.05
    event(where, type="LEFTMOUSE", value="RELEASE", x=end[0], y=end[1])
    yield 0.2


def find_button(operator, across=0.45, region=None):
    """(x, y) of a button in a region, the sidebar unless said, looked for at this share of its width: Ctrl-C over it
    copies its command.

    What is below the region's lower end is scrolled to.
    """
    region = region or viewport()[1]
    # the first panel is where the wheel turns: below the last one it would move the viewport
    x, top = region.x + int((region.width - 20) * across), region.y + region.height - 50
    yield from scroll("WHEELUPMOUSE", x, top)
    for part in range(3):
        if part:
            yield from scroll("WHEELDOWNMOUSE", x, top)
        for y in range(region.y + region.height - 40, region.y + 20, -12):
            bpy.context.window_manager.clipboard = ""
            yield from move(x, y)
            yield from press("C", x, y, ctrl=True)
            if bpy.context.window_manager.clipboard.startswith(f"bpy.ops.{operator}("):
                return x, y
    return None


def scroll(wheel, x, y, turns=12):
    """The wheel turned over a place of the sidebar."""
    yield from move(x, y)
    for _ in range(turns):
        event(type=wheel, value="PRESS", x=x, y=y)
        yield 0.02
    yield 0.3


def click_button(operator, across=0.45, region=None):
    """Press a button of a region, the sidebar unless said."""
    place = yield from find_button(operator, across, region)
    check(f"the button {operator} is there", place is not None)
    if place is not None:
        yield from move(*place)
        yield from press("LEFTMOUSE", *place)
    return place


def until(condition, limit_s):
    """Wait for something, and say whether it came."""
    end = time.monotonic() + limit_s * PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        yield 0.1
    return True


def measure():
    """Time every poll and every draw of the panels."""
    studio, jobs = module("addon.engine").studio, module("addon.jobs")
    poll = studio.poll

    def timed_poll():
        staging = studio.current is not None and studio.current.state is jobs.State.STAGING
        started = time.perf_counter()
        try:
            return poll()
        finally:
            times["stage" if staging else "poll"].append(time.perf_counter() - started)

    studio.poll = timed_poll
    for name in ("addon.panels", "addon.material_panels", "addon.building_panels", "addon.active_building_panels"):
        for kind in module(name)._CLASSES:
            if hasattr(kind, "draw"):
                kind.draw = timed_draw(kind.draw)


def timed_draw(draw):
    """A panel's draw that writes down how long it took."""

    def timed(self, context):
        started = time.perf_counter()
        draw(self, context)
        times["draw"].append(time.perf_counter() - started)

    return timed


def install():
    """From the zip, as from the preferences' 'Install from Disk'."""
    bpy.ops.extensions.package_install_files(filepath=str(ZIP), repo="user_default", enable_on_install=True)
    check("installed and enabled", PACKAGE in bpy.context.preferences.addons, bpy.app.version_string)
    yield from show_sidebar()
    measure()


def show_sidebar(where=None):
    """Our tab of the viewport's sidebar."""
    area, region = viewport(where)
    area.spaces.active.show_region_ui = True
    area.tag_redraw()
    yield 0.6
    region.active_panel_category = "Maquette"
    area.tag_redraw()
    yield 0.6


def open_first():
    """The first panel, which begins closed, by a click on its header."""
    _, region = viewport()
    place = region.x + 60, region.y + region.height - 16
    yield from move(*place)
    yield from press("LEFTMOUSE", *place)
    yield 0.6


def frame_all():
    """The whole scene in the viewport."""
    area, _ = viewport()
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=window(), area=area, region=region):
        bpy.ops.view3d.view_all()
    yield 1.0


def only(*names):
    """These panels of ours and what is in them, the others gone: a picture shows one thing."""
    # those that went before come back, parents first
    for kind in sorted(hidden, key=lambda kind: hasattr(kind, "bl_parent_id")):
        bpy.utils.register_class(kind)
    hidden.clear()
    kept = {f"MAQUETTE_PT_{name}" for name in names}
    ours = [kind for kind in dir(bpy.types) if kind.startswith("MAQUETTE_PT_")]
    for kind in (getattr(bpy.types, name) for name in ours):
        if kind.bl_space_type == "VIEW_3D" and not kept & {kind.__name__, getattr(kind, "bl_parent_id", "")}:
            bpy.utils.unregister_class(kind)
            hidden.append(kind)
    viewport()[0].tag_redraw()
    yield 0.8


def image_editor():
    """(window, area, its main region) of the Image Editor that a button opened."""
    for where in bpy.context.window_manager.windows:
        for area in where.screen.areas:
            if area.type == "IMAGE_EDITOR":
                return where, area, next(r for r in area.regions if r.type == "WINDOW")
    return None


def on_picture(region, x, y):
    """A place of the picture (shares from its top left) as a place in the window."""
    at = region.view2d.view_to_region(x, 1 - y, clip=False)
    return region.x + int(at[0]), region.y + int(at[1])


def show_textures(where=None):
    """The pictures of materials on things in the viewport."""
    viewport(where)[0].spaces.active.shading.color_type = "TEXTURE"


def close_other_windows():
    """Back to the main window."""
    for where in list(bpy.context.window_manager.windows)[1:]:
        with bpy.context.temp_override(window=where):
            bpy.ops.wm.window_close()
    yield 0.5


def report_times():
    """The figures: no poll or draw above 50 ms, no tick that applies above 150 ms."""
    for name, limit in (("poll", 0.05), ("draw", 0.05), ("stage", 0.15)):
        values = sorted(times[name]) or [0.0]
        median, worst = values[len(values) // 2], values[-1]
        text = f"n {len(values)}, median {1000 * median:.2f} ms, worst {1000 * worst:.1f} ms"
        check(f"no {name} above {1000 * limit * PATIENCE:.0f} ms", worst <= limit * PATIENCE, text)


def run(story):
    """Blender's timer takes the story on, step by step, and leaves when it is over."""
    steps, started = story(), time.monotonic()

    def tick():
        if time.monotonic() - started > LIMIT_S:
            failures.append("the run took too long")
            return finish()
        try:
            return next(steps)
        except StopIteration:
            return finish()
        except Exception:  # noqa: BLE001 the window must close whatever happened
            failures.append("the driver failed")
            traceback.print_exc(file=log)
            return finish()

    bpy.app.timers.register(tick, first_interval=1.0, persistent=True)


def finish():
    """Write the verdict and leave without Blender's own questions."""
    shot("last")
    print("FAILURES", failures, file=log)
    log.close()
    for name in (PACKAGE,):
        if f"{name}.addon.engine" in sys.modules:
            module("addon.engine").shut_down()
    sys.stdout.flush()
    os._exit(1 if failures else 0)
