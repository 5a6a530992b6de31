# SPDX-License-Identifier: GPL-3.0-or-later
"""Normal maps as they come: OpenGL or DirectX, of unit length or not. Encoded (H, W, 3) float32 in [0, 1] throughout.

OpenGL's green grows upwards, DirectX's downwards. The normals of a surface are the slopes of one height, so that the
change of the slope to the right, going down, equals the change of the slope down, going right; with the green the
wrong way round the two have opposite signs (the curl, or integrability, test).
"""

from __future__ import annotations

import numpy as np

# steepest slope that is believed: normals of 8 bits that lie flatter say little
MIN_UPWARD = 0.1
# scales at which slopes are compared: at the finest, compression hides what the surface says
BOX_SIDES = (1, 3, 5, 9)
# correlations of a smaller size say nothing
LEAST_CURL_CORRELATION = 0.05
LEAST_SLOPE_CORRELATION = 0.1
LEAST_TILT_DEG = 0.3


def is_directx(encoded: np.ndarray, height: np.ndarray | None = None) -> bool | None:
    """Whether the normals' green points down; None where the maps do not tell (flat ones, or noise).

    height: (H, W, 1) float32 in [0, 1] of the same size, of any scale, even upside down. With one the slopes are
    compared with its own; without, or if that says nothing, with each other.
    """
    if tilt_deg(encoded) < LEAST_TILT_DEG:
        return None
    right, down = slopes(encoded)
    if height is not None:
        along, across = _slope_correlations(right, down, height[..., 0])
        if min(abs(along), abs(across)) > LEAST_SLOPE_CORRELATION:
            return along * across < 0
    agreement = _curl_correlation(right, down)
    return None if abs(agreement) < LEAST_CURL_CORRELATION else agreement < 0


def flip_green(encoded: np.ndarray) -> np.ndarray:
    """DirectX normals as OpenGL ones, and the reverse."""
    flipped = encoded.copy()
    flipped[..., 1] = 1 - flipped[..., 1]
    return flipped


def unit_length(encoded: np.ndarray) -> np.ndarray:
    """Normals of length 1 that face outwards; where there is no direction at all, straight up."""
    vectors = encoded * 2 - 1
    vectors[..., 2] = np.maximum(vectors[..., 2], 0)
    length = np.linalg.norm(vectors, axis=2, keepdims=True)
    unit = np.where(length > 1e-3, vectors / np.maximum(length, 1e-3), np.array([0, 0, 1], np.float32))
    encoded_again: np.ndarray = (unit * 0.5 + 0.5).astype(np.float32)
    return encoded_again


def is_normal_map(encoded: np.ndarray) -> bool:
    """Whether the picture can be a tangent-space normal map: outward on the whole, of about unit length."""
    vectors = encoded * 2 - 1
    length = np.linalg.norm(vectors, axis=2)
    return bool(vectors[..., 2].mean() > 0.3 and 0.5 < length.mean() < 1.3)


def tilt_deg(encoded: np.ndarray) -> float:
    """The mean angle, in degrees, between the normals and straight up."""
    vectors = unit_length(encoded) * 2 - 1
    return float(np.degrees(np.arccos(np.clip(vectors[..., 2], -1, 1))).mean())


def slopes(encoded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The surface's slopes (H, W) to the right and downwards, if the normals are OpenGL ones."""
    vectors = encoded * 2 - 1
    upward = np.maximum(vectors[..., 2], MIN_UPWARD)
    return -vectors[..., 0] / upward, vectors[..., 1] / upward


def _curl_correlation(right: np.ndarray, down: np.ndarray) -> float:
    """The strongest correlation, over scales, of the two mixed derivatives: near 1 for OpenGL, -1 for DirectX."""
    found = [0.0]
    for side in BOX_SIDES:
        if min(right.shape) < 4 * side:
            break
        smooth_right, smooth_down = _box_blur(right, side), _box_blur(down, side)
        turning_right = smooth_right[2:, 1:-1] - smooth_right[:-2, 1:-1]
        turning_down = smooth_down[1:-1, 2:] - smooth_down[1:-1, :-2]
        found.append(_correlation(turning_right, turning_down))
    return max(found, key=abs)


def _slope_correlations(right: np.ndarray, down: np.ndarray, height: np.ndarray) -> tuple[float, float]:
    side = BOX_SIDES[1]
    smooth = _box_blur(height, side)
    right, down = _box_blur(right, side), _box_blur(down, side)
    along = _correlation(right[1:-1, 1:-1], smooth[1:-1, 2:] - smooth[1:-1, :-2])
    across = _correlation(down[1:-1, 1:-1], smooth[2:, 1:-1] - smooth[:-2, 1:-1])
    return along, across


def _box_blur(image: np.ndarray, side: int) -> np.ndarray:
    """Means over squares, of the inner part that has whole ones."""
    sums = np.pad(image.astype(np.float64), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    blurred: np.ndarray = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return blurred / side**2


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """The cosine between two fields, mean removed; 0 where one is constant."""
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / size if size > 1e-12 else 0.0
