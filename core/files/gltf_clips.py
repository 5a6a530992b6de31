# SPDX-License-Identifier: GPL-3.0-or-later
"""The animations of a glTF file as clips of a rigid skeleton.

Khronos, glTF 2.0 specification, 3.11 and appendix C (interpolation). A clip is sampled where any of its channels has
a key. Nodes above and between the joints take part; the result is relative to the rest pose, whatever scale the nodes
have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..asset import Clip
from ..codec import show
from ..errors import InputError
from . import gltf_accessors
from .gltf_container import Document, damaged
from .gltf_nodes import Z_UP, NodeTree, Transform, matrix
from .gltf_skins import Skeleton, rigid

MAX_KEYS = 100_000
MAX_VALUES = 60_000_000
TINY = 1e-5
PATHS = {"translation": 3, "rotation": 4, "scale": 3}


def read_clips(document: Document, tree: NodeTree, skeleton: Skeleton, warn: Callable[[str], None]) -> tuple[Clip, ...]:
    """Every animation that moves a joint; one that cannot be read is left out with a warning."""
    moving = sorted({above for node in skeleton.nodes for above in tree.ancestors(node)}, key=tree.order.index)
    clips: list[Clip] = []
    names: set[str] = set()
    values = 0
    for index, animation in enumerate(document.items("animations")):
        given = animation.get("name")
        name = given if isinstance(given, str) and given else f"animation_{index}"
        try:
            channels, times = _channels(document, animation, set(moving))
        except ValueError as error:
            warn(f"The clip {show(name)} was left out: {error}.")
            continue
        values += len(times) * len(moving) * 16
        if values > MAX_VALUES:
            raise InputError(f"{show(document.path.name)} has longer animations than are taken. Export fewer clips.")
        if channels:
            name = name if name not in names else f"{name}.{index:03d}"
            clip = _clip(name, times, channels, tree, skeleton, moving)
            if not all(np.isfinite(v).all() for v in (clip.rotations, clip.translations, clip.scales)):
                warn(f"The clip {show(name)} was left out: it moves a bone out of sight.")
                continue
            names.add(name)
            clips.append(clip)
    return tuple(clips)


Channel = tuple[int, str, str, np.ndarray, np.ndarray]


def _channels(document: Document, animation: dict[str, Any], moving: set[int]) -> tuple[list[Channel], np.ndarray]:
    """(node, path, interpolation, key times, key values) of what moves the joints, and the union of the times."""
    found: list[Channel] = []
    samplers = animation.get("samplers", [])
    for channel in animation.get("channels", []):
        target = channel["target"]
        node, path = target.get("node"), target.get("path")
        if node not in moving or path not in PATHS:
            continue
        sampler = samplers[channel["sampler"]]
        kind = sampler.get("interpolation", "LINEAR")
        times = gltf_accessors.floats(document, sampler["input"], 1)[:, 0]
        values = gltf_accessors.floats(document, sampler["output"], PATHS[path]).astype(np.float64)
        found.append((node, path, kind, times, _checked_keys(document, kind, times, values)))
    times = np.unique(np.concatenate([channel[3] for channel in found])) if found else np.zeros(0, np.float32)
    if len(times) > MAX_KEYS:
        raise ValueError(f"it has {len(times)} keys, {MAX_KEYS} are the most")
    return found, times


def _checked_keys(document: Document, kind: str, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values as (K, width), or (K, 3, width) for cubic splines: tangent in, value, tangent out."""
    if kind not in ("LINEAR", "STEP", "CUBICSPLINE"):
        raise ValueError(f"the interpolation {show(kind)} is unknown")
    if len(times) == 0 or len(values) != len(times) * (3 if kind == "CUBICSPLINE" else 1):
        raise damaged(document.path, "an animation has not one value for each key")
    if not np.isfinite(times).all() or not np.isfinite(values).all():
        raise ValueError("it has keys that are not finite")
    if (np.diff(times) < 0).any():
        raise ValueError("its keys run back in time")
    return values.reshape(len(times), 3, -1) if kind == "CUBICSPLINE" else values


def _clip(
    name: str, times: np.ndarray, channels: list[Channel], tree: NodeTree, skeleton: Skeleton, moving: list[int]
) -> Clip:
    place = {node: index for index, node in enumerate(moving)}
    local = np.broadcast_to(tree.local[moving], (len(times), len(moving), 4, 4)).copy()
    by_node: dict[int, dict[str, np.ndarray]] = {}
    for node, path, kind, keys, values in channels:
        by_node.setdefault(node, {})[path] = _sampled(path, kind, keys, values, times)
    for node, paths in by_node.items():
        local[:, place[node]] = _moved(tree.transforms[node], paths)
    world = _world(local, tree, moving, place)[:, [place[node] for node in skeleton.nodes]]
    # a joint moves its mesh by `world @ inverse(bind)`, and the rigid joint moves along
    posed = world @ np.linalg.inv(skeleton.bind) @ skeleton.rest
    return Clip(name, times.astype(np.float32), *relative(posed, skeleton.parents))


def relative(posed: np.ndarray, parents: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rotations (T, J, 4) w x y z, translations and scales (T, J, 3) to the parent of world matrices (T, J, 4, 4)."""
    local = posed.copy()
    below = np.flatnonzero(parents >= 0)
    local[:, below] = np.linalg.inv(posed[:, parents[below]]) @ posed[:, below]
    scales = np.linalg.norm(local[..., :3, :3], axis=-2)
    scales[..., 0] *= np.where(np.linalg.det(local[..., :3, :3]) < 0, -1, 1)
    unit = local.copy()
    unit[..., :3, :3] /= np.where(np.abs(scales) > 0, scales, 1)[..., None, :]
    rotations = quaternions(rigid(unit)[..., :3, :3])
    return rotations.astype(np.float32), local[..., :3, 3].astype(np.float32), scales.astype(np.float32)


def quaternions(rotations: np.ndarray) -> np.ndarray:
    """(T, ..., 4) quaternions w x y z of rotation matrices (T, ..., 3, 3), each near the one before in time.

    The largest of the four components is found first (S. W. Shepperd, Quaternion from Rotation Matrix, 1978).
    """
    m = np.moveaxis(rotations, (-2, -1), (0, 1))
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    w, x, y, z = 1 + trace, *(1 + 2 * m[i, i] - trace for i in range(3))
    a, b, c = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    d, e, f = m[1, 0] + m[0, 1], m[0, 2] + m[2, 0], m[2, 1] + m[1, 2]
    rows = np.stack([np.stack(row, -1) for row in ((w, a, b, c), (a, x, d, e), (b, d, y, f), (c, e, f, z))], -2)
    largest = np.stack([w, x, y, z], -1).argmax(-1)
    chosen = np.take_along_axis(rows, largest[..., None, None], axis=-2)[..., 0, :]
    unit = chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)
    turned = np.where((unit[1:] * unit[:-1]).sum(-1, keepdims=True) < 0, -1.0, 1.0)
    sign = np.cumprod(np.concatenate([np.where(unit[:1, ..., :1] < 0, -1.0, 1.0), turned]), axis=0)
    result: np.ndarray = unit * sign
    return result


def _sampled(path: str, kind: str, keys: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(T, width) values at `times`, held before the first and after the last key."""
    at = np.clip(np.searchsorted(keys, times, side="right") - 1, 0, len(keys) - 1)
    after = np.minimum(at + 1, len(keys) - 1)
    duration = (keys[after] - keys[at]).astype(np.float64)[:, None]
    share = np.clip((times - keys[at])[:, None] / np.where(duration > 0, duration, 1), 0, 1)
    if kind == "STEP":
        return values[at]
    if kind == "CUBICSPLINE":
        return _cubic(values[at], values[after], duration, share)
    if path == "rotation":
        return _slerp(values[at], values[after], share)
    mixed: np.ndarray = values[at] * (1 - share) + values[after] * share
    return mixed


def _cubic(before: np.ndarray, after: np.ndarray, duration: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Hermite spline of (T, 3, width) keys, appendix C.5."""
    value, out_tangent, next_value, in_tangent = before[:, 1], before[:, 2], after[:, 1], after[:, 0]
    result: np.ndarray = (
        (2 * t**3 - 3 * t**2 + 1) * value
        + duration * (t**3 - 2 * t**2 + t) * out_tangent
        + (-2 * t**3 + 3 * t**2) * next_value
        + duration * (t**3 - t**2) * in_tangent
    )
    return result


def _slerp(before: np.ndarray, after: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Spherical interpolation of quaternions (T, 4), the short way round, appendix C.4."""
    before, after = (q / np.maximum(np.linalg.norm(q, axis=1, keepdims=True), 1e-12) for q in (before, after))
    dot = (before * after).sum(axis=1, keepdims=True)
    after, dot = np.where(dot < 0, -after, after), np.abs(dot).clip(0, 1)
    angle = np.arccos(dot)
    sine = np.sin(angle)
    near = sine < 1e-6
    first = np.where(near, 1 - share, np.sin((1 - share) * angle) / np.where(near, 1, sine))
    second = np.where(near, share, np.sin(share * angle) / np.where(near, 1, sine))
    result: np.ndarray = first * before + second * after
    return result


def _moved(rest: Transform, paths: dict[str, np.ndarray]) -> np.ndarray:
    """(T, 4, 4) local matrices of a node whose `paths` are animated."""
    translation, rotation, stretch = rest
    if "scale" in paths:
        # a bone that is shrunk to nothing has no inverse
        scale = np.where(np.abs(paths["scale"]) < TINY, TINY, paths["scale"])
        stretch = scale[:, :, None] * np.eye(3)
    return matrix(paths.get("translation", translation), paths.get("rotation", rotation), stretch)


def _world(local: np.ndarray, tree: NodeTree, moving: list[int], place: dict[int, int]) -> np.ndarray:
    """(T, M, 4, 4) world matrices, Z up, of the `moving` nodes, parents first."""
    world = np.empty_like(local)
    for index, node in enumerate(moving):
        parent = tree.parents[node]
        world[:, index] = (world[:, place[parent]] if parent >= 0 else Z_UP) @ local[:, index]
    return world
