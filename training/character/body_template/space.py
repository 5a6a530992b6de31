# SPDX-License-Identifier: GPL-3.0-or-later
"""The template's shape space: principal components of the template on drawn bodies, and what attributes do in it.

Shape letters: N bodies, K coefficients, H vertices of the left half, J joints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...data.parametric_body import ATTRIBUTES, MIDDLE, ParametricBody
from .template import Template

COEFFICIENTS = 32
BATCH = 48
# what a slider moves, by the column of the parametric body's attributes
SLIDERS = {"height": 4, "weight": 3, "muscle": 2, "age": 1, "build": 5}
# how much of an attribute's reach a slider goes through from -1 to 1; the tallest of all are giants
REACH = {"height": 0.6, "age": 0.5}


@dataclass(frozen=True)
class Space:
    """`mean` (H, 3) and `basis` (K, H, 3) in metres at one standard deviation; `joints` and `tails` (J, 3) and their
    bases (K, J, 3); `sliders` by name (K,): what one unit of a slider adds to the coefficients; `spread` (K,) standard
    deviations of what the sliders leave to chance."""

    mean: np.ndarray
    basis: np.ndarray
    joints: np.ndarray
    joint_basis: np.ndarray
    tails: np.ndarray
    tail_basis: np.ndarray
    sliders: dict[str, np.ndarray]
    spread: np.ndarray

    def coefficients(self, positions: np.ndarray) -> np.ndarray:
        """(N, K) of template halves (N, H, 3)."""
        flat = self.basis.reshape(len(self.basis), -1).astype(np.float64)
        away = (positions - self.mean).reshape(len(positions), -1)
        return np.asarray(np.linalg.solve(flat @ flat.T, flat @ away.T).T)

    def positions(self, coefficients: np.ndarray) -> np.ndarray:
        """(N, H, 3)."""
        return np.asarray(self.mean + np.tensordot(coefficients, self.basis, 1))


def learned_space(template: Template, body: ParametricBody, random: np.random.Generator, count: int) -> Space:
    """The space of `count` drawn bodies around the middle adult."""
    attributes, positions, joints, tails = drawn(template, body, random, count)
    middle = body.targets_of(MIDDLE[None])
    mean = template.positions(body, middle)[0]
    away = (positions - mean).reshape(count, -1)
    # the middle adult is the origin, so the components are of what differs from it
    values, vectors = np.linalg.eigh(away @ away.T / count)
    order = np.argsort(-values)[:COEFFICIENTS]
    scores = vectors[:, order] * np.sqrt(count)
    basis = scores.T @ away / count
    joint_mean, tail_mean = body.joints(middle)[0], body.tails(middle)[0]
    regress = np.linalg.pinv(scores)
    joint_basis = np.tensordot(regress, joints - joint_mean, 1)
    tail_basis = np.tensordot(regress, tails - tail_mean, 1)
    sliders, left = _sliders(attributes, scores)
    half = (COEFFICIENTS, len(mean), 3)
    return Space(mean, basis.reshape(half), joint_mean, joint_basis, tail_mean, tail_basis, sliders, left.std(0))


def drawn(
    template: Template, body: ParametricBody, random: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(attributes (N, 9), template halves (N, H, 3), joints (N, J, 3), tails (N, J, 3)) of drawn bodies."""
    parts = []
    for start in range(0, count, BATCH):
        bodies = body.sample(random, min(BATCH, count - start))
        joints, tails = body.joints(bodies.targets), body.tails(bodies.targets)
        parts.append((bodies.attributes, template.positions(body, bodies.targets), joints, tails))
    attributes, positions, joints, tails = (np.concatenate(part) for part in zip(*parts, strict=True))
    return attributes, positions, joints, tails


def _sliders(attributes: np.ndarray, scores: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Each slider's direction by ridge regression on all attributes, and the scores that they do not explain."""
    away = attributes - MIDDLE
    gram = away.T @ away + 1e-3 * len(away) * np.eye(len(ATTRIBUTES))
    effect = np.linalg.solve(gram, away.T @ scores)
    sliders = {name: 0.5 * REACH.get(name, 1.0) * effect[column] for name, column in SLIDERS.items()}
    columns = list(SLIDERS.values())
    return sliders, scores - away[:, columns] @ effect[columns]
