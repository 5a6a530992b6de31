# SPDX-License-Identifier: GPL-3.0-or-later
"""Rest pose of the base body's skeleton: bones along Y, hinges about X, alike on both sides.

Names are the canonical ones (see `skeleton`) with a root, an upper chest and eyes, so engines' bone maps know them.
"""

from __future__ import annotations

import numpy as np

FRONT, UP = np.array([0, -1.0, 0]), np.array([0, 0, 1.0])
EYES = ("left_eye", "right_eye")


def rest_pose(
    names: tuple[str, ...], parents: np.ndarray, joints: np.ndarray, tails: np.ndarray, eye: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """(names, parents (J,) int32, rest pose (J, 4, 4) float32) with the eyes added.

    `joints` and `tails` (J, 3) are the bones' ends in metres, `eye` (3,) the left eye's middle.
    """
    heads, ends = _even(names, joints), _even(names, tails)
    head = names.index("head")
    matrices = [_matrix(name, a, b) for name, a, b in zip(names, heads, ends, strict=True)]
    for side in (1.0, -1.0):
        place = eye * [side, 1, 1]
        matrices.append(_frame(FRONT, UP, place))
    rest = np.stack(matrices).astype(np.float32)
    return (*names, *EYES), np.append(parents, [head, head]).astype(np.int32), rest


def mirrored_name(name: str) -> str:
    """The joint across the midline; one of the middle is its own."""
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    return "left_" + name.removeprefix("right_") if name.startswith("right_") else name


def _even(names: tuple[str, ...], points: np.ndarray) -> np.ndarray:
    """Points (J, 3) as the left side has them, mirrored to the right; the middle ones on x = 0."""
    even = points.astype(np.float64).copy()
    for k, name in enumerate(names):
        if name.startswith("right_"):
            even[k] = points[names.index(mirrored_name(name))] * [-1, 1, 1]
        elif not name.startswith("left_"):
            even[k, 0] = 0
    return even


def _matrix(name: str, head: np.ndarray, tail: np.ndarray) -> np.ndarray:
    if name == "root":
        matrix = np.eye(4)
        matrix[:3, 3] = head * [0, 0, 0]
        return matrix
    return _frame(tail - head, _facing(name), head)


def _facing(name: str) -> np.ndarray:
    """Where the bone's Z looks: feet up, hands out of their backs, all else to the front."""
    if name.endswith(("foot", "toes")):
        return UP
    if name.endswith("hand") or name[-1].isdigit():
        return np.array([-0.75 if name.startswith("right") else 0.75, 0, 0.66])
    return FRONT


def _frame(along: np.ndarray, facing: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Rigid matrix (4, 4) with Y along, Z as near to `facing` as it goes."""
    y = along / max(float(np.linalg.norm(along)), 1e-9)
    x = np.cross(y, facing)
    x /= max(float(np.linalg.norm(x)), 1e-9)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, y, np.cross(x, y), place
    return matrix
