# SPDX-License-Identifier: GPL-3.0-or-later
"""The node tree of a glTF file: parents, order, local and world matrices. Khronos, glTF 2.0 specification, 3.5."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..codec import show
from .gltf_container import Document, damaged

# Y up to Z up; +Z, the front there, becomes -Y
Z_UP = np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float64)


class NodeTree:
    """`parents` (-1 for a root) and `order` (parents first) of the nodes, `local` and `world` matrices (N, 4, 4).

    World matrices are Z up.
    """

    def __init__(self, document: Document) -> None:
        self.nodes = document.items("nodes")
        self.parents = _parents(document)
        self.order = _order(document, self.parents)
        self.transforms = [local_transform(node) for node in self.nodes]
        self.local = np.array([matrix(*parts) for parts in self.transforms]).reshape(-1, 4, 4)
        if not np.isfinite(self.local).all():
            raise damaged(document.path, "a node has a transform that is not finite")
        self.world = self.world_of(self.local)

    def world_of(self, local: np.ndarray) -> np.ndarray:
        """(..., N, 4, 4) world matrices, Z up, of local ones of the same shape."""
        world = np.empty_like(local)
        for index in self.order:
            parent = self.parents[index]
            above = world[..., parent, :, :] if parent >= 0 else Z_UP
            world[..., index, :, :] = above @ local[..., index, :, :]
        return world

    def ancestors(self, index: int) -> list[int]:
        """The node itself, its parent and so on up to a root."""
        chain = [index]
        while self.parents[chain[-1]] >= 0:
            chain.append(self.parents[chain[-1]])
        return chain

    def name(self, index: int) -> str:
        """The node's name, one made from its number where it has none."""
        name = self.nodes[index].get("name")
        return name if isinstance(name, str) and name.strip() else f"node_{index}"


Transform = tuple[np.ndarray, np.ndarray, np.ndarray]


def local_transform(node: dict[str, Any]) -> Transform:
    """Translation (3,), rotation (4,) as x y z w, and (3, 3) what comes before: the scale, or all of a matrix."""
    if "matrix" in node:
        whole = np.array(node["matrix"], np.float64).reshape(4, 4).T
        return whole[:3, 3].copy(), np.array([0.0, 0.0, 0.0, 1.0]), whole[:3, :3].copy()
    translation = np.array(node.get("translation", [0, 0, 0]), np.float64).reshape(3)
    rotation = np.array(node.get("rotation", [0, 0, 0, 1]), np.float64).reshape(4)
    return translation, rotation, np.diag(np.array(node.get("scale", [1, 1, 1]), np.float64).reshape(3))


def matrix(translation: np.ndarray, rotation: np.ndarray, stretch: np.ndarray) -> np.ndarray:
    """(..., 4, 4) matrices of translations (..., 3), quaternions x y z w (..., 4) and (..., 3, 3) scales."""
    shape = np.broadcast_shapes(translation.shape[:-1], rotation.shape[:-1], stretch.shape[:-2])
    whole = np.zeros((*shape, 4, 4))
    whole[..., :3, :3] = rotation_matrix(rotation) @ stretch
    whole[..., :3, 3] = translation
    whole[..., 3, 3] = 1
    return whole


def rotation_matrix(quaternion: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations of quaternions x y z w (..., 4), of any length but zero, which is no rotation."""
    size = np.linalg.norm(quaternion, axis=-1, keepdims=True)
    x, y, z, w = np.moveaxis(np.where(size > 0, quaternion / np.where(size > 0, size, 1), [0.0, 0.0, 0.0, 1.0]), -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _parents(document: Document) -> list[int]:
    nodes = document.items("nodes")
    parents = [-1] * len(nodes)
    for index, node in enumerate(nodes):
        for child in node.get("children", []):
            document.item("nodes", child)
            if parents[child] != -1:
                raise damaged(document.path, f"the node {show(nodes[child].get('name', child))} has two parents")
            parents[child] = index
    return parents


def _order(document: Document, parents: list[int]) -> list[int]:
    """Nodes with parents before children; a damaged file where the tree runs in a circle."""
    nodes = document.items("nodes")
    order = [index for index, parent in enumerate(parents) if parent < 0]
    for index in order:  # grows while it is walked
        order += nodes[index].get("children", [])
    if len(order) != len(nodes):
        raise damaged(document.path, "its nodes run in a circle")
    return order
