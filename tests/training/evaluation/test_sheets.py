# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact sheets: one file while there are few strips, numbered ones when there are many, and never both."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from maquette.training.evaluation.sheets import ROWS, Sheet


def test_a_sheet_that_grew_leaves_no_older_one(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path, "family", ("source", "member"))
    picture = np.full((8, 8, 3), 0.5, np.float32)
    sheet.add("first", [picture, None])
    sheet.write()
    assert [path.name for path in tmp_path.glob("*.jpg")] == ["family.jpg"]
    for number in range(ROWS):
        sheet.add(f"strip {number}", [picture, picture])
    sheet.write()
    assert sorted(path.name for path in tmp_path.glob("*.jpg")) == ["family_1.jpg", "family_2.jpg"]
