# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's picture in the Asset Browser, drawn here: a render needs a GPU or a minute.

Points strewn over the surface, the nearest of each pixel shown, lit from the front left.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SIZE = 256
POINTS = 150_000
# each point covers a square of three pixels, so that no gap is left between them
FOOTPRINT = (-1, 0, 1)
MARGIN = 1.12
# seen from the front left, a little from above
YAW, PITCH = np.radians(25.0), np.radians(8.0)
LIGHT = np.array([-0.45, -0.75, 0.5]) / np.linalg.norm([-0.45, -0.75, 0.5])
AMBIENT, SUN = 0.45, 0.75


def portrait(meshes: list[Any], size: int = SIZE) -> np.ndarray:
    """(size, size, 4) float32 sRGB with alpha, bottom row first, of mesh objects as they stand at rest."""
    parts = [part for item in meshes if (part := _triangles(item)) is not None]
    if not parts:
        return np.zeros((size, size, 4), np.float32)
    corners, colours = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1)
    normals = across / np.maximum(areas, 1e-12)[:, None]
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(areas), POINTS, p=areas / areas.sum()) if areas.sum() > 0 else np.arange(len(areas))
    u, v = rng.random((2, len(chosen)))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    a, b, c = corners[chosen].transpose(1, 0, 2)
    points = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    shade = AMBIENT + SUN * np.clip(normals @ LIGHT, 0, 1)
    lit = np.clip(colours[chosen] * shade[chosen, None], 0, 1) ** (1 / 2.2)
    return _splat(points, lit, size)


def set_portrait(datablock: Any, meshes: list[Any]) -> None:
    """Give a datablock its picture."""
    preview = datablock.preview_ensure()
    preview.image_size = (SIZE, SIZE)
    preview.image_pixels_float.foreach_set(portrait(meshes).ravel())


def _splat(points: np.ndarray, colours: np.ndarray, size: int) -> np.ndarray:
    """The nearest point of every pixel, seen in parallel."""
    cos, sin = np.cos(YAW), np.sin(YAW)
    right, away = points[:, 0] * cos - points[:, 1] * sin, points[:, 0] * sin + points[:, 1] * cos
    up = points[:, 2] * np.cos(PITCH) + away * np.sin(PITCH)
    depth = away * np.cos(PITCH) - points[:, 2] * np.sin(PITCH)
    flat = np.stack([right, up], axis=1)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = (size - 1) / max(float((high - low).max()) * MARGIN, 1e-9)
    pixel = np.round((flat - (low + high) / 2) * scale + (size - 1) / 2).astype(int)
    around = np.array([row * size + column for row in FOOTPRINT for column in FOOTPRINT])
    order = np.argsort(-depth)
    covered = ((pixel[order, 1] * size + pixel[order, 0])[:, None] + around).ravel()
    image = np.zeros((size * size, 4), np.float32)
    # of several that cover one pixel the last, and nearest, stays
    image[covered, :3] = np.repeat(colours[order], len(around), axis=0)
    image[covered, 3] = 1.0
    result: np.ndarray = image.reshape(size, size, 4)
    return result


def _triangles(item: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """((T, 3, 3) corners in world space, (T, 3) linear colours) of a mesh object."""
    mesh = item.data
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    if not count:
        return None
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    corners, slots, loops = np.empty(count * 3, np.int32), np.empty(count, np.int32), np.empty(count * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    mesh.loop_triangles.foreach_get("material_index", slots)
    mesh.loop_triangles.foreach_get("loops", loops)
    matrix = np.array(item.matrix_world)
    world = places.reshape(-1, 3).astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    colours = np.full((count, 3), 0.6)
    for slot, material in enumerate(mesh.materials):
        here = slots == slot
        if material is not None and here.any():
            colours[here] = _colours(material, mesh, loops.reshape(-1, 3)[here])
    return world[corners].reshape(-1, 3, 3), colours


def _colours(material: Any, mesh: Any, loops: np.ndarray) -> np.ndarray:
    """(T, 3) linear: the texture at each triangle's middle, else the plain colour."""
    image = _image(material)
    if image is None or not mesh.uv_layers:
        return np.tile(np.array(material.diffuse_color[:3]), (len(loops), 1))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    uvs = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers.active.uv.foreach_get("vector", uvs)
    middle = uvs.reshape(-1, 2)[loops].mean(axis=1) % 1.0
    x, y = (middle * [width - 1, height - 1]).astype(int).T
    found: np.ndarray = pixels.reshape(height, width, 4)[y, x, :3].astype(np.float64) ** 2.2
    return found


def _image(material: Any) -> Any:
    nodes = material.node_tree.nodes if material.node_tree else ()
    for node in nodes:
        if node.type == "BSDF_PRINCIPLED" and node.inputs["Base Color"].is_linked:
            source = node.inputs["Base Color"].links[0].from_node
            image = source.image if source.type == "TEX_IMAGE" else None
            return image if image is not None and image.size[0] else None
    return None
