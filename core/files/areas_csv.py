# SPDX-License-Identifier: GPL-3.0-or-later
"""The areas of an asset of architecture as a table, by building, storey and space, and its report as another.

RFC 4180 in UTF-8, one header row. `row` says what a line is about: a space, all of a storey, or all of a building; only
lines of one kind are to be added up.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ..asset import Asset, Element
from ..errors import InputError
from .belonging import Belonging, Floor

NAME, REPORT_NAME = "areas.csv", "report.csv"
HEADER = (
    *("row", "building", "storey", "space", "use"),
    *("elevation_m", "height_m", "net_area_m2", "gross_area_m2", "volume_m3"),
)
_SPACE = "IfcSpace"
# a figure by the names that elements have it under, the first that is there
_NET, _GROSS = ("net_floor_area_m2", "net_area_m2", "area_m2"), ("gross_floor_area_m2", "gross_area_m2")
_VOLUME = ("net_volume_m3", "volume_m3", "gross_volume_m3")
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r\n]")
_NUMBERED = re.compile(r"[ _]*\d+$")

# what a table shows: names, and figures that may be missing
Cell = str | float | None
Figures = dict[str, float]


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `areas.csv` and `report.csv`; returns their names. InputError for an asset that is no architecture."""
    if not asset.elements:
        raise InputError(f"'{asset.name}' has no building elements. Export 'csv' of architecture alone.")
    progress(0.0, f"Writing {NAME}")
    tables = {NAME: (HEADER, areas(asset)), REPORT_NAME: (("building", "figure", "value"), report(asset))}
    for name, (header, rows) in tables.items():
        (folder / name).write_text(table(header, rows), encoding="utf-8", newline="")
    return list(tables)


def areas(asset: Asset) -> Iterator[tuple[Cell, ...]]:
    """The rows of the areas: each storey's spaces, then the storey; at a building's end the building."""
    belonging = Belonging(asset)
    spaces: dict[tuple[str, str], list[Element]] = {}
    for element in asset.elements:
        if element.ifc_class == _SPACE:
            spaces.setdefault((belonging.building_of(element), element.storey), []).append(element)
    for building, own in belonging.buildings.items():
        shown = building if asset.options or len(belonging.buildings) > 1 else asset.name
        totals = []
        for floor in (floor for floor in belonging.floors if floor.building == building):
            here = spaces.get((building, floor.name), [])
            for space in here:
                name, use = names_of(space)
                elevation = space.quantities.get("elevation_m", floor.elevation_m)
                yield ("space", shown, floor.name, name, use, elevation, *_shown(_figures(space)))
            totals.append(_of_storey(floor, here))
            yield ("storey", shown, floor.name, "", "", floor.elevation_m, *_shown(totals[-1]))
        whole = _sums(totals) | (_figures(own) if own is not None else {})
        whole.setdefault("height", sum(total.get("height", 0.0) for total in totals))
        yield ("building", shown, "", "", "", None, *_shown(whole))


def report(asset: Asset) -> Iterator[tuple[Cell, ...]]:
    """The rows of the report: the asset's figures, then each option's."""
    for name, value in asset.report.items():
        yield ("" if asset.options else asset.name, name, value)
    for option in asset.options:
        for name, value in option.report.items():
            yield (option.name, name, value)


def table(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """The text of a table. Names that a spreadsheet would take for a formula get an apostrophe in front."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return stream.getvalue()


def names_of(space: Element) -> tuple[str, str]:
    """(name, use) of a space: "storey 2 space bedroom 1" is the bedroom 1, a bedroom; a dwelling's number stands before
    the name."""
    before, found, after = space.id.partition(" space ")
    name = after if found else before
    within = before.removeprefix(space.storey).strip()
    if found and space.storey and before.startswith(space.storey) and within:
        return f"{within} {name}", _NUMBERED.sub("", name)
    if not found:
        for above in (space.parent, space.storey):
            name = name.removeprefix(f"{above} ")
    return name, _NUMBERED.sub("", name)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 1e-3 or value == 0 else f"{value:.6g}"


def _figures(element: Element) -> Figures:
    """What an element says; a space is as high everywhere."""
    wanted = {"height": ("height_m",), "net": _NET, "gross": _GROSS, "volume": _VOLUME}
    found = {key: _first(element.quantities, names) for key, names in wanted.items()}
    figures = {key: value for key, value in found.items() if value is not None}
    area = figures.get("net", figures.get("gross"))
    if element.ifc_class == _SPACE and area is not None and "height" in figures:
        figures.setdefault("volume", area * figures["height"])
    return figures


def _first(quantities: Mapping[str, float], names: Iterable[str]) -> float | None:
    return next((quantities[name] for name in names if name in quantities), None)


def _of_storey(floor: Floor, spaces: list[Element]) -> Figures:
    """A storey's own figures; what it does not say is the sum of its spaces'."""
    each = [_figures(space) for space in spaces]
    heights = [one["height"] for one in each if "height" in one]
    found = _sums(each) | ({"height": max(heights)} if heights else {})
    return found | (_figures(floor.element) if floor.element is not None else {})


def _sums(each: list[Figures]) -> Figures:
    """Sums of what all of them have."""
    return {
        key: sum(one[key] for one in each)
        for key in ("net", "gross", "volume")
        if each and all(key in one for one in each)
    }


def _shown(figures: Figures) -> tuple[Cell, ...]:
    return tuple(figures.get(key) for key in ("height", "net", "gross", "volume"))
