# SPDX-License-Identifier: GPL-3.0-or-later
"""An endless stream of random crops of materials: batch k is the same whatever was asked for before.

Sets are kept as bytes, as many as fit; of a larger library a window of sets moves through it, so that each set that is
read from disk gives many crops before it makes room. Everything random comes from the seed and the number of the batch.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ...core.errors import InputError
from ...core.texture.maps import MAPS
from .material_set import MaterialSet, read_maps

# channels of `maps`, in this order; `mask` has one channel a map
CHANNELS = ("albedo", "normal", "roughness", "metallic", "height")
NUM_CHANNELS = sum(MAPS[name].channels for name in CHANNELS)
# what stands where a set has no such map
_ABSENT = {"albedo": (0, 0, 0), "normal": (128, 128, 255), "roughness": (128,), "metallic": (0,), "height": (128,)}
# crops that are drawn before the window moves on by one set
CROPS_PER_SET = 64
_PERMUTATION, _BATCH = 1, 2


@dataclass(frozen=True)
class Augmentation:
    """What a crop may undergo: `symmetries` flips and quarter turns, `scales` the range of sizes, 1 as stored."""

    symmetries: bool = True
    scales: tuple[float, float] = (0.5, 1.0)


NO_AUGMENTATION = Augmentation(symmetries=False, scales=(1.0, 1.0))


class CropStream:
    """Batches of crops of `sets`; the same arguments and number give the same batch. For one thread at a time.

    crop: side in px. shortest: sets are brought down to this shorter side when read; None keeps them as they are.
    max_bytes: how much of decoded sets is kept in memory. Crops wrap around the set's edges, for materials tile.
    """

    def __init__(
        self,
        sets: Sequence[MaterialSet],
        crop: int,
        batch: int,
        seed: int,
        *,
        augmentation: Augmentation = Augmentation(),
        shortest: int | None = 512,
        max_bytes: int = 2 * 2**30,
    ) -> None:
        if not sets:
            raise InputError("There are no materials to take crops from. Give a folder with at least one.")
        self.sets = tuple(sets)
        self.crop, self.batch_size, self.seed = crop, batch, seed
        self.augmentation, self.shortest = augmentation, shortest
        self.max_bytes = max_bytes
        largest = max(_decoded_bytes(material, shortest) for material in self.sets)
        self.window = max(1, min(len(self.sets), max_bytes // largest))
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()
        self._kept_bytes = 0
        self._orders: dict[int, np.ndarray] = {}

    def batch(self, number: int) -> dict[str, torch.Tensor]:
        """Batch `number` (from 0): "maps" (B, 9, crop, crop), "mask" (B, 5) and "index" (B,) into `sets`; and how each
        crop lies: "scale" (B,), log2 of its texels per stored texel, and "turn" (B,), see `turned`.

        Channels of maps, float32: albedo 3 (sRGB, 0 to 1), normal 3 (OpenGL unit vectors, -1 to 1), roughness,
        metallic, height (0 to 1). mask, float32: 1 for each map of CHANNELS that the set has, else 0.
        """
        random = np.random.default_rng([self.seed, _BATCH, number])
        crops, indices, scales, turns = [], [], [], []
        for place in range(self.batch_size):
            index = self._draw(number * self.batch_size + place, random)
            crop, scale, turn = self._random_crop(self._decoded(index), random)
            crops.append(crop)
            indices.append(index)
            scales.append(scale)
            turns.append(turn)
        masks = [[float(_has(self.sets[index], name)) for name in CHANNELS] for index in indices]
        return {
            "maps": torch.stack(crops),
            "mask": torch.tensor(masks),
            "index": torch.tensor(indices),
            "scale": torch.tensor(scales),
            "turn": torch.tensor(turns),
        }

    def whole(self, index: int) -> dict[str, torch.Tensor]:
        """One set as it is stored: "maps" (1, 9, H, W) and "mask" (1, 5), as `batch` has them."""
        maps = torch.from_numpy(self._decoded(index)).float()[None] / 255
        maps[:, 3:6] = F.normalize(maps[:, 3:6] * 2 - 1, dim=1)
        mask = [[float(_has(self.sets[index], name)) for name in CHANNELS]]
        return {"maps": maps, "mask": torch.tensor(mask)}

    def _draw(self, drawn: int, random: np.random.Generator) -> int:
        """A set: any one if all fit into memory, else one of the window, which moves with what has been drawn."""
        place = int(random.integers(self.window))
        if self.window == len(self.sets):
            return place
        epoch, rest = divmod(drawn // CROPS_PER_SET + place, len(self.sets))
        return int(self._order(epoch)[rest])

    def _order(self, epoch: int) -> np.ndarray:
        """The sets in the order in which the window passes them for the epoch-th time."""
        if epoch not in self._orders:
            for old in [known for known in self._orders if abs(known - epoch) > 1]:
                del self._orders[old]
            self._orders[epoch] = np.random.default_rng([self.seed, _PERMUTATION, epoch]).permutation(len(self.sets))
        return self._orders[epoch]

    def _random_crop(self, stored: np.ndarray, random: np.random.Generator) -> tuple[torch.Tensor, float, int]:
        """(9, crop, crop), log2 of its scale, its turn: a window anywhere on the torus in one of eight positions."""
        low, high = self.augmentation.scales
        side = max(1, round(self.crop / random.uniform(low, high)))
        top, left = (int(random.integers(size)) for size in stored.shape[1:])
        turn = int(random.integers(8)) if self.augmentation.symmetries else 0
        rows = np.arange(top, top + side) % stored.shape[1]
        columns = np.arange(left, left + side) % stored.shape[2]
        window = torch.from_numpy(stored[:, rows[:, None], columns]).float() / 255
        if side != self.crop:
            window = F.interpolate(
                window[None], (self.crop, self.crop), mode="bilinear", align_corners=False, antialias=True
            )[0].clamp_(0, 1)
        window[3:6] = F.normalize(window[3:6] * 2 - 1, dim=0)
        return turned(window, turn), math.log2(self.crop / side), turn

    def _decoded(self, index: int) -> np.ndarray:
        """(9, H, W) uint8 of a set, from memory or disk; what was used least lately makes room."""
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        stored = _as_bytes(read_maps(self.sets[index], self.shortest))
        self._kept[index] = stored
        self._kept_bytes += stored.nbytes
        while self._kept_bytes > self.max_bytes and len(self._kept) > 1:
            self._kept_bytes -= self._kept.popitem(last=False)[1].nbytes
        return stored


def turned(maps_chw: torch.Tensor, turn: int) -> torch.Tensor:
    """The maps in one of the square's eight positions (0 as they are): pixels move, and normals turn with them.

    maps_chw: (9, S, S) in the order of CHANNELS, normals as vectors with x to the right and y up.
    """
    if turn & 1:  # left becomes right
        maps_chw = maps_chw.flip(2)
        maps_chw[3].neg_()
    if turn & 2:  # up becomes down
        maps_chw = maps_chw.flip(1)
        maps_chw[4].neg_()
    if turn & 4:  # rows become columns: what pointed right points down, which is minus y
        maps_chw = maps_chw.transpose(1, 2).contiguous()
        maps_chw[3:5] = -maps_chw[3:5].flip(0)
    return maps_chw


def _has(material: MaterialSet, name: str) -> bool:
    return name in material.files or name in material.constants


def _decoded_bytes(material: MaterialSet, shortest: int | None) -> int:
    """Bytes of a set in memory, an upper bound."""
    width, height = material.size
    scale = 1.0 if shortest is None else min(1.0, shortest / min(width, height))
    return NUM_CHANNELS * (round(width * scale) + 1) * (round(height * scale) + 1)


def _as_bytes(maps: dict[str, np.ndarray]) -> np.ndarray:
    """(9, H, W) uint8: the maps of CHANNELS one after the other, those that are missing filled with what says least."""
    height, width = maps["albedo"].shape[:2]
    planes = np.empty((NUM_CHANNELS, height, width), np.uint8)
    start = 0
    for name in CHANNELS:
        count = MAPS[name].channels
        if name in maps:
            planes[start : start + count] = np.rint(maps[name] * 255).transpose(2, 0, 1)
        else:
            planes[start : start + count] = np.array(_ABSENT[name], np.uint8)[:, None, None]
        start += count
    return planes
