# SPDX-License-Identifier: GPL-3.0-or-later
"""A binary glTF in which equal arrays stand once: storeys that are alike, walls that are."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from .gltf_writing import Container


class SharingContainer(Container):
    """A container that writes equal arrays once."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[Any, ...], int] = {}

    def add_vectors(self, values: np.ndarray) -> int:
        """A vertex attribute; the index of an equal one where there is one."""
        return self._once(("vectors",), values, super().add_vectors)

    def add_indices(self, values: np.ndarray) -> int:
        """Triangle corners; the index of equal ones where there are some."""
        return self._once(("indices",), values, super().add_indices)

    def add_values(self, values: np.ndarray, target: int = 0, bounds: bool = False) -> int:
        """Values as they are; the index of equal ones where there are some."""
        write = functools.partial(super().add_values, target=target, bounds=bounds)
        return self._once(("values", target, bounds), values, write)

    def _once(self, kind: tuple[Any, ...], values: np.ndarray, write: Callable[[np.ndarray], int]) -> int:
        digest = hashlib.sha256(np.ascontiguousarray(values).tobytes()).digest()
        key = (*kind, values.dtype.str, values.shape, digest)
        if key not in self._known:
            self._known[key] = write(values)
        return self._known[key]
