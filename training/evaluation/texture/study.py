# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of the texture methods under way: which materials are judged, and which were trained on."""

from __future__ import annotations

from dataclasses import dataclass

from .. import study
from .materials import Materials


@dataclass(kw_only=True)
class Study(study.Study):
    """See `evaluation.study`; the judged and the training materials."""

    judged: Materials
    training: Materials
