# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for tests of moves, with codes on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from maquette.core import explore
from maquette.core.explore import Code, moving, unit_of
from maquette.core.generators import methods
from maquette.core.request import Request

DIGEST = "a" * 64


def request(generator: str = "character", method: str = "base", seed: int = 3, **params: Any) -> Request:
    declared = methods()[generator, method]
    references = [{"role": role, "path": "", "sha256": DIGEST} for role in declared.required]
    plain = {"generator": generator, "method": method, "references": references, "seed": seed, "params": params}
    return Request.from_plain(plain)


class Line:
    """Codes of two numbers, the seed's own place on a line."""

    def drawn(self, request: Request, count: int) -> list[Code]:
        return [(float(request.seed % 1000 + number), 1.0) for number in range(count)]

    def mixed(self, request: Request, codes: Sequence[Code], weights: Sequence[float]) -> Code:
        return explore.mean_code(codes, weights)

    def linear(self, request: Request) -> bool:
        return True


def units(request: Request) -> np.ndarray:
    return np.array([unit_of(spec, getattr(request.params, spec.name)) for spec in moving(request, ())])
