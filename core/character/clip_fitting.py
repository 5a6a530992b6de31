# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips fitted to a character's new bones: the same rotations, translations that follow the bones' lengths, feet where
they were.

A joint's place is kept relative to the bone that it belongs to, which is not always its parent: games hang feet on the
root. What the root walks and the hips sink scales with the legs; then each frame is raised or lowered so that what is
lowest of the skin, a sole or a back, is as high over the ground as before, by the same scale. Shape letters: T frames,
J joints, P probes of the skin, K joints of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..asset import Clip


@dataclass(frozen=True)
class Probes:
    """Points of the skin by which it is told what touches the ground: `before`, `after` (P, 3) metres at rest, `joints`
    (P, K) int, `weights` (P, K)."""

    before: np.ndarray
    after: np.ndarray
    joints: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Fit:
    """How a rig changed: `parents` (J,) int; `before`, `after` (J, 4, 4) rest poses, joint to world; `ties` (J,) int
    the joint relative to which each is kept, -1 for none; `probes` of the skin; `ground` metres; `legs` by how much the
    legs grew; `mover` the joint that carries the body up and down."""

    parents: np.ndarray
    before: np.ndarray
    after: np.ndarray
    ties: np.ndarray
    probes: Probes
    ground: float
    legs: float
    mover: int


def fitted(clip: Clip, fit: Fit) -> Clip:
    """The clip for the changed rig."""
    translations = _by_ratio(clip.translations.astype(np.float64), fit)
    moved = replace(clip, translations=translations.astype(np.float32))
    old, new = world_poses(clip, fit.parents), world_poses(moved, fit.parents)
    loose = [joint for joint in range(len(fit.parents)) if fit.ties[joint] not in (-1, fit.parents[joint])]
    if loose:
        translations = _tied(translations, old, new, loose, fit)
        moved = replace(clip, translations=translations.astype(np.float32))
        new = world_poses(moved, fit.parents)
    wanted = fit.ground + fit.legs * (_lowest(old, fit.before, fit.probes.before, fit.probes) - fit.ground)
    return _lifted(moved, wanted - _lowest(new, fit.after, fit.probes.after, fit.probes), new, loose, fit)


def _lowest(poses: np.ndarray, rest: np.ndarray, places: np.ndarray, probes: Probes) -> np.ndarray:
    """(T,) metres: how high the lowest probe is in each frame, by linear blend skinning."""
    rows = np.einsum("tjx,jxy->tjy", poses[:, :, 2], np.linalg.inv(rest.astype(np.float64)))
    points = np.concatenate([places, np.ones((len(places), 1))], axis=1)
    height = np.zeros((len(poses), len(places)))
    for joints, weights in zip(probes.joints.T, probes.weights.T, strict=True):
        height += weights * np.einsum("tpx,px->tp", rows[:, joints], points)
    lowest: np.ndarray = height.min(axis=1)
    return lowest


def world_poses(clip: Clip, parents: np.ndarray) -> np.ndarray:
    """(T, J, 4, 4) float64: joint to world in every frame."""
    w, x, y, z = np.moveaxis(clip.rotations.astype(np.float64), -1, 0)
    local = np.zeros((*w.shape, 4, 4))
    local[..., 0, :3] = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], axis=-1)
    local[..., 1, :3] = np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], axis=-1)
    local[..., 2, :3] = np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], axis=-1)
    local[..., :3, :3] *= clip.scales[..., None, :]
    local[..., :3, 3] = clip.translations
    local[..., 3, 3] = 1.0
    for joint, parent in enumerate(parents):
        if parent >= 0:
            local[:, joint] = local[:, parent] @ local[:, joint]
    return local


def local_places(rest: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """(J, 3): each joint's place in its parent's frame, of rest poses (J, 4, 4)."""
    above = np.where((parents >= 0)[:, None, None], rest[np.maximum(parents, 0)], np.eye(4))
    local: np.ndarray = np.einsum("jyx,jy->jx", above[:, :3, :3], rest[:, :3, 3] - above[:, :3, 3])
    return local


def _by_ratio(translations: np.ndarray, fit: Fit) -> np.ndarray:
    before, after = local_places(fit.before, fit.parents), local_places(fit.after, fit.parents)
    old, new = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
    size = np.linalg.norm(np.ptp(fit.before[:, :3, 3], axis=0))
    ratio = np.where(old > 1e-3 * size, new / np.maximum(old, 1e-9), fit.legs)
    # what carries the body walks and crouches by its legs
    ratio[_carriers(fit)] = fit.legs
    changed: np.ndarray = after + ratio[:, None] * (translations - before)
    return changed


def _carriers(fit: Fit) -> list[int]:
    joints, joint = [], fit.mover
    while joint >= 0:
        joints.append(joint)
        joint = int(fit.parents[joint])
    return joints


def _tied(translations: np.ndarray, old: np.ndarray, new: np.ndarray, loose: list[int], fit: Fit) -> np.ndarray:
    """Translations of joints that hang elsewhere than on the bone whose end they are, so that they stay at its end."""
    translations = translations.copy()
    for joint in loose:
        tie, parent = int(fit.ties[joint]), int(fit.parents[joint])
        start = _within(fit.before[tie], fit.before[joint, :3, 3])
        end = _within(fit.after[tie], fit.after[joint, :3, 3])
        ratio = np.linalg.norm(end) / max(float(np.linalg.norm(start)), 1e-9)
        kept = end + ratio * (_within(old[:, tie], old[:, joint, :3, 3]) - start)
        place = np.einsum("txy,ty->tx", new[:, tie, :3, :3], kept) + new[:, tie, :3, 3]
        translations[:, joint] = place if parent < 0 else _within(new[:, parent], place)
    return translations


def _within(frames: np.ndarray, places: np.ndarray) -> np.ndarray:
    """World `places` (..., 3) in `frames` (..., 4, 4)."""
    inverse = np.linalg.inv(frames)
    local: np.ndarray = np.einsum("...xy,...y->...x", inverse[..., :3, :3], places) + inverse[..., :3, 3]
    return local


def _lifted(clip: Clip, raised: np.ndarray, poses: np.ndarray, loose: list[int], fit: Fit) -> Clip:
    """The clip with what carries the body, and what is tied to it from elsewhere, raised by (T,) metres."""
    translations = clip.translations.astype(np.float64)
    above = {fit.mover, *_below(fit.mover, fit.parents)}
    for joint in [fit.mover, *(j for j in loose if j not in above)]:
        parent = int(fit.parents[joint])
        shift = np.zeros((len(raised), 3))
        shift[:, 2] = raised
        if parent >= 0:
            shift = np.einsum("txy,ty->tx", np.linalg.inv(poses[:, parent, :3, :3]), shift)
        translations[:, joint] += shift
    return replace(clip, translations=translations.astype(np.float32))


def _below(joint: int, parents: np.ndarray) -> list[int]:
    below = np.zeros(len(parents), bool)
    below[joint] = True
    for child, parent in enumerate(parents):
        below[child] |= parent >= 0 and below[parent]
    return [int(j) for j in np.flatnonzero(below)]
