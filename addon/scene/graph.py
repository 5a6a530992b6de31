# SPDX-License-Identifier: GPL-3.0-or-later
"""A few words for building node trees: nodes by name, sockets by name."""

from __future__ import annotations

from typing import Any

import bpy


class Graph:
    """Adds nodes to one tree. Every node gets the name by which it is found again."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def find(self, name: str) -> Any:
        """The node of that name, or None where the designer deleted it."""
        return self.tree.nodes.get(name)

    def add(self, kind: str, name: str, at: tuple[float, float], label: str = "", **settings: Any) -> Any:
        """A new node of type `kind` ("ShaderNodeBump")."""
        node: Any = self.tree.nodes.new(kind)
        node.name, node.label, node.location = name, label, at
        for key, value in settings.items():
            setattr(node, key, value)
        return node

    def frame(self, name: str, label: str, *nodes: Any) -> None:
        """A frame round some nodes."""
        frame = self.add("NodeFrame", name, (0, 0), label)
        for node in nodes:
            node.parent = frame

    def link(self, source: Any, target: Any) -> None:
        """From an output socket to an input socket."""
        self.tree.links.new(source, target)

    def math(self, operation: str, at: tuple[float, float], *values: Any) -> Any:
        """The output of a Math node; a value is a number or a socket."""
        node: Any = self.tree.nodes.new("ShaderNodeMath")
        node.operation, node.location = operation, at
        self._feed(node, values)
        return node.outputs["Value"]

    def vector_math(self, operation: str, at: tuple[float, float], *values: Any) -> Any:
        """The output of a Vector Math node; a value is a triple or a socket."""
        node: Any = self.tree.nodes.new("ShaderNodeVectorMath")
        node.operation, node.location = operation, at
        self._feed(node, values)
        return node.outputs["Value" if operation in ("LENGTH", "DOT_PRODUCT") else "Vector"]

    def combine(self, at: tuple[float, float], x: Any, y: Any, z: Any) -> Any:
        """The vector made of three sockets or numbers."""
        node: Any = self.tree.nodes.new("ShaderNodeCombineXYZ")
        node.location = at
        self._feed(node, (x, y, z))
        return node.outputs["Vector"]

    def _feed(self, node: Any, values: tuple[Any, ...]) -> None:
        # the inputs of math nodes all have one name: here alone their order tells them apart
        for socket, value in zip(node.inputs, values, strict=False):
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, socket)
            else:
                socket.default_value = value
