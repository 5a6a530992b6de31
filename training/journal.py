# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training writes while it runs: `stats.jsonl`, TensorBoard's events and the sheet of samples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from lightning_fabric import Fabric

from ..core.files.image_file import write_image

STATS, SHEET = "stats.jsonl", "samples.png"


class Journal:
    """Writes into the training's folder; on processes other than the first it does nothing."""

    def __init__(self, folder: Path, fabric: Fabric, images: int) -> None:
        self._folder = folder
        self._writer: Any = None
        self.sheet: Path | None = folder / SHEET if (folder / SHEET).exists() else None
        if not fabric.is_global_zero:
            return
        self._forget_after(images)
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=images)

    def write(self, images: int, seconds: float, figures: Mapping[str, float], sheet: np.ndarray) -> None:
        """One line, the same figures for TensorBoard, and the sheet (H, W, 3) in [0, 1] in place of the last one."""
        line = {"images": images, "seconds": round(seconds, 1), **{n: round(v, 6) for n, v in figures.items()}}
        with (self._folder / STATS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        for name, value in figures.items():
            self._writer.add_scalar(name, value, images)
        self.sheet = self._folder / SHEET
        # whoever watches must never read half of it
        new = self.sheet.with_stem("samples-new")
        write_image(new, np.round(np.clip(sheet, 0, 1) * 255).astype(np.uint8))
        new.replace(self.sheet)
        self._writer.flush()

    def close(self) -> None:
        """Finish TensorBoard's file."""
        if self._writer is not None:
            self._writer.close()

    def _forget_after(self, images: int) -> None:
        """Lines that a killed run wrote after the checkpoint that this one goes on from."""
        path = self._folder / STATS
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(x for x in lines if json.loads(x)["images"] <= images), encoding="utf-8")
