# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of a dwelling as its floor allows: fewer bedrooms in small or dark ones, one more in large ones."""

from __future__ import annotations

from .floor_plan import USES
from .plan_problem import USUAL_M2
from .programme import Programme, parse_programme

# a floor takes a programme that asks for up to this times its area, and wants more rooms from this times it on
FULL, ROOMY = 1.08, 1.42
# what goes first where there is no room, and is kept at least
_DISPENSABLE = ("study", "storage", "bedroom", "dining", "toilet", "kitchen")
_BEDROOM_M2, _BATH_M2 = 13.0, 5.0


def asked_m2(programme: Programme) -> float:
    """What the rooms of a programme ask for, those without an area the usual one."""
    return sum(room.area_m2 or USUAL_M2[room.use] for room in programme.rooms)


def fitted(programme: Programme, area_m2: float, num_windows: int) -> Programme:
    """The programme for a dwelling of an area and so many windows; the same where it fits."""
    rooms = [(room.use, room.area_m2) for room in programme.rooms]

    def lit() -> int:
        return sum(USES[use].habitable for use, _ in rooms)

    def asked() -> float:
        return sum(size or USUAL_M2[use] for use, size in rooms)

    while (asked() > FULL * area_m2 or lit() > max(num_windows, 1)) and len(rooms) > 2:
        dark = asked() <= FULL * area_m2
        use = next((u for u in _DISPENSABLE if any(r[0] == u for r in rooms) and (USES[u].habitable or not dark)), "")
        if not use:
            break
        rooms.remove([room for room in rooms if room[0] == use][-1])
    more = 0
    while asked() * ROOMY < area_m2 and lit() < num_windows and more < 3:
        rooms.append(("bedroom", _BEDROOM_M2))
        more += 1
    if more > 1:
        rooms.append(("bath", _BATH_M2))
    if asked() > FULL * area_m2:
        # the least rooms share what there is
        rooms = [(use, 0.0) for use, _ in rooms]
    if rooms == [(room.use, room.area_m2) for room in programme.rooms]:
        return programme
    uses = {use for use, _ in rooms}
    pairs = [pair for pair in programme.adjacency if set(pair) <= uses]
    text = ", ".join(f"{use} {size:g}" if size else use for use, size in rooms)
    return parse_programme("; ".join([text, *([", ".join("-".join(pair) for pair in pairs)] if pairs else [])]))
