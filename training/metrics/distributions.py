# SPDX-License-Identifier: GPL-3.0-or-later
"""How alike two clouds of features are: the Frechet distance, precision and recall, in a space fitted to training data.

Shape letters: N points, F features, K components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MAX_COMPONENTS = 32
NEIGHBOURS = 3


@dataclass(frozen=True)
class FeatureSpace:
    """Standardised features on their first principal components; every group of features weighs the same."""

    mean: np.ndarray
    scale: np.ndarray
    axes: np.ndarray

    def project(self, features: np.ndarray) -> np.ndarray:
        """(N, F) to (N, K) float64."""
        projected: np.ndarray = ((features - self.mean) * self.scale) @ self.axes
        return projected


def fit_space(features: np.ndarray, groups: Sequence[int], components: int = MAX_COMPONENTS) -> FeatureSpace:
    """The space of training features (N, F); `groups`: how many features belong together, in order."""
    features = features.astype(np.float64)
    mean, spread = features.mean(0), features.std(0)
    sizes = np.repeat(groups, groups)
    # a feature that never changes in training must not count when it does later
    scale = np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0.0) / np.sqrt(sizes)
    covariance = np.cov(((features - mean) * scale).T)
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    kept = min(components, int((values > 1e-9 * values.max()).sum()))
    return FeatureSpace(mean, scale, vectors[:, ::-1][:, :kept])


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """The squared distance of the normal distributions fitted to two clouds (N, K).

    D. C. Dowson and B. V. Landau, The Frechet distance between multivariate normal distributions, 1982.
    """
    means = [cloud.mean(0) for cloud in (first, second)]
    covariances = [np.atleast_2d(np.cov(cloud.T)) for cloud in (first, second)]
    root = _root(covariances[0])
    crossed = np.trace(_root(root @ covariances[1] @ root))
    spread = np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * crossed
    return float(((means[0] - means[1]) ** 2).sum() + max(spread, 0.0))


def precision_recall(made: np.ndarray, real: np.ndarray, neighbours: int = NEIGHBOURS) -> tuple[float, float]:
    """Share of made points (N, K) among the real ones, and of real points among the made ones.

    A point is among others if it is nearer to one of them than that one's k-th neighbour (T. Kynkaanniemi et al.,
    Improved Precision and Recall Metric for Assessing Generative Models, 2019).
    """
    across = _distances(made, real)
    reach_made, reach_real = _reach(made, neighbours), _reach(real, neighbours)
    precision = (across <= reach_real[None]).any(1).mean()
    recall = (across <= reach_made[:, None]).any(0).mean()
    return float(precision), float(recall)


def judged(made: np.ndarray, real: np.ndarray) -> Mapping[str, float]:
    """Distance, precision and recall of made against real points (N, K)."""
    precision, recall = precision_recall(made, real)
    return {"distance": frechet_distance(made, real), "precision": precision, "recall": recall}


def _reach(points: np.ndarray, neighbours: int) -> np.ndarray:
    """Squared distance of each point to its k-th neighbour."""
    kth = min(neighbours, len(points) - 1)
    reach: np.ndarray = np.partition(_distances(points, points), kth, axis=1)[:, kth]
    return reach


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1)[None]
    distances: np.ndarray = np.maximum(squares - 2 * first @ second.T, 0)
    return distances


def _root(matrix: np.ndarray) -> np.ndarray:
    """The square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    root: np.ndarray = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root
