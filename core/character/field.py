# SPDX-License-Identifier: GPL-3.0-or-later
"""The deformation that a difference of codes means: every point moved by the bones that it hangs on.

In the frame of a bone with head h and direction d a point p = h + l moves to h' + g l + (s - g) (l . d) d: scaled by s
along the bone and by g around it, g read from the map of radii where the point lies. The bones' motions are blended by
smoothed skin weights. What is linear in the code (log g, log s) is precomputed, so that many codes are decoded by a few
array operations. Shape letters: V points, K bones of a point, B bones, Q carried things, N codes, D numbers of a code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .bones import Bones
from .encoding import branches, cylinder
from .shape_code import RINGS, SECTORS, CodeParts

# numbers read per point and bone: four of the map, two of its rings' means, one of the bone's mean
_READ = 7
_MOST = float(np.log(4.0))
# carried things follow half of what happens to the hand, within these
_CARRIED_SHARE, _CARRIED_MOST = 0.5, float(np.log(1.35))
# how many points times bones times codes are worked on at once
_AT_ONCE = 2**19


@dataclass(frozen=True)
class Moved:
    """Where N codes take things: `heads` (N, B + Q, 3) beginnings of bones, then anchors of carried things; `along`,
    (N, B + Q) log scale along them; `around` (N, B * RINGS * SECTORS + B * RINGS + B + Q) log scales around, in the
    order that `Points.read` counts."""

    heads: torch.Tensor
    along: torch.Tensor
    around: torch.Tensor


@dataclass(frozen=True)
class Points:
    """Points bound to bones: `bones` (V, K) int64, `weights` (V, K), `local` (V, K, 3) from the bone's head, metres;
    `stretch` (V, K, 3): (l . d) d; `read` (V, K, 7) int64 and `shares` (V, K, 7) which log scales around make g."""

    bones: torch.Tensor
    weights: torch.Tensor
    local: torch.Tensor
    stretch: torch.Tensor
    read: torch.Tensor
    shares: torch.Tensor


class Field:
    """How one character's points move with a difference of codes."""

    def __init__(self, bones: Bones, lengths: np.ndarray, radii: np.ndarray, anchors: np.ndarray, hands: np.ndarray):
        """`lengths` (B,), `radii` (B, RINGS, SECTORS) metres; `anchors` (Q, 3) metres where carried things hang, on
        the bones numbered `hands` (Q,)."""
        self.bones, self.lengths, self.radii, self.anchors = bones, lengths, radii, anchors
        self._hands = torch.from_numpy(hands)
        self._branches = torch.from_numpy(branches(bones))
        above = np.maximum(bones.parents, 0)
        self._above = torch.from_numpy(above)
        offsets = np.where(bones.parents[:, None] >= 0, bones.heads - bones.heads[above], 0.0)
        self._offsets = torch.from_numpy(offsets).float()
        self._root = torch.from_numpy(bones.heads[0]).float()
        self.anchor_points = self.bound(anchors, hands[:, None], np.ones((len(anchors), 1), np.float32))

    def moved(self, differences: torch.Tensor) -> Moved:
        """Bones, anchors and log scales for differences (N, D)."""
        parts = CodeParts.of(differences)
        radii = parts.radii.clamp(-_MOST, _MOST)
        lengths = parts.lengths.clamp(-_MOST, _MOST)
        ratios = torch.where(self._branches, parts.offsets.clamp(-_MOST, _MOST), lengths[:, self._above]).exp()
        heads = self._heads(ratios[..., None] * self._offsets)
        around = torch.cat([radii.flatten(1), radii.mean(-1).flatten(1), radii.mean((-1, -2))], dim=1)
        if not len(self._hands):
            return Moved(heads, lengths, around)
        carried = (_CARRIED_SHARE * radii.mean((-1, -2))[:, self._hands]).clamp(-_CARRIED_MOST, _CARRIED_MOST)
        places = self.place(self.anchor_points, Moved(heads, lengths, around))
        return Moved(
            torch.cat([heads, places], dim=1),
            torch.cat([lengths, carried], dim=1),
            torch.cat([around, carried], dim=1),
        )

    def _heads(self, steps: torch.Tensor) -> torch.Tensor:
        """(N, B, 3) metres: where bones begin that lie `steps` (N, B, 3) from their parents' beginnings."""
        heads = [self._root.expand(len(steps), 3)]
        for bone in range(1, steps.shape[1]):
            heads.append(heads[self.bones.parents[bone]] + steps[:, bone])
        return torch.stack(heads, dim=1)

    def bound(self, places: np.ndarray, bones: np.ndarray, weights: np.ndarray) -> Points:
        """Points `places` (V, 3) metres bound to `bones` (V, K) by `weights` (V, K)."""
        local, stretch, read, shares = [], [], [], []
        for column in bones.T:
            offset = places - self.bones.heads[column]
            direction = self.bones.directions[column]
            local.append(offset)
            stretch.append(np.einsum("vx,vx->v", offset, direction)[:, None] * direction)
            where, how_much = self._reading(places, column)
            read.append(where)
            shares.append(how_much)

        def stacked(columns: list[np.ndarray]) -> torch.Tensor:
            array = np.stack(columns, axis=1) if columns else np.zeros((0, 1, 3))
            return torch.from_numpy(array if array.dtype == np.int64 else array.astype(np.float32))

        return Points(
            torch.from_numpy(bones.astype(np.int64)),
            torch.from_numpy(np.ascontiguousarray(weights, np.float32)),
            *(stacked(columns) for columns in (local, stretch, read, shares)),
        )

    def carried(self, points: Points, places: np.ndarray, props: np.ndarray) -> Points:
        """The same points, those of carried things (`props` (V,), -1 for others) bound to their anchor alone."""
        own = torch.from_numpy(np.flatnonzero(props >= 0))
        if not len(own):
            return points
        number = torch.from_numpy(props)[own]
        count = len(self.bones.names)
        bones, weights, local = points.bones.clone(), points.weights.clone(), points.local.clone()
        stretch, read, shares = points.stretch.clone(), points.read.clone(), points.shares.clone()
        bones[own], weights[own], stretch[own], shares[own] = (count + number)[:, None], 0.0, 0.0, 0.0
        weights[own, 0] = 1.0
        offset = torch.from_numpy(places[own.numpy()] - self.anchors[number.numpy()]).float()
        local[own] = offset[:, None]
        read[own] = (count * (RINGS * SECTORS + RINGS + 1) + number)[:, None, None]
        shares[own, 0, 0] = 1.0
        return Points(bones, weights, local, stretch, read, shares)

    def place(self, points: Points, moved: Moved) -> torch.Tensor:
        """(N, V, 3) float32: where the points go."""
        count, kept = points.bones.shape
        number = len(moved.heads)
        result = torch.empty(number, count, 3)
        batch = max(1, _AT_ONCE // max(count * kept, 1))
        for start in range(0, number, batch):
            part = slice(start, min(start + batch, number))
            around, along = self.scales(points, Moved(moved.heads[part], moved.along[part], moved.around[part]))
            heads = moved.heads[part].permute(1, 2, 0).reshape(-1, 3 * around.shape[-1])
            base = torch.nn.functional.embedding_bag(
                points.bones, heads, per_sample_weights=points.weights, mode="sum"
            ).reshape(count, 3, -1)
            stretched = along.sub_(around)
            # bone after bone: a matrix product would add in an order that varies from run to run
            for bone in range(kept):
                base.addcmul_(points.local[:, bone, :, None], around[:, bone, None])
                base.addcmul_(points.stretch[:, bone, :, None], stretched[:, bone, None])
            result[part] = base.permute(2, 0, 1)
        return result

    def scales(self, points: Points, moved: Moved) -> tuple[torch.Tensor, torch.Tensor]:
        """(around, along), each (V, K, N): the scales of each point by its bones, times their weights."""
        count, kept = points.bones.shape
        around = torch.nn.functional.embedding_bag(
            points.read.reshape(-1, _READ),
            moved.around.T.contiguous(),
            per_sample_weights=points.shares.reshape(-1, _READ),
            mode="sum",
        ).reshape(count, kept, -1)
        weights = points.weights[..., None]
        return around.exp_() * weights, moved.along.exp().T[points.bones] * weights

    def _reading(self, places: np.ndarray, bones: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(V, 7) which log scales a point reads from its bone's map, and by which shares.

        Bilinear between patches; near the axis, where sectors meet, the ring's mean; far outside (capes, wings), where
        a changing scale would shear, the bone's mean.
        """
        along, angle, radius = cylinder(places, bones, self.bones, self.lengths)
        ring = np.clip(along * RINGS - 0.5, 0, RINGS - 1)
        low = np.minimum(ring.astype(np.int64), RINGS - 2)
        high_share = ring - low
        sector = (angle + np.pi) / (2 * np.pi) * SECTORS - 0.5
        left = np.floor(sector).astype(np.int64)
        right_share = sector - left
        left, right = left % SECTORS, (left + 1) % SECTORS
        mean = self.radii.mean(axis=-1)
        usual = (1 - high_share) * mean[bones, low] + high_share * mean[bones, low + 1]
        off_axis = np.clip(radius / (0.5 * usual), 0, 1)
        far = np.clip(radius / usual / 2 - 0.75, 0, 1)
        off_axis, near_axis = off_axis * (1 - far), (1 - off_axis) * (1 - far)
        patch = (bones * RINGS + low) * SECTORS
        count = len(self.bones.names)
        rings = count * RINGS * SECTORS + bones * RINGS + low
        whole = count * (RINGS * SECTORS + RINGS) + bones
        read = [patch + left, patch + right, patch + SECTORS + left, patch + SECTORS + right, rings, rings + 1, whole]
        shares = [
            off_axis * (1 - high_share) * (1 - right_share),
            off_axis * (1 - high_share) * right_share,
            off_axis * high_share * (1 - right_share),
            off_axis * high_share * right_share,
            near_axis * (1 - high_share),
            near_axis * high_share,
            far,
        ]
        return np.stack(read, axis=1), np.stack(shares, axis=1)
