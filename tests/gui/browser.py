# SPDX-License-Identifier: GPL-3.0-or-later
"""The Asset Browser in the real window: opened below the viewport, and an asset pulled out of it by the mouse."""

import bpy
from driving import PATIENCE, drag, move, press, until, viewport, window

# by how much the browser is higher than the timeline in its place, pixels, and how long it may read its library
RAISED, READING_S = 220, 20
# from the upper left of the browser's list to the middle of its first picture, pixels
FIRST = 70, -60


def open_browser(library):
    """An Asset Browser below the viewport that shows a library, where the timeline was; its area."""
    area = next(found for found in window().screen.areas if found.type == "DOPESHEET_EDITOR")
    area.ui_type = "ASSETS"
    yield 0.6
    yield from raise_edge(area, RAISED)
    space = area.spaces.active
    yield from until(lambda: space.params is not None, READING_S)
    space.params.asset_library_reference = library
    yield 1.0 * PATIENCE
    return area


def close_browser(area):
    """The timeline again, and the viewport as large as before."""
    area.ui_type = "TIMELINE"
    yield 0.6
    yield from raise_edge(area, -RAISED)


def raise_edge(area, pixels):
    """Pull the edge above an area."""
    x, y = area.x + area.width // 2, area.y + area.height
    yield from drag((x, y), (x, y + pixels))
    yield 0.6


def seek(browser, name):
    """The place of the asset of this name, the only one that its list shows then; None where it does not come."""
    browser.spaces.active.params.filter_search = name
    region = next(region for region in browser.regions if region.type == "WINDOW")
    place = region.x + FIRST[0], region.y + region.height + FIRST[1]

    def shown():
        with bpy.context.temp_override(window=window(), area=browser, region=region):
            return getattr(bpy.context.asset, "name", "")

    for _ in range(round(READING_S * PATIENCE)):
        browser.tag_redraw()
        yield 1.0
        yield from move(*place)
        yield from press("LEFTMOUSE", *place)
        if shown() == name:
            return place
    return None


def pull(browser, name, onto):
    """Drag an asset onto a place of the window; whether it was found."""
    place = yield from seek(browser, name)
    if place is None:
        return False
    yield from drag(place, onto)
    yield 1.0
    return True


def middle():
    """A place in the middle of what the viewport shows beside its sidebar."""
    area, sidebar = viewport()
    main = next(region for region in area.regions if region.type == "WINDOW")
    return (main.x + sidebar.x) // 2, main.y + main.height // 2
