# SPDX-License-Identifier: GPL-3.0-or-later
"""Features of materials and of answers, kept on disk: what takes minutes is not measured twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ....core.errors import HostError
from ...metrics.material_features import features_of
from ..study import PROTOCOL


class FeatureStore:
    """A folder of `.npy` files; one that is missing or damaged is measured again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def features(self, key: Sequence[Any], make: Callable[[], Mapping[str, np.ndarray]]) -> np.ndarray:
        """(64, F) float32 of the complete maps that `make` gives; `key` is all that they depend on, plain JSON."""
        name = hashlib.sha256(json.dumps([PROTOCOL, *key]).encode()).hexdigest()[:32]
        path = self._folder / f"{name}.npy"
        try:
            kept: np.ndarray = np.load(path, allow_pickle=False)
            return kept
        except (OSError, ValueError, EOFError):
            found = features_of(make())
        self._keep(path, found)
        return found

    def _keep(self, path: Path, found: np.ndarray) -> None:
        temporary = path.with_name(f".{path.stem}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                np.save(file, found)
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise HostError(f"'{path}' cannot be written: {error.strerror}. Choose another --out.") from error
