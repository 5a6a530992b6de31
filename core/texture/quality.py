# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a material's quality card: is it seamless, varied, and physically plausible? NumPy alone.

They are cheap looks at every result, on a fixed sample of its texels; the figures that methods are compared with
are in `training/metrics`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

# texels a side that are looked at, and across how many texels the change over every line is averaged
SAMPLE_SIDE = 256
LINE_SAMPLES = 256
COPY_SIDE = 128


@dataclass(frozen=True)
class Figure:
    """One figure and the reach (`low` to `high`, None for no bound) in which it is as it should be."""

    name: str
    label: str
    description: str
    low: float | None = None
    high: float | None = None

    def is_fine(self, value: float) -> bool:
        """Whether the value lies in the reach."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


FIGURES = (
    Figure("seam_z", "Seam", "How much the tile's border stands out among all its lines, in deviations", None, 3.0),
    Figure("copy_share", "Copied", "Share of the tile in the largest piece copied whole from the picture", None, 0.3),
    Figure("albedo_low", "Darkest albedo", "Linear luminance that 2 % lie below; charcoal has 0.02", 0.02, None),
    Figure("albedo_high", "Brightest albedo", "Linear luminance that 2 % lie above; fresh snow has 0.9", None, 0.9),
    Figure("clipped", "Clipped", "Share of texels with a colour at the end of its range", None, 0.01),
    Figure("metallic_between", "Half metal", "Share of texels that are neither metal nor not", None, 0.05),
    Figure("normal_length_fault", "Normal length", "Mean distance of the normals' length from 1", None, 0.01),
)


def quality(maps: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The figures that the maps (H, W, C) float32 in [0, 1] of a tile allow, by the names in `FIGURES`."""
    figures = {}
    if "albedo" in maps:
        sample = _sample(maps["albedo"], SAMPLE_SIDE)
        low, high = np.quantile(linear_luminance(sample), (0.02, 0.98))
        figures["seam_z"] = seam_z(maps["albedo"])
        figures["albedo_low"], figures["albedo_high"] = float(low), float(high)
        figures["clipped"] = float(((sample < 0.5 / 255) | (sample > 254.5 / 255)).any(2).mean())
    if "metallic" in maps:
        metallic = _sample(maps["metallic"], SAMPLE_SIDE)
        figures["metallic_between"] = float(((metallic > 0.1) & (metallic < 0.9)).mean())
    if "normal" in maps:
        length = np.linalg.norm(_sample(maps["normal"], SAMPLE_SIDE) * 2 - 1, axis=2)
        figures["normal_length_fault"] = float(np.abs(length - 1).mean())
    return {name: round(value, 6) for name, value in figures.items()}


def seam_z(image_hwc: np.ndarray) -> float:
    """Change across the tile's border as a z-score among the changes across all other lines; the worse axis."""
    scores = []
    for image in (image_hwc, image_hwc.transpose(1, 0, 2)):
        lines = image[:, :: max(1, image.shape[1] // LINE_SAMPLES)].reshape(len(image), -1)
        inside = np.abs(lines[1:] - lines[:-1]).mean(1)
        across = np.abs(lines[0] - lines[-1]).mean()
        scores.append(float((across - inside.mean()) / max(float(inside.std(ddof=1)), 1e-12)))
    # an even colour has no lines to stand out from
    return float(np.clip(max(scores), -100.0, 100.0))


def copy_share(rows: np.ndarray, columns: np.ndarray) -> float:
    """Share of the tile in the largest connected piece that was moved as a whole.

    rows, columns: (H, W) integers, the exemplar texel that each texel of the tile shows.
    """
    step = max(1, min(rows.shape) // COPY_SIDE)
    places = [np.arange(0, count, step) for count in rows.shape]
    down = rows[::step, ::step].astype(np.int64) - places[0][:, None]
    right = columns[::step, ::step].astype(np.int64) - places[1][None]
    pieces = _connected(down * 2**20 + right)
    return round(float(np.bincount(pieces.ravel()).max() / pieces.size), 6)


def linear_luminance(albedo_hwc: np.ndarray) -> np.ndarray:
    """Luminance (H, W) of sRGB colours, linear in light (IEC 61966-2-1, ITU-R BT.709)."""
    linear = np.where(albedo_hwc <= 0.04045, albedo_hwc / 12.92, ((albedo_hwc + 0.055) / 1.055) ** 2.4)
    luminance: np.ndarray = linear @ np.array([0.2126, 0.7152, 0.0722])
    return luminance


def _connected(labels: np.ndarray) -> np.ndarray:
    """For each place the number of its piece: neighbours along rows and columns with equal labels are of one piece."""
    piece = np.arange(labels.size)
    numbers = piece.reshape(labels.shape)
    down, right = labels[1:] == labels[:-1], labels[:, 1:] == labels[:, :-1]
    first = np.concatenate([numbers[:-1][down], numbers[:, :-1][right]])
    second = np.concatenate([numbers[1:][down], numbers[:, 1:][right]])
    while True:
        ends = piece[first], piece[second]
        if np.array_equal(*ends):
            return piece.reshape(labels.shape)
        # the piece of the higher number joins the other
        np.minimum.at(piece, np.maximum(*ends), np.minimum(*ends))
        while not np.array_equal(piece, piece[piece]):
            piece = piece[piece]


def _sample(image: np.ndarray, side: int) -> np.ndarray:
    steps = [max(1, math.ceil(count / side)) for count in image.shape[:2]]
    return image[:: steps[0], :: steps[1]]
