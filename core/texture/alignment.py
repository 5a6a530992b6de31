# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of one material given the mean and the spread of another's.

The map between two Gaussians that moves least: optimal transport in closed form (F. Pitie and A. Kokaram, The Linear
Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer, 2007). Colours that vary together keep
doing so, and nothing is banded, as it is where histograms are matched.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

FIXED_POINT = 4096.0
# variance below which a channel counts as constant, and the most that contrasts are raised or lowered
LEAST_VARIANCE = 1e-5
MOST_GAIN = 4.0
# bare metal or not: what lies between them is no material
KEPT = ("metallic",)


def transported(maps: Mapping[str, np.ndarray], model: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The maps (h, w, C) with the means and covariances of the model's; what the model lacks stays as it is.

    Of normals only the slopes' spread is matched; they keep their mean direction and have no unit length afterwards.
    """
    result = {}
    for name, image in maps.items():
        if name in KEPT or name not in model:
            result[name] = image
        elif name == "normal":
            slopes = _moved(image[..., :2], model[name][..., :2])
            result[name] = np.concatenate([slopes, image[..., 2:]], 2)
        else:
            result[name] = _moved(image, model[name])
    return result


def _moved(image: np.ndarray, model: np.ndarray) -> np.ndarray:
    """An image (h, w, C) under the linear map between the two distributions' moments."""
    mean, covariance = _moments(image)
    wanted_mean, wanted_covariance = _moments(model)
    root, inverse = _roots(covariance)
    matrix = inverse @ _roots(root @ wanted_covariance @ root)[0] @ inverse
    values, axes = np.linalg.eigh(matrix)
    matrix = (axes * np.clip(values, 1 / MOST_GAIN, MOST_GAIN)) @ axes.T
    moved: np.ndarray = np.clip((image - mean) @ matrix.T + wanted_mean, 0, 1).astype(np.float32)
    return moved


def _moments(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (C,) and covariance (C, C)."""
    step = max(1, image.shape[0] * image.shape[1] // 2**18)
    samples = image.reshape(-1, image.shape[2])[::step].astype(np.float64)
    mean = samples.mean(0)
    # fixed point: sums of integers are exact in float64, so no number of threads changes them
    integers = np.round((samples - mean) * FIXED_POINT)
    covariance = integers.T @ integers / (len(samples) * FIXED_POINT**2)
    return mean, covariance + LEAST_VARIANCE * np.eye(len(mean))


def _roots(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The symmetric square root of a positive matrix, and its inverse."""
    values, axes = np.linalg.eigh(covariance)
    scales = np.sqrt(np.maximum(values, 1e-12))
    return (axes * scales) @ axes.T, (axes / scales) @ axes.T
