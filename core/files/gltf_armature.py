# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes of a glTF file make up its armature, in which order, and whether there is one alone."""

from __future__ import annotations

from ..codec import show
from ..errors import InputError
from .gltf_container import Document
from .gltf_nodes import NodeTree


def check_one_armature(document: Document, tree: NodeTree, joints: list[list[int]]) -> None:
    """InputError where skins hang on skeletons of their own, side by side."""
    tops = [lowest_above(tree, one) for one in joints]
    groups: list[tuple[set[int], int]] = []
    for one, top in zip(joints, tops, strict=True):
        merged, head = set(one), top
        for other in [group for group in groups if _together(tree, merged, head, *group)]:
            groups.remove(other)
            merged |= other[0]
            head = -1 if min(head, other[1]) < 0 else lowest_above(tree, [head, other[1]])
        groups.append((merged, head))
    if len(groups) > 1:
        names = ", ".join(show(tree.name(max(head, 0))) for _, head in groups[:4])
        raise InputError(
            f"{show(document.path.name)} has {len(groups)} armatures ({names}). "
            "Save each character in a file of its own."
        )


def _together(tree: NodeTree, first: set[int], top: int, second: set[int], other_top: int) -> bool:
    if first & second or top == other_top or min(top, other_top) < 0:
        return True
    return top in tree.ancestors(other_top) or other_top in tree.ancestors(top)


def lowest_above(tree: NodeTree, nodes: list[int]) -> int:
    """The lowest node that is at or above all of `nodes`, -1 for the scene itself."""
    shared = tree.ancestors(nodes[0])
    for node in nodes[1:]:
        above = set(tree.ancestors(node))
        shared = [ancestor for ancestor in shared if ancestor in above]
    return shared[0] if shared else -1


def parents_first(tree: NodeTree, nodes: list[int]) -> list[int]:
    """The nodes in their own order, but each after those above it."""
    wanted, done = set(nodes), dict[int, None]()
    for node in nodes:
        for above in reversed(tree.ancestors(node)):
            if above in wanted:
                done.setdefault(above)
    return list(done)
