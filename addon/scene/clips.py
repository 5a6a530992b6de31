# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions of a character: which it has, and new ones in place of the former.

The armature points at its actions, so that they come along when the character is appended to another file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from .action import CLIP, changed_by_hand
from .character_parts import CLIPS, actions_of
from .decisions import NO_HANDS, Hands


def clip_part(name: str) -> str:
    """A clip as a part."""
    return f"clip {name}"


def bring_clips(armature: Any, actions: Sequence[Any], hands: Hands = NO_HANDS) -> list[str]:
    """Give a character new actions; each takes the name and the users of the one of the same clip. Sentences about
    those that were edited by hand or are locked, which stay instead."""
    before = {action.get(CLIP, action.name): action for action in actions_of(armature)}
    said, kept = [], []
    for action in actions:
        old = before.pop(action[CLIP], None)
        if old is None:
            kept.append(action)
        elif old.library is not None or hands.keeps(clip_part(action[CLIP]), changed_by_hand(old)):
            said.append(f"The clip '{old.name}' was edited by hand and stays as it is.")
            bpy.data.actions.remove(action)
            kept.append(old)
        else:
            kept.append(_exchanged(old, action))
    _point_at(armature, [*kept, *before.values()])
    return said


def _exchanged(old: Any, new: Any) -> Any:
    name = old.name
    old.user_remap(new)
    bpy.data.actions.remove(old)
    new.name = name
    return new


def _point_at(armature: Any, actions: Sequence[Any]) -> None:
    for name in [name for name in armature.keys() if name.startswith(CLIPS)]:  # noqa: SIM118 a datablock has no iter
        del armature[name]
    for index, action in enumerate(actions):
        armature[f"{CLIPS}{index}"] = action
