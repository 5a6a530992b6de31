# SPDX-License-Identifier: GPL-3.0-or-later
"""What a humanoid measures: the quantities that the attributes name, on points of its surface and its bones.

All are natural logarithms, so that a difference of 0.1 is about a tenth: the height of metres, the legs of their length
over the torso's, all others of lengths over the body height. (Legs over the height would tell little else than torso
and head together: their sum is given.) Shape letters: N characters, S samples, B bones, M measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .bones import HUMANOID_BONES
from .field import Points
from .rig_space import RigSpace

MEASURES = ("height", "weight", "muscle", "age", "head", "arms", "legs", "hands", "torso")
NUM_POINTS = 1024
# one standard deviation of each measure over the humanoids of the data pack, each pack counting the same, and over
# parametric bodies, which count as much as all packs; of the height over the bodies alone, as packs differ in units:
# python -m maquette.training.character.population DIR
DEVIATIONS = {
    "height": 0.114,
    "weight": 0.239,
    "muscle": 0.189,
    "age": 0.263,
    "head": 0.558,
    "arms": 0.222,
    "legs": 0.379,
    "hands": 0.259,
    "torso": 0.147,
}
_SIDES = ("left", "right")
TRUNK = ("hips", "spine", "chest")
WAIST = ("hips", "spine")
ARMS = tuple(f"{side}_{part}" for side in _SIDES for part in ("upper_arm", "lower_arm"))
LEGS = tuple(f"{side}_{part}" for side in _SIDES for part in ("upper_leg", "lower_leg"))
HANDS = tuple(f"{side}_hand" for side in _SIDES)
FEET = tuple(f"{side}_foot" for side in _SIDES)
UPPER_ARMS = tuple(f"{side}_upper_arm" for side in _SIDES)


@dataclass(frozen=True)
class Probe:
    """Points of one character that are followed while it is measured: `points` bound to its field, `of_bone` (S, B)
    float32 shares that average over the points of each bone, `known` (B,) bool the bones that have any."""

    space: RigSpace
    points: Points
    of_bone: torch.Tensor
    known: torch.Tensor

    @classmethod
    def of(cls, space: RigSpace) -> Probe:
        """A probe of NUM_POINTS points, spread evenly over the surface of a humanoid."""
        chosen = np.linspace(0, len(space.samples.places) - 1, NUM_POINTS).astype(np.int64)
        corners, shares = space.samples.corners[chosen], space.samples.shares[chosen]
        near, weights = space.vertices.bones.numpy(), space.vertices.weights.numpy()
        bound = np.zeros((NUM_POINTS, len(space.bones.names)))
        rows = np.arange(NUM_POINTS)[:, None]
        for corner in range(3):
            np.add.at(bound, (rows, near[corners[:, corner]]), shares[:, corner, None] * weights[corners[:, corner]])
        kept = np.argsort(-bound, axis=1, kind="stable")[:, : near.shape[1]]
        held = np.take_along_axis(bound, kept, axis=1)
        points = space.field.bound(space.samples.places[chosen], kept, held / held.sum(axis=1, keepdims=True))
        own = np.eye(len(space.bones.names))[space.samples.bones[chosen]]
        count = own.sum(axis=0)
        return cls(space, points, torch.from_numpy(own / np.maximum(count, 1)).float(), torch.from_numpy(count > 2))

    def measured(self, differences: torch.Tensor) -> torch.Tensor:
        """(N, M) float32: the measures of the characters at `differences` (N, D), in the order of MEASURES."""
        moved = self.space.field.moved(differences)
        places = self.space.field.place(self.points, moved)
        heads = moved.heads[:, : len(HUMANOID_BONES)]
        ground = places[..., 2].amin(1)
        top = places[..., 2].amax(1) if not self.known[_index("head")] else self._top(places)
        tall = (top - ground).clamp_min(1e-6)
        lengths = torch.from_numpy(self.space.field.lengths).float() * moved.along[:, : len(HUMANOID_BONES)].exp()
        radii = self._radii(places, heads) / tall[:, None]
        across = (heads[:, _index("left_upper_arm")] - heads[:, _index("right_upper_arm")]).norm(dim=-1) / tall
        log_radii, log_lengths = radii.log(), (lengths / tall[:, None]).log()
        breadth, waist = across.log(), self._mean(log_radii, WAIST)
        upper = self._mean(log_radii, ("chest", *UPPER_ARMS))
        limbs = self._mean(log_radii, (*ARMS, *LEGS))
        trunk = self._mean(log_radii, TRUNK)
        measures = {
            "height": differences[:, 0] + float(np.log(self.space.extent.height)),
            "weight": 0.5 * (limbs + trunk),
            "muscle": 0.5 * (upper + breadth) - waist,
            "age": trunk - limbs,
            "head": ((top - heads[:, _index("head"), 2]).clamp_min(1e-6) / tall).log(),
            "arms": self._sum(log_lengths, ARMS),
            "legs": self._sum(log_lengths, LEGS) - self._sum(log_lengths, TRUNK),
            "hands": 0.5 * (self._mean(log_lengths, HANDS) + self._mean(log_radii, HANDS)),
            "torso": self._sum(log_lengths, TRUNK),
        }
        return torch.stack([measures[name] for name in MEASURES], dim=1)

    def _top(self, places: torch.Tensor) -> torch.Tensor:
        of_head = self.of_bone[:, _index("head")] > 0
        return places[:, of_head, 2].amax(1)

    def _radii(self, places: torch.Tensor, heads: torch.Tensor) -> torch.Tensor:
        """(N, B) metres: how far the points of each bone are from its axis, on average."""
        directions = torch.from_numpy(self.space.bones.directions).float()
        own = self.of_bone.argmax(1)
        offset = places - heads[:, own]
        along = (offset * directions[own]).sum(-1, keepdim=True)
        apart = (offset - along * directions[own]).norm(dim=-1)
        mean: torch.Tensor = (apart @ self.of_bone).clamp_min(1e-6)
        return mean

    def _mean(self, values: torch.Tensor, names: tuple[str, ...]) -> torch.Tensor:
        there = [_index(name) for name in names if self.known[_index(name)]]
        return values[:, there or [_index(name) for name in names]].mean(1)

    def _sum(self, log_lengths: torch.Tensor, names: tuple[str, ...]) -> torch.Tensor:
        return log_lengths[:, [_index(name) for name in names]].exp().sum(1).log()


def _index(name: str) -> int:
    return HUMANOID_BONES.index(name)
