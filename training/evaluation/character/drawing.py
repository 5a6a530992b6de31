# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of characters for contact sheets: a small rasteriser with a depth buffer, in NumPy.

Orthographic, two lights and the sky, base colours with their textures. All triangles at once: each is spread over the
pixels of its box, and what lies in front is kept. Shape letters: T triangles, N fragments, H, W rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....core.asset import Asset, Material, Mesh
from ...metrics.triangles import face_normals, triangles_of

BACKGROUND = np.array([0.93, 0.93, 0.92])
PLAIN = np.array([0.62, 0.60, 0.58])
# key light from the front left and above, a fill from the right, and what the sky gives
KEY, FILL = np.array([-0.45, -0.75, 0.6]), np.array([0.8, -0.5, 0.1])
KEY_STRENGTH, FILL_STRENGTH, SKY = 0.75, 0.2, 0.3
# each pixel is the mean of this many a side
SAMPLES = 2
MARGIN = 0.06
MAX_FRAGMENTS = 4_000_000


@dataclass(frozen=True)
class Triangles:
    """What is drawn: corners (T, 3, 3) in metres, normals (T, 3, 3), uvs (T, 3, 2), colours (T, 3, 3) linear that
    multiply the material, and the material's number (T,), -1 for none."""

    corners: np.ndarray
    normals: np.ndarray
    uvs: np.ndarray
    colours: np.ndarray
    material: np.ndarray


def draw(
    asset: Asset,
    size: int = 256,
    *,
    positions: Sequence[np.ndarray] | None = None,
    turn_deg: float = 28.0,
    tilt_deg: float = 10.0,
    plain: bool = False,
) -> np.ndarray:
    """A picture (size, size, 3) float32 in [0, 1], sRGB, of the whole character, as large as fits.

    positions: of every mesh in place of the rest pose's. turn_deg: how far it turns to its right; 0 looks from the
    front (-Y). `plain` leaves materials out, which shows the shape.
    """
    drawn = _gathered(asset, positions, plain)
    seen = _turned(drawn, turn_deg, tilt_deg)
    screen = _placed(seen.corners, size * SAMPLES)
    colours = np.tile(_linear(BACKGROUND), (size * SAMPLES * size * SAMPLES, 1))
    triangle, pixel, weights = _visible(screen, size * SAMPLES)
    colours[pixel] = _shaded(seen, triangle, weights, () if plain else asset.materials)
    image = colours.reshape(size, SAMPLES, size, SAMPLES, 3).mean((1, 3))
    picture: np.ndarray = _encoded(image).astype(np.float32)
    return picture


def _gathered(asset: Asset, positions: Sequence[np.ndarray] | None, plain: bool) -> Triangles:
    number = {material.name: place for place, material in enumerate(asset.materials)}
    given = positions if positions is not None else [mesh.positions for mesh in asset.meshes]
    parts = [_of_mesh(mesh, where, number, plain) for mesh, where in zip(asset.meshes, given, strict=True)]
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in Triangles.__dataclass_fields__)
    return Triangles(*joined)


def _of_mesh(mesh: Mesh, positions: np.ndarray, number: dict[str, int], plain: bool) -> Triangles:
    """The triangles of one mesh; normals are those of corners, made anew where the positions are others."""
    vertices = triangles_of(mesh)
    sizes = np.diff(mesh.face_starts) - 2
    face = np.repeat(np.arange(len(sizes)), sizes)
    step = np.arange(len(face)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    first = mesh.face_starts[:-1][face]
    corner = np.stack([first, first + step + 1, first + step + 2], axis=1)
    corners = positions[vertices].astype(np.float64)
    if len(mesh.normals) and positions is mesh.positions:
        normals = mesh.normals[corner].astype(np.float64)
    elif len(mesh.normals):
        normals = _smooth(positions, vertices)[vertices]
    else:
        normals = np.repeat(_unit(face_normals(positions, vertices))[:, None], 3, axis=1)
    uvs = next(iter(mesh.uvs.values()), np.zeros((len(mesh.corners), 2)))[corner].astype(np.float64)
    tints = next(iter(mesh.colors.values()), np.ones((len(mesh.corners), 4)))[corner][..., :3].astype(np.float64)
    named = np.array([number.get(name, -1) for name in mesh.materials] or [-1])
    material = named[np.clip(mesh.material_of_face, 0, len(named) - 1)][face]
    return Triangles(corners, normals, uvs, np.ones_like(tints) if plain else tints, material)


def _smooth(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V, 3) normals of vertices, faces counted by their area."""
    normals = np.zeros((len(positions), 3))
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], face_normals(positions, triangles))
    return _unit(normals)


def _turned(drawn: Triangles, turn_deg: float, tilt_deg: float) -> Triangles:
    """In the camera's axes: x to the right, y away from the eye, z up."""
    turn, tilt = np.radians(turn_deg), np.radians(tilt_deg)
    around = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    down = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    rotation = (down @ around).T
    return Triangles(
        drawn.corners @ rotation, drawn.normals @ rotation, drawn.uvs, drawn.colours, drawn.material
    )  # fmt: skip


def _placed(corners: np.ndarray, side: int) -> np.ndarray:
    """(T, 3, 3) column, row and depth in samples, everything within the picture."""
    points = corners.reshape(-1, 3)
    low, high = points.min(0), points.max(0)
    scale = side * (1 - 2 * MARGIN) / max(float((high - low)[[0, 2]].max()), 1e-9)
    middle = (low + high) / 2
    screen = np.empty_like(corners)
    screen[..., 0] = side / 2 + (corners[..., 0] - middle[0]) * scale
    screen[..., 1] = side * (1 - MARGIN) - (corners[..., 2] - low[2]) * scale
    screen[..., 2] = corners[..., 1] * scale
    return screen


def _visible(screen: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest triangle of every covered pixel: (triangle, pixel, barycentric weights (N, 3))."""
    low = np.clip(np.floor(screen[..., :2].min(1)), 0, side - 1).astype(np.int64)
    high = np.clip(np.ceil(screen[..., :2].max(1)), 0, side - 1).astype(np.int64)
    span = high - low + 1
    counts = span.prod(1)
    depth, found = np.full(side * side, np.inf), np.full(side * side, -1)
    kept = np.zeros((side * side, 3))
    for part in _parts(counts):
        triangle = np.repeat(part, counts[part])
        within = np.arange(len(triangle)) - np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        column = low[triangle, 0] + within % span[triangle, 0]
        row = low[triangle, 1] + within // span[triangle, 0]
        weights, inside = _barycentric(screen[triangle], column + 0.5, row + 0.5)
        triangle, weights = triangle[inside], weights[inside]
        pixel = (row * side + column)[inside]
        away = (weights * screen[triangle][..., 2]).sum(1)
        order = np.argsort(-away, kind="stable")
        order = order[away[order] < depth[pixel[order]]]
        # of several writes to one pixel the last one stays, which is the nearest
        depth[pixel[order]], found[pixel[order]], kept[pixel[order]] = away[order], triangle[order], weights[order]
    pixel = np.flatnonzero(found >= 0)
    return found[pixel], pixel, kept[pixel]


def _parts(counts: np.ndarray) -> list[np.ndarray]:
    """Triangles in portions whose boxes have not too many pixels together."""
    number = np.cumsum(counts) // MAX_FRAGMENTS
    return [np.flatnonzero(number == value) for value in np.unique(number)]


def _barycentric(corners: np.ndarray, column: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (N, 3) of the corners at points of the screen, and whether the points lie within."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    point = np.stack([column, row], axis=1)
    edges = [
        (q[:, 0] - p[:, 0]) * (point[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (point[:, 0] - p[:, 0])
        for p, q in ((b, c), (c, a), (a, b))
    ]
    weights = np.stack(edges, axis=1) / np.where(area == 0, 1, area)[:, None]
    return weights, (weights >= 0).all(1) & (area != 0)


def _shaded(drawn: Triangles, triangle: np.ndarray, weights: np.ndarray, materials: Sequence[Material]) -> np.ndarray:
    """(N, 3) linear colours of fragments."""

    def mixed(of_corners: np.ndarray) -> np.ndarray:
        result: np.ndarray = (weights[..., None] * of_corners[triangle]).sum(1)
        return result

    base, uvs = mixed(drawn.colours), mixed(drawn.uvs)
    own = drawn.material[triangle]
    glow = np.zeros_like(base)
    for number in np.unique(own):
        chosen = own == number
        material = materials[number] if 0 <= number < len(materials) else None
        base[chosen] *= _sampled(material, "albedo", uvs[chosen], PLAIN)
        glow[chosen] = _sampled(material, "emission", uvs[chosen], np.zeros(3))
    normals = _unit(mixed(drawn.normals))
    # thin things are often one-sided: what looks away is lit as if it were turned over
    normals *= np.where(normals[:, 1:2] > 0, -1, 1)
    light = SKY * (0.75 + 0.25 * normals[:, 2])
    for direction, strength in ((KEY, KEY_STRENGTH), (FILL, FILL_STRENGTH)):
        light = light + strength * np.maximum(normals @ (direction / np.linalg.norm(direction)), 0)
    shaded: np.ndarray = base * light[:, None] + glow
    return shaded


def _sampled(material: Material | None, name: str, uvs: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """(N, 3) linear colours of a map at UVs, the nearest texel; the map repeats."""
    image = material.maps.get(name) if material is not None else None
    if image is None:
        return np.broadcast_to(_linear(np.asarray(otherwise, np.float64)), (len(uvs), 3))
    height, width = image.shape[:2]
    column = np.floor(np.nan_to_num(uvs[:, 0]) % 1 * width).astype(np.int64).clip(0, width - 1)
    row = np.floor((1 - np.nan_to_num(uvs[:, 1])) % 1 * height).astype(np.int64).clip(0, height - 1)
    return _linear(np.broadcast_to(image[row, column][:, :3], (len(uvs), 3)).astype(np.float64))


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-30)
    return unit


def _linear(colours: np.ndarray) -> np.ndarray:
    linear: np.ndarray = np.where(
        colours <= 0.04045, colours / 12.92, ((np.maximum(colours, 0) + 0.055) / 1.055) ** 2.4
    )
    return linear


def _encoded(colours: np.ndarray) -> np.ndarray:
    clipped = np.clip(colours, 0, 1)
    encoded: np.ndarray = np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return encoded
