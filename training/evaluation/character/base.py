# SPDX-License-Identifier: GPL-3.0-or-later
"""`base`: Maquette's own body, as a mesh and against bodies that it has not seen."""

from __future__ import annotations

from importlib.util import find_spec

from .study import Study

EXPECTED = tuple(
    f"base.{name}"
    for name in (
        "quad_share",
        "faces",
        "nonmanifold_edges",
        "asymmetry_m",
        "reconstruction_mm",
        "pose_error",
        "pose_error_bone_heat",
    )
)


def evaluate(study: Study) -> None:
    """Takes up the figures `base.*`."""
    if find_spec("maquette.core.character.base") is None:
        return study.lack("base", "This Maquette has no method 'base'.")
    study.lack("base", "Nothing measures 'base' yet.")
