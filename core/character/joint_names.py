# SPDX-License-Identifier: GPL-3.0-or-later
"""What a joint's name says, whatever rig it comes from: its side, its words, its number.

'mixamorig:LeftForeArm', 'DEF-forearm.L', 'lowerarm_l', 'J_Bip_L_LowerArm', 'CC_Base_L_Forearm' and 'L.LowerArm' all
name a left arm below the elbow.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

LEFT, RIGHT, MIDDLE = "left", "right", ""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SIDES = {"l": LEFT, "left": LEFT, "lf": LEFT, "r": RIGHT, "right": RIGHT, "rt": RIGHT}
# what rigs put before every name
_PREFIXES = (
    "def",
    "org",
    "bip",
    "bip01",
    "bip001",
    "j",
    "c",
    "cc",
    "base",
    "valve",
    "biped",
    "valvebiped",
    "jnt",
    "bn",
)
# words of Auto-Rig Pro and Daz that say nothing of the part
_FILLERS = frozenset({"stretch", "x", "bend"})
# helpers that no skin or no body part hangs on
CONTROLS = frozenset(
    {
        "ik",
        "fk",
        "pole",
        "target",
        "pt",
        "ctrl",
        "control",
        "twist",
        "roll",
        "mch",
        "tweak",
        "slot",
        "handslot",
        "helper",
        "nub",
        "end",
        "ff",
        "ffb",
        "corrective",
        "share",
        "metacarpal",
        "weapon",
        "gun",
        "prop",
        "socket",
    }
)


@dataclass(frozen=True)
class JointName:
    """`side` of the body; `stem` the words in lower case, joined; `number` the last one in the name, -1 for none;
    `control` whether it names a helper rather than a part of the body; `raw` whether its rig marks it as no
    deforming bone."""

    side: str
    stem: str
    number: int
    control: bool
    raw: bool = False


@functools.lru_cache(maxsize=8192)
def parse(name: str) -> JointName:
    """The name taken apart."""
    plain = re.split(r"[:|]", name)[-1]
    words = [word.lower() for word in _WORD.findall(plain)]
    raw = bool(words) and words[0] in ("org", "mch")
    # 'PalmR.L' is the left hand's palm of the ring finger
    sided = [place for place, word in enumerate(words) if word in _SIDES]
    side = _SIDES[words[sided[-1]]] if sided else MIDDLE
    body = [word for place, word in enumerate(words) if place not in sided[-1:]]
    while len(body) > 1 and body[0] in _PREFIXES:
        body = body[1:]
    # a trailing .001 only keeps equal names apart; a number before it counts
    numbers = [word for word in body if word.isdigit()]
    letters = [word for word in body if not word.isdigit() and (word not in _FILLERS or len(body) == 1)]
    # Character Creator's neck is called a twist
    control = bool(set(letters) & CONTROLS - ({"twist"} if "neck" in letters else set())) or any(
        part.endswith(("ik", "target")) for part in letters
    )
    return JointName(side, "".join(letters), int(numbers[0]) if numbers else -1, control, raw)
