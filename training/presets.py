# SPDX-License-Identifier: GPL-3.0-or-later
"""How long and how hard each model trains: presets as one table, and the settings that they fill in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..core.codec import show
from ..core.errors import InputError


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training but the data.

    `images` to show in all, `batch` a step and process, `crop` their side in texels. `rate` is the learning rate of
    the (first) network after `warm_up` images, brought down by a cosine; `critic_rate` that of a discriminator (two
    time scales: M. Heusel et al., 2017). `ema_images` is the half-life of the averaged weights, `r1` the gradient
    penalty (L. Mescheder et al., 2018), `augment` the real images' sign that adaptive augmentation aims at (T. Karras
    et al., Training GANs with Limited Data, 2020; 0 turns it off). `patience` is how many looks at the held-out
    families without a better score end the training. Measured effects stand in README.md.
    """

    images: int
    batch: int
    crop: int
    rate: float
    ema_images: int
    look_every: int
    patience: int
    critic_rate: float = 0.0
    r1: float = 0.0
    augment: float = 0.0
    warm_up: int = 1000
    held_out: float = 0.15
    seed: int = 0
    precision: str = "32-true"

    def changed(self, **given: Any) -> Settings:
        """These settings with others in place; None leaves one as it is."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})


HALF = "bf16-mixed"
# model, preset                    images    batch  crop  rate    ema      look     patience
PRESETS: dict[str, dict[str, Settings]] = {
    "texture/photo": {
        "quick": Settings(            6_000,     8,   128, 6e-4,   1_000,   1_000,   6),
        "cpu":   Settings(          48_000,     4,   128, 1e-3,   4_000,   5_000,  20, precision=HALF),
        "gpu":   Settings(          600_000,    32,   256, 6e-4,   20_000, 20_000,  10, precision=HALF),
    },
    "texture/family": {
        "quick": Settings(            4_000,     8,    64, 2e-3,   1_000,   1_000,  10, 2e-3, r1=1.0, augment=0.6),
        "cpu":   Settings(           12_000,     8,    96, 2e-3,   2_000,   2_000,  10, 2e-3, r1=1.0, augment=0.6, precision=HALF),  # noqa: E501
        "gpu":   Settings(        2_000_000,    32,   128, 2e-3,  20_000,  50_000,  10, 2e-3, r1=1.0, augment=0.6),
    },
    # deviations of shape codes in place of images; a crop means nothing to them
    "character/family": {
        "quick": Settings(            6_400,    64,    32, 2e-3,   1_000,   3_200,  10),
        "cpu":   Settings(           96_000,    64,    32, 2e-3,   6_000,   9_600,  10),
        "gpu":   Settings(          400_000,   256,    32, 2e-3,  20_000,  40_000,  10),
    },
    # buildings on their land in place of images
    "architecture/form": {
        "quick": Settings(           51_200,   256,    32, 1e-3,  10_000,  25_600,  10),
        "cpu":   Settings(        1_536_000,   256,    32, 1e-3,  60_000, 256_000,  10),
        "gpu":   Settings(        6_144_000,  1024,    32, 1e-3, 100_000, 614_400,  10),
    },
}  # fmt: skip


def find_preset(model: str, name: str) -> Settings:
    """The settings of a model's preset, or an InputError that lists what there is."""
    if model not in PRESETS:
        raise InputError(f"There is no model {show(model)} to train. Known are {', '.join(PRESETS)}.")
    if name not in PRESETS[model]:
        raise InputError(f"There is no preset {show(name)} for {model}. Known are {', '.join(PRESETS[model])}.")
    return PRESETS[model][name]
