# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of the architecture methods under way: the folder that is judged, and its city files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import study


@dataclass(kw_only=True)
class Study(study.Study):
    """See `evaluation.study`; `data` is the folder that is judged, `cities` its files of real buildings."""

    data: Path
    cities: tuple[Path, ...]
