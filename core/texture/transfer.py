# SPDX-License-Identifier: GPL-3.0-or-later
"""All maps through one correspondence: what was matched at a low resolution is gathered at the full one.

Shape letters: H, W output; h, w exemplar (both at full resolution); C channels of all maps together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch

Progress = Callable[[float, str], None]
# makes maps (rows, columns, C) of what was gathered at rows and columns of the torus
Weigh = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
TILE_TEXELS = 2**19


@dataclass(frozen=True)
class Correspondence:
    """For every matched texel of the output torus the exemplar texel that it shows, int64 (H / scale, W / scale).

    `scale`: full-resolution texels per matched texel.
    """

    rows: torch.Tensor
    columns: torch.Tensor
    scale: int

    @property
    def size(self) -> tuple[int, int]:
        """Output rows and columns at full resolution."""
        return self.rows.shape[0] * self.scale, self.rows.shape[1] * self.scale


def as_gathered(gathered: torch.Tensor, _rows: torch.Tensor, _columns: torch.Tensor) -> torch.Tensor:
    """What was gathered is what is shown: the rule where there is one exemplar."""
    return gathered


def gather(
    field: Correspondence,
    exemplar_hwc: torch.Tensor,
    wraps: tuple[bool, bool],
    origin: tuple[int, int],
    outputs: Mapping[str, torch.Tensor],
    slices: Mapping[str, slice],
    tile: int | None,
    progress: Progress,
) -> None:
    """Fills `outputs` (H, W, channels) from the exemplar's `slices` of channels, `tile` rows at once.

    Their first texel is the torus's at `origin`. Between matched texels whose offsets differ, the (up to four)
    surrounding offsets cross-fade; elsewhere texels are copied unchanged.
    """
    for strip in gathered_strips(field, exemplar_hwc, wraps, origin, tile, progress):
        for name, channels in slices.items():
            outputs[name][strip.output] = strip.gathered[..., channels]


@dataclass(frozen=True)
class Strip:
    """Some rows of the output: `output` rows, which are `rows` and `columns` of the torus, as (rows, columns, C)."""

    output: slice
    rows: torch.Tensor
    columns: torch.Tensor
    gathered: torch.Tensor


def gathered_strips(
    field: Correspondence,
    exemplar_hwc: torch.Tensor,
    wraps: tuple[bool, bool],
    origin: tuple[int, int],
    tile: int | None,
    progress: Progress,
) -> Iterator[Strip]:
    """As `gather`, a strip of `tile` rows after the other."""
    height, width = field.size
    table = exemplar_hwc.reshape(-1, exemplar_hwc.shape[2])
    rows_at_once = tile or max(1, TILE_TEXELS // width)
    columns = torch.arange(width, device=table.device) + origin[1]
    for start in range(0, height, rows_at_once):
        progress(start / height, "Transferring the maps")
        output = slice(start, min(start + rows_at_once, height))
        rows = torch.arange(output.start, output.stop, device=table.device) + origin[0]
        yield Strip(output, rows, columns, _gather_rows(field, table, exemplar_hwc.shape[:2], wraps, rows, columns))


def texels_at(
    field: Correspondence, exemplar_hwc: torch.Tensor, wraps: tuple[bool, bool], shift: tuple[int, int]
) -> torch.Tensor:
    """The exemplar's texel `shift` away from the middle of each matched texel's source: (H / scale, W / scale, C)."""
    height, width, num_channels = exemplar_hwc.shape
    rows = field.rows * field.scale + (field.scale // 2 + shift[0])
    columns = field.columns * field.scale + (field.scale // 2 + shift[1])
    rows = rows % height if wraps[0] else rows.clamp(0, height - 1)
    columns = columns % width if wraps[1] else columns.clamp(0, width - 1)
    table = exemplar_hwc.reshape(-1, num_channels)
    return torch.index_select(table, 0, (rows * width + columns).reshape(-1)).reshape(*rows.shape, num_channels)


def _gather_rows(
    field: Correspondence,
    table: torch.Tensor,
    exemplar_size: torch.Size,
    wraps: tuple[bool, bool],
    rows: torch.Tensor,
    columns: torch.Tensor,
) -> torch.Tensor:
    """The given rows and columns of the torus as (rows, columns, C)."""
    corners = [
        (down, right, _sources(field, exemplar_size, wraps, rows, columns, down, right))
        for down in (0, 1)
        for right in (0, 1)
    ]
    shape = (len(rows), len(columns), table.shape[1])
    if field.scale == 1:
        return torch.index_select(table, 0, corners[0][2].reshape(-1)).reshape(shape)
    first = corners[0][2].reshape(-1)
    result = torch.index_select(table, 0, first)
    differ = torch.zeros_like(first, dtype=torch.bool)
    for _, _, sources in corners[1:]:
        differ |= sources.reshape(-1) != first
    chosen = differ.nonzero()[:, 0]
    blend = torch.zeros((len(chosen), table.shape[1]), device=table.device)
    row_fade, column_fade = _fade(rows, field.scale), _fade(columns, field.scale)
    for down, right, sources in corners:
        across = column_fade if right else 1 - column_fade
        along = row_fade if down else 1 - row_fade
        weight = (along[:, None] * across[None]).reshape(-1)[chosen]
        blend += torch.index_select(table, 0, sources.reshape(-1)[chosen]) * weight[:, None]
    result[chosen] = blend
    return result.reshape(shape)


def _sources(
    field: Correspondence,
    exemplar_size: torch.Size,
    wraps: tuple[bool, bool],
    rows: torch.Tensor,
    columns: torch.Tensor,
    down: int,
    right: int,
) -> torch.Tensor:
    """Exemplar texel, as row * w + column, that the matched texel above or below, left or right, puts at each place."""
    matched_rows, row_rest = _neighbour(rows, field.scale, down)
    matched_columns, column_rest = _neighbour(columns, field.scale, right)
    near_rows, near_columns = matched_rows % field.rows.shape[0], matched_columns % field.rows.shape[1]
    source_rows = field.rows[near_rows][:, near_columns] * field.scale + row_rest[:, None]
    source_columns = field.columns[near_rows][:, near_columns] * field.scale + column_rest[None]
    height, width = exemplar_size
    source_rows = source_rows % height if wraps[0] else source_rows.clamp(0, height - 1)
    source_columns = source_columns % width if wraps[1] else source_columns.clamp(0, width - 1)
    return source_rows * width + source_columns


def _neighbour(places: torch.Tensor, scale: int, step: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The matched texel whose centre is before (`step` 0) or after each place; the place counted from its start."""
    near = torch.div(2 * places + 1 - scale, 2 * scale, rounding_mode="floor") + step
    return near, places - near * scale


def _fade(places: torch.Tensor, scale: int) -> torch.Tensor:
    """Weight of the later neighbour, 0 at the earlier one's centre and 1 at the later one's.

    Linear, so that a change of offset spreads evenly and no texel border of the matching grid stands out.
    """
    position = (places + 0.5) / scale - 0.5
    return position - position.floor()
