# SPDX-License-Identifier: GPL-3.0-or-later
"""`attribute`: whether each slider moves what it names, and only that."""

from __future__ import annotations

from importlib.util import find_spec

from .study import Study

EXPECTED = ("attribute.monotone_share", "attribute.crosstalk")


def evaluate(study: Study) -> None:
    """Takes up the figures `attribute.*`."""
    if find_spec("maquette.core.character.attributes") is None:
        return study.lack("attribute", "This Maquette has no attributes.")
    study.lack("attribute", "Nothing measures the attributes yet.")
