# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean body's left hand: its directions, and where its fingers begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .guide import FINGERS, Guide, across, unit


@dataclass(frozen=True)
class HandFrame:
    """The left hand's directions, unit vectors: `along` to the middle finger, `dorsal` out of its back, `outer` to the
    little finger; `wrists` (4, 3) and `knuckles` (4, 3) of the fingers from index to little finger."""

    along: np.ndarray
    dorsal: np.ndarray
    outer: np.ndarray
    wrists: np.ndarray
    knuckles: np.ndarray

    def at(self, finger: float, share: float) -> np.ndarray:
        """The place inside the palm at a finger's number, also between and beyond them, and a share of the way."""
        k = int(np.clip(np.floor(finger), 0, 2))
        ends = [line[k] + (line[k + 1] - line[k]) * (finger - k) for line in (self.wrists, self.knuckles)]
        return np.asarray(ends[0] + (ends[1] - ends[0]) * share)


def hand_frame(guide: Guide) -> HandFrame:
    """The frame of the mean body's left hand."""
    wrist = guide.joints["hand_l"]
    knuckles = np.array([guide.joints[f"{finger}_01_l"] for finger in FINGERS])
    along = unit(knuckles[1] - wrist)
    outer = across(knuckles[3] - knuckles[0], along)
    dorsal = np.cross(along, outer)
    dorsal *= np.sign(dorsal[0])
    spread = np.linalg.norm(knuckles[3] - knuckles[0]) * 0.55
    wrists = wrist + (np.arange(4)[:, None] / 3 - 0.5) * spread * outer
    return HandFrame(along, dorsal, outer, wrists, knuckles)
