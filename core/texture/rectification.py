# SPDX-License-Identifier: GPL-3.0-or-later
"""A flat rectangle seen aslant in a photograph, seen from the front: by the homography of its four corners.

Corners are (x, y) pairs in shares of the picture's width and height, from its top left: eight numbers, clockwise from
the rectangle's top left corner. Inside, points are (x, y) in pixels and homographies 3 x 3 on column vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ..errors import InputError
from ..files.picture import LONGEST_STRIP, MAX_READ_SIDE, MIN_SIDE
from .normals import unit_length

# a corner whose two sides make twice less than this share of the picture's area lies on a line
LEAST_TURN = 1e-3
# focal lengths, in diagonals of the picture, that a camera may have; else the corners say nothing about it
FOCAL_REACH = (0.3, 20.0)
# how far from a rotation and one scale a homography may be for normals to be turned along with it
SIMILARITY_SLACK = 0.05
MAX_SAMPLES = 6
ROWS_AT_ONCE = 2**19


def rectified(
    maps: Mapping[str, np.ndarray],
    corners: Sequence[float],
    *,
    shortest: int | None = None,
    device: torch.device,
    progress: Callable[[float], None] = lambda _fraction: None,
) -> dict[str, np.ndarray]:
    """The maps, (h, w, C) float32 in [0, 1] of one size, as (H, W, C) seen from the front.

    The rectangle is as large as its longer sides in the picture, its shorter side at most `shortest`. InputError for
    corners that make no quadrilateral, or normals where they cannot be turned along.
    """
    height, width = next(iter(maps.values())).shape[:2]
    points = corner_points(corners, (height, width))
    size = rectangle_size(points, (height, width), shortest)
    to_picture = homography(_rectangle(size), points)
    turn = None
    if "normal" in maps:
        turn = _rotation(to_picture, size)
        if turn is None:
            raise InputError(
                "Normals cannot be straightened along with a picture seen aslant. Leave the normal map out, "
                "or take the corners back."
            )
    straight = _sampled(np.concatenate(list(maps.values()), axis=2), to_picture, size, device, progress)
    parts = np.split(straight, np.cumsum([image.shape[2] for image in maps.values()])[:-1], axis=2)
    found = {name: np.ascontiguousarray(part) for name, part in zip(maps, parts, strict=True)}
    if turn is not None:
        found["normal"] = _turned(found["normal"], turn)
    return found


def corner_points(corners: Sequence[float], size: tuple[int, int]) -> np.ndarray:
    """The corners (4, 2) in pixels of a picture of `size` (rows, columns), or an InputError that says what is wrong."""
    shares = np.asarray(corners, dtype=np.float64).reshape(4, 2)
    if shares.min() < 0 or shares.max() > 1:
        raise InputError("A corner lies outside of the picture. Corners are shares of its width and height, 0 to 1.")
    ends = np.roll(shares, -1, 0) - shares
    turns = ends[:, 0] * np.roll(ends, -1, 0)[:, 1] - ends[:, 1] * np.roll(ends, -1, 0)[:, 0]
    if (np.abs(turns) < LEAST_TURN).any():
        raise InputError("Three of the corners lie on a line. Set them at the four corners of a flat rectangle.")
    if (turns < 0).all():
        raise InputError("The corners go the wrong way round. Give them clockwise, from the top left one on.")
    if (turns < 0).any():
        raise InputError(
            "The sides between the corners cross or bend inwards. "
            "Give the corners of a flat rectangle: top left, top right, bottom right, bottom left."
        )
    return shares * (size[1], size[0])


def homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The 3 x 3 matrix, last element 1, that maps four points (4, 2) to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(values)), 1.0).reshape(3, 3)


def aspect(points: np.ndarray, size: tuple[int, int]) -> float:
    """Width to height of the rectangle whose corners a camera saw at `points` (4, 2).

    Z. Zhang and L.-W. He, Whiteboard Scanning and Image Enhancement, 2007: with square pixels and the optical axis
    through the picture's middle, the corners tell the focal length and with it the aspect. A picture that was cropped
    or corners seen nearly from the front tell no believable one: then it is that of the mean opposite sides.
    """
    height, width = size
    middle, diagonal = np.array([width / 2, height / 2]), math.hypot(width, height)
    first, second, fourth, third = np.column_stack([(points - middle) / diagonal, np.ones(4)])
    # the notation of the paper: 1 top left, 2 top right, 3 bottom left, 4 bottom right
    k2 = np.dot(np.cross(first, fourth), third) / np.dot(np.cross(second, fourth), third)
    k3 = np.dot(np.cross(first, fourth), second) / np.dot(np.cross(third, fourth), second)
    across, along = k2 * second - first, k3 * third - first
    depth = across[2] * along[2]
    if abs(depth) > 1e-6:
        squared = -(across[0] * along[0] + across[1] * along[1]) / depth
        if FOCAL_REACH[0] ** 2 <= squared <= FOCAL_REACH[1] ** 2:
            lens = np.array([1 / squared, 1 / squared, 1.0])
            return float(math.sqrt((lens * across**2).sum() / (lens * along**2).sum()))
    sides = _sides(points)
    return float((sides[0] + sides[2]) / (sides[1] + sides[3]))


def rectangle_size(points: np.ndarray, size: tuple[int, int], shortest: int | None) -> tuple[int, int]:
    """Rows and columns that keep the detail of the longer sides, within what pictures may be."""
    ratio = aspect(points, size)
    sides = _sides(points)
    width = max(sides[0], sides[2], ratio * max(sides[1], sides[3]))
    height = width / ratio
    scale = min(1.0, MAX_READ_SIDE / max(width, height), (shortest or math.inf) / min(width, height))
    rows, columns = round(height * scale), round(width * scale)
    if min(rows, columns) < MIN_SIDE:
        raise InputError(
            f"The corners hold a piece of {columns} x {rows} px; {MIN_SIDE} px a side are the least. Take a larger one."
        )
    if max(rows, columns) > LONGEST_STRIP * min(rows, columns):
        raise InputError("The corners hold too narrow a strip. Take a wider one.")
    return rows, columns


def _sides(points: np.ndarray) -> np.ndarray:
    """Lengths of the top, right, bottom and left side."""
    lengths: np.ndarray = np.linalg.norm(np.roll(points, -1, 0) - points, axis=1)
    return lengths


def _rectangle(size: tuple[int, int]) -> np.ndarray:
    height, width = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)


def _sampled(
    image_hwc: np.ndarray,
    to_picture: np.ndarray,
    size: tuple[int, int],
    device: torch.device,
    progress: Callable[[float], None],
) -> np.ndarray:
    """The picture seen through the homography: each texel the mean of bicubic samples spread over it."""
    height, width = size
    source = torch.from_numpy(np.ascontiguousarray(image_hwc)).to(device).permute(2, 0, 1)[None]
    count = _num_samples(to_picture, size)
    steps = [(number + 0.5) / count for number in range(count)]
    result = np.empty((height, width, image_hwc.shape[2]), np.float32)
    at_once = max(1, ROWS_AT_ONCE // width)
    for start in range(0, height, at_once):
        progress(start / height)
        stop = min(start + at_once, height)
        total = torch.zeros((source.shape[1], stop - start, width), device=device)
        for down in steps:
            for right in steps:
                grid = _grid(to_picture, (start + down, stop - start), (right, width), image_hwc.shape[:2])
                grid_1hw2 = torch.from_numpy(grid).to(device)
                total += F.grid_sample(source, grid_1hw2, "bicubic", "border", align_corners=False)[0]
        result[start:stop] = (total / count**2).clamp_(0, 1).permute(1, 2, 0).cpu().numpy()
    return result


def _grid(
    to_picture: np.ndarray, rows: tuple[float, int], columns: tuple[float, int], size: tuple[int, ...]
) -> np.ndarray:
    """Where samples lie in the picture, as `grid_sample` counts: (1, rows, columns, 2) in [-1, 1]."""
    y, x = np.mgrid[0 : rows[1], 0 : columns[1]].astype(np.float64)
    y, x = y + rows[0], x + columns[0]
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in to_picture)
    grid: np.ndarray = np.stack([2 * u / (w * size[1]) - 1, 2 * v / (w * size[0]) - 1], 2)[None].astype(np.float32)
    return grid


def _num_samples(to_picture: np.ndarray, size: tuple[int, int]) -> int:
    """Samples a side of a texel, so that they lie no more than a pixel of the picture apart."""
    places = _rectangle(size)
    stretch = max(np.linalg.svd(_jacobian(to_picture, x, y))[1][0] for x, y in places)
    return int(min(MAX_SAMPLES, max(1, math.ceil(stretch - 0.05))))


def _jacobian(matrix: np.ndarray, x: float, y: float) -> np.ndarray:
    """How the mapped point moves with (x, y): 2 x 2."""
    u, v, w = matrix @ np.array([x, y, 1.0])
    moves: np.ndarray = (matrix[:2, :2] * w - np.outer([u, v], matrix[2, :2])) / (w * w)
    return moves


def _rotation(to_picture: np.ndarray, size: tuple[int, int]) -> np.ndarray | None:
    """The rotation from the rectangle to the picture, if that is all but for one scale; else None."""
    jacobians = [_jacobian(to_picture, x, y) for x, y in _rectangle(size)]
    scale = math.sqrt(abs(float(np.linalg.det(jacobians[0]))))
    left, _, right = np.linalg.svd(sum(jacobians))
    rotation: np.ndarray = left @ right
    worst = max(float(np.abs(jacobian / scale - rotation).max()) for jacobian in jacobians)
    return rotation if worst <= SIMILARITY_SLACK else None


def _turned(encoded: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Normals (OpenGL) of a picture that was turned: their sideways parts turn along."""
    vectors = encoded * 2 - 1
    # the picture's y goes down, the normals' up
    sideways = np.stack([vectors[..., 0], -vectors[..., 1]], 2) @ rotation
    turned = np.stack([sideways[..., 0], -sideways[..., 1], vectors[..., 2]], 2)
    return unit_length((turned * 0.5 + 0.5).astype(np.float32))
