# SPDX-License-Identifier: GPL-3.0-or-later
"""What hangs far from the bone that moves it: capes, coat tails, long hair.

Such skin moves with the chest or the head, but its size belongs to what it hangs beside: a cape ends at the heels of
short legs and of long ones. So, for the shape alone, it is bound to the bones near it. Shape letters: V vertices, B
bones.
"""

from __future__ import annotations

import numpy as np

from .bones import Bones

_TRUNK = ("hips", "spine", "chest", "neck", "head")
_BESIDE = (*_TRUNK, "left_upper_leg", "left_lower_leg", "right_upper_leg", "right_lower_leg")
# beyond a bone's end by these shares of the body height skin begins to hang, and does so wholly
_NEAR, _FAR = 0.08, 0.2
# how far bones beside it share it, as a share of the height
_BLEND = 0.04


def with_hanging_skin(
    positions: np.ndarray, weights: np.ndarray, bones: Bones, lengths: np.ndarray, height: float
) -> np.ndarray:
    """`weights` (V, B) of a humanoid's `positions` (V, 3) metres, with hanging skin bound to the bones beside it."""
    if not bones.is_humanoid:
        return weights
    hanging = np.zeros(len(positions))
    for name in _TRUNK:
        bone = bones.index(name)
        along = (positions - bones.heads[bone]) @ bones.directions[bone]
        # a head's own size is no hanging: only what is below it hangs
        beyond = np.maximum(-along, along - lengths[bone] if name != "head" else -along)
        share = np.clip((beyond / height - _NEAR) / (_FAR - _NEAR), 0, 1)
        hanging += weights[:, bone] * share * share * (3 - 2 * share)
    far = np.flatnonzero(hanging > 1e-3)
    if not len(far):
        return weights
    beside = _near_bones(positions[far].astype(np.float64), bones, lengths, height)
    share = hanging[far, None]
    result = weights.copy()
    result[far] = (1 - share) * weights[far] + share * beside
    return result


def _near_bones(places: np.ndarray, bones: Bones, lengths: np.ndarray, height: float) -> np.ndarray:
    """(V, B) float64: shares of the bones of trunk and legs by their distance from `places`."""
    apart = np.full((len(places), len(bones.names)), np.inf)
    for name in _BESIDE:
        bone = bones.index(name)
        offset = places - bones.heads[bone]
        along = np.clip(offset @ bones.directions[bone], 0, lengths[bone])
        apart[:, bone] = np.linalg.norm(offset - along[:, None] * bones.directions[bone], axis=1)
    nearness = np.exp(-(apart - apart.min(axis=1, keepdims=True)) / (_BLEND * height))
    shares: np.ndarray = nearness / nearness.sum(axis=1, keepdims=True)
    return shares
