# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as a shaded model: three-quarter view, a sun with its shadow, soft dark corners, neutral ground.

The model is drawn at twice the size and brought down, the ground and what is soft at once. Shape letters: S side of the
picture, n places.
"""

from __future__ import annotations

import numpy as np

from .asset import Asset
from .thumbnail_camera import LENS, Camera, unit
from .thumbnail_light import lit
from .thumbnail_raster import Visible, visible
from .thumbnail_scene import Triangles
from .thumbnail_shadow import ShadowMap, open_sky
from .thumbnail_surface import ROUGHNESS, surface, texture_covered

FINER = 2
_UP = np.array([0, 0, 1], np.float32)
# to the eye, to the sun: characters face -Y and are met nearly at their own height, buildings from above
_CHARACTER = (np.array([-0.5, -0.86, 0.2]), np.array([-0.75, -0.45, 0.95]))
_BUILDING = (np.array([-0.62, -0.78, 0.52]), np.array([-0.25, -0.85, 0.9]))
_GROUND, _BACK = np.array([0.36, 0.36, 0.365], np.float32), np.array([0.43, 0.435, 0.445], np.float32)
# how much of the picture is left around it, with and without others beside it
_ALONE, _AMONG = 1.08, 1.35
# where nothing is: too far off to hide the sky from anything
_NOWHERE = np.float32(1e6)


def model(triangles: Triangles, asset: Asset, size: int) -> np.ndarray:
    """(size, size, 3) linear light."""
    to_eye, to_sun = (unit(v) for v in (_CHARACTER if asset.rig is not None else _BUILDING))
    own = triangles.positions[~triangles.around] if not triangles.around.all() else triangles.positions
    camera = Camera.on(own.reshape(-1, 3), to_eye, _AMONG if triangles.around.any() else _ALONE)
    fine = size * FINER
    seen = visible(camera.pixels(triangles.positions, fine), (fine, fine))
    shadows = ShadowMap.of(triangles.positions if not triangles.around.any() else _near(triangles, own), to_sun)
    back, places, normals = _ground(camera, float(own[..., 2].min()), size)
    shown = np.flatnonzero(seen.triangle.reshape(-1) >= 0)
    rows, columns = shown // fine, shown % fine
    rays = camera.rays(rows, columns, fine)
    which = seen.triangle.reshape(-1)[shown]
    covered = texture_covered(triangles, camera, fine)[which]
    here = surface(triangles, asset, which, seen.shares.reshape(-1, 3)[shown], rays, covered)
    place = (camera.eye + rays * (seen.depth.reshape(-1)[shown] * camera.distance)[:, None]).astype(np.float32)
    coarse = (rows // FINER, columns // FINER)
    places[coarse], normals[coarse] = place, here.normal
    sky = open_sky(places, normals, camera.distance * LENS * 2)
    shadow = shadows.lit(place, here.normal)[:, None]
    towards, sun = unit(-rays), to_sun.astype(np.float32)
    light = lit(
        here.albedo, here.roughness, here.metallic, here.normal, towards, sun, _UP, shadow, sky[coarse][:, None]
    )
    picture = _lit_ground(camera, back, places, sky, shadows, sun)
    return _composed(picture, light, seen)


def _near(triangles: Triangles, own: np.ndarray) -> np.ndarray:
    """(T, 3, 3): the triangles whose shadows may be seen."""
    low, high = own.reshape(-1, 3).min(0), own.reshape(-1, 3).max(0)
    middle, reach = (low + high)[:2] / 2, float((high - low).max())
    near: np.ndarray = (np.abs(triangles.positions[..., :2] - middle) < 1.2 * reach).all((1, 2))
    positions: np.ndarray = triangles.positions[near]
    return positions


def _ground(camera: Camera, height: float, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(pixels (n,) where the ground would be seen, places and normals (S, S, 3) float32 there)."""
    rays = camera.rays(*np.divmod(np.arange(size * size), size), size)
    back = np.flatnonzero(rays[:, 2] < -1e-3)
    places = np.full((size * size, 3), _NOWHERE, np.float32)
    places[back] = camera.eye + rays[back] * ((height - camera.eye[2]) / rays[back, 2])[:, None]
    normals = np.broadcast_to(_UP, (size, size, 3)).copy()
    return back, places.reshape(size, size, 3), normals


def _lit_ground(
    camera: Camera,
    back: np.ndarray,
    places: np.ndarray,
    sky: np.ndarray,
    shadows: ShadowMap,
    sun: np.ndarray,
) -> np.ndarray:
    """(S, S, 3): the ground and its shadow, going over into the back."""
    place = places.reshape(-1, 3)[back]
    normals = np.broadcast_to(_UP, place.shape)
    number = len(back)
    albedo = np.broadcast_to(_GROUND, place.shape)
    rough, metal = np.full((number, 1), ROUGHNESS, np.float32), np.zeros((number, 1), np.float32)
    shadow = shadows.lit(place, normals)[:, None]
    towards = unit((camera.eye - place).astype(np.float32))
    light = lit(albedo, rough, metal, normals, towards, sun, _UP, shadow, sky.reshape(-1)[back][:, None])
    apart = np.hypot(*(place - camera.middle)[:, :2].T) / (camera.distance * LENS)
    fade = np.clip(1.9 - apart, 0, 1)[:, None] ** 1.5
    picture = np.broadcast_to(_BACK, places.shape).copy()
    picture.reshape(-1, 3)[back] += (light - _BACK) * fade
    return picture


def _composed(picture: np.ndarray, light: np.ndarray, seen: Visible) -> np.ndarray:
    """(S, S, 3): the model over the ground, each pixel the mean of what is finer."""
    size, fine = len(picture), len(seen.triangle)
    over = np.repeat(np.repeat(picture, FINER, 0), FINER, 1)
    over[seen.triangle >= 0] = light
    whole: np.ndarray = over.reshape(size, fine // size, size, fine // size, 3).mean((1, 3))
    return whole.astype(np.float32)
