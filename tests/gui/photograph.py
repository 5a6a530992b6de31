# SPDX-License-Identifier: GPL-3.0-or-later
"""Paints a picture of a brick wall for the window test: `photograph.py OUT.png`. Needs numpy and pillow."""

import sys

import numpy as np
from PIL import Image

SIZE, ROWS, COLUMNS, JOINT = 512, 12, 5, 0.08


def main() -> None:
    """Bricks in a running bond, each of its own shade, with grain."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    row = np.floor(y * ROWS).astype(int)
    across = x * COLUMNS + 0.5 * (row % 2)
    column = np.floor(across).astype(int)
    shade = random.uniform(0.75, 1.1, (ROWS, COLUMNS + 1))[row, column]
    in_joint = (y * ROWS % 1 < JOINT * 2) | (across % 1 < JOINT)
    brick = np.array([165, 82, 62]) * shade[..., None]
    colour = np.where(in_joint[..., None], np.array([176, 170, 160]), brick)
    grain = random.normal(0, 9, (SIZE, SIZE, 1))
    Image.fromarray(np.clip(colour + grain, 0, 255).astype(np.uint8)).save(sys.argv[1])


if __name__ == "__main__":
    main()
