# SPDX-License-Identifier: GPL-3.0-or-later
"""Property groups that are made when the add-on starts, so that a list of classes in a file cannot name them."""

from __future__ import annotations

from collections.abc import Iterable

import bpy


class MadeClasses:
    """Classes that were registered here, to be taken back in the other order."""

    def __init__(self) -> None:
        self._kinds: list[type] = []

    def register(self, kinds: Iterable[type]) -> None:
        """Register them, each after those that it is made of."""
        for kind in kinds:
            bpy.utils.register_class(kind)
            self._kinds.append(kind)

    def unregister(self) -> None:
        """Take all of them back."""
        while self._kinds:
            bpy.utils.unregister_class(self._kinds.pop())
