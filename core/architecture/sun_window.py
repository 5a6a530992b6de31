# SPDX-License-Identifier: GPL-3.0-or-later
"""The shadows of designs that stand in a window of the grid: what stands around is swept once for all of them."""

from __future__ import annotations

import numpy as np
import torch

from .sun_sweep import ShadowSweep, running_maximum


class WindowSweep:
    """The same shadows, to the last bit, as those of a `ShadowSweep`, where all but a window of the heights is fixed.

    Of each line of sight only the steps through the window are walked; `rows` and `columns` bound the window,
    `standing` (ny, nx) float32 metres are the fixed heights, and the shadows are asked for over the window and over
    the cells `also` (K,) int64, flat. Behind the window a line's running maximum no longer changes, and the shadow of
    two things is the higher of their two shadows.
    """

    def __init__(
        self, sweep: ShadowSweep, rows: slice, columns: slice, standing: torch.Tensor, also: np.ndarray
    ) -> None:
        ny, nx = sweep.shape
        index = np.arange(ny * nx).reshape(ny, nx)[rows, columns]
        self._shape = index.shape
        wanted = np.concatenate([index.ravel(), also])
        reads, lines, steps = sweep.reads.numpy(), sweep.lines.numpy()[:, wanted], sweep.steps.numpy()[:, wanted]
        number = np.full(ny * nx + 1, index.size)
        number[index.ravel()] = np.arange(index.size)
        seen = number[reads] < index.size
        first, kept = _first_steps(seen), [np.flatnonzero(one) for one in seen.any(0)]
        count = int(max((seen.any(2).sum(0)).max(), 1))
        length = max(len(one) for one in kept)
        own = np.full((count, len(kept), length), index.size)
        place = np.full((len(kept), reads.shape[2]), -1)
        for sun, some in enumerate(kept):
            walked = reads[first[sun] : first[sun] + count, sun][:, some]
            own[: len(walked), sun, : len(some)] = number[walked]
            place[sun, some] = np.arange(len(some))
        line = np.take_along_axis(place, lines, 1)
        # 0: nothing of the window was passed, or the line misses it
        passed = np.where(line >= 0, (steps - first[:, None]).clip(0, count), 0)
        back = (passed * len(kept) + np.arange(len(kept))[:, None]) * length + line.clip(0)
        device = standing.device
        self.own = torch.from_numpy(own).to(device)
        self.back = torch.from_numpy(back).to(device)
        walk = torch.from_numpy(first)[None] + torch.arange(count)[:, None]
        self.rise = sweep.falls[None, :] * walk.to(device)
        self.fall = sweep.falls[:, None] * (torch.from_numpy(steps).to(device) - 0.5)
        around = sweep.shadow_heights(standing[None])[0].flatten(1)
        self.around = around[:, torch.from_numpy(wanted).to(device)]

    def shadow_heights(self, heights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The shadows (B, S, rows, columns) over the window and (B, S, K) over the other cells; `heights`
        (B, rows, columns) metres of what stands in the window."""
        batch = heights.shape[0]
        flat = heights.reshape(batch, -1).T
        flat = torch.cat([flat, flat.new_zeros(1, batch)])
        count, num_suns, length = self.own.shape
        passed = flat.index_select(0, self.own.reshape(-1)).reshape(count, num_suns, length, batch)
        before = running_maximum(passed + self.rise[:, :, None, None], whole=True)
        shadow = before.reshape(-1, batch).index_select(0, self.back.reshape(-1)).reshape(num_suns, -1, batch)
        shadow = torch.maximum(shadow - self.fall[:, :, None], self.around[:, :, None]).permute(2, 0, 1)
        rows, columns = self._shape
        return shadow[:, :, : rows * columns].reshape(batch, num_suns, rows, columns), shadow[:, :, rows * columns :]


def _first_steps(seen: np.ndarray) -> np.ndarray:
    """(S,) the first step of any line that meets the window; `seen` (T, S, L) bool."""
    return np.asarray(seen.any(2).argmax(0))
