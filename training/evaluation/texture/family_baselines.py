# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain methods that `family` has to beat: the nearest training material recoloured, and pixel PCA.

Maps are complete: albedo, normal (encoded), roughness and metallic, (H, W, 3 or 1) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...metrics.distributions import FeatureSpace
from ...metrics.material_features import CROP, crops_of, features_of

Maps = dict[str, np.ndarray]
COMPONENTS = 64
# crops of all training materials together: their pixels are the widest matrix there is
MAX_CROPS = 800
CANDIDATES = 5
NUM_CHANNELS = 7


def recoloured(maps: Mapping[str, np.ndarray], target_albedo: np.ndarray) -> Maps:
    """The maps with the albedo's mean and covariance of another one.

    The linear map of least change between two normal distributions of colours, each decorrelated by the root of its
    covariance (F. Pitie and A. Kokaram, The linear Monge-Kantorovitch linear colour mapping, 2007).
    """
    source, target = (image.reshape(-1, 3).astype(np.float64) for image in (maps["albedo"], target_albedo))
    covariances = [np.cov(colours.T) + 1e-8 * np.eye(3) for colours in (source, target)]
    root, inverse = _root(covariances[0], 0.5), _root(covariances[0], -0.5)
    transform = inverse @ _root(root @ covariances[1] @ root, 0.5) @ inverse
    moved = (source - source.mean(0)) @ transform + target.mean(0)
    albedo = np.clip(moved, 0, 1).reshape(maps["albedo"].shape).astype(np.float32)
    return {**maps, "albedo": albedo}


@dataclass(frozen=True)
class Nearest:
    """Answers with the training material whose features are nearest, in the colours of the asked one.

    features: (64, F) of each training material, whose maps `read` gives; `colourless` is a space without the colours.
    """

    space: FeatureSpace
    colourless: FeatureSpace
    features: Sequence[np.ndarray]
    read: Callable[[int], Maps]

    def answer(self, maps: Mapping[str, np.ndarray], allowed: Sequence[int]) -> Maps:
        """The best of the few nearest by structure, once they have the colours; `allowed`: training materials."""
        target = features_of(maps)
        wanted = self.colourless.project(target).mean(0)
        means = [self.colourless.project(self.features[index]).mean(0) for index in allowed]
        order = np.argsort([((mean - wanted) ** 2).sum() for mean in means])[:CANDIDATES]
        answers = [_of_size(recoloured(self.read(allowed[int(i)]), maps["albedo"]), maps["albedo"]) for i in order]
        wanted = self.space.project(target).mean(0)
        misfit = [((self.space.project(features_of(answer)).mean(0) - wanted) ** 2).sum() for answer in answers]
        return answers[int(np.argmin(misfit))]


@dataclass(frozen=True)
class PixelPca:
    """Answers with what 64 principal components of 128 px training crops can say of a material, block by block."""

    mean: np.ndarray
    components: np.ndarray
    scale: np.ndarray

    def answer(self, maps: Mapping[str, np.ndarray]) -> Maps:
        """The reconstruction of complete maps, blocks side by side (the last ones overlap)."""
        planes = _planes(maps)
        side = min(CROP, *planes.shape[1:])
        result = np.empty_like(planes)
        for top in _starts(planes.shape[1], side):
            for left in _starts(planes.shape[2], side):
                block = planes[:, top : top + side, left : left + side]
                result[:, top : top + side, left : left + side] = self._rebuilt(block)
        return _maps(result)

    def _rebuilt(self, block: np.ndarray) -> np.ndarray:
        flat = _flat(block, self.scale) - self.mean
        made = (flat @ self.components.T) @ self.components + self.mean
        unflat: np.ndarray = made.reshape(NUM_CHANNELS, CROP, CROP) / self.scale[:, None, None]
        return unflat if block.shape[1] == CROP else unflat[:, : block.shape[1], : block.shape[2]]


def fit_pixel_pca(materials: Sequence[Callable[[], Maps]]) -> PixelPca:
    """The components of the crops of training materials, given as functions that read the maps of each."""
    each = max(1, MAX_CROPS // max(1, len(materials)))
    blocks = []
    for number, read in enumerate(materials[:MAX_CROPS]):
        for crop in crops_of(read(), each, number).numpy():
            blocks.append(_planes_of_crop(crop))
    stacked = np.stack(blocks)
    scale = (1 / np.maximum(stacked.std((0, 2, 3)), 1e-2)).astype(np.float32)
    rows = np.stack([_flat(block, scale) for block in blocks])
    mean = rows.mean(0)
    rows -= mean
    # the eigenvectors of the small Gram matrix span the same space as those of the huge covariance
    values, vectors = np.linalg.eigh(rows @ rows.T)
    kept = [i for i in range(len(values) - 1, max(-1, len(values) - 1 - COMPONENTS), -1) if values[i] > 1e-6]
    components = (vectors[:, kept].T @ rows) / np.sqrt(values[kept])[:, None]
    return PixelPca(mean, components.astype(np.float32), scale)


def _flat(block: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(7 CROP CROP,) of a block (7, S, S), repeated where the material is smaller than a crop."""
    if block.shape[1] < CROP:
        repeats = -(-CROP // block.shape[1])
        block = np.tile(block, (1, repeats, repeats))[:, :CROP, :CROP]
    flat: np.ndarray = (block * scale[:, None, None]).reshape(-1)
    return flat


def _planes(maps: Mapping[str, np.ndarray]) -> np.ndarray:
    """(7, H, W): albedo, the first two components of the normals, roughness, metallic."""
    parts = [maps["albedo"], maps["normal"][..., :2] * 2 - 1, maps["roughness"], maps["metallic"]]
    return np.ascontiguousarray(np.concatenate(parts, axis=2).transpose(2, 0, 1), dtype=np.float32)


def _planes_of_crop(crop: np.ndarray) -> np.ndarray:
    """The same of a crop (8, H, W) as `crops_of` gives it."""
    planes: np.ndarray = np.concatenate([crop[:3], crop[3:5] * 2 - 1, crop[6:]]).astype(np.float32)
    return planes


def _maps(planes: np.ndarray) -> Maps:
    flat = planes[3:5] / np.maximum(1.0, np.linalg.norm(planes[3:5], axis=0, keepdims=True))
    up = np.sqrt(np.clip(1 - (flat**2).sum(0, keepdims=True), 0, 1))
    normal = np.concatenate([flat, up]) * 0.5 + 0.5
    parts = {"albedo": planes[:3], "normal": normal, "roughness": planes[5:6], "metallic": planes[6:7]}
    return {name: np.clip(part.transpose(1, 2, 0), 0, 1).astype(np.float32) for name, part in parts.items()}


def _of_size(maps: Maps, like: np.ndarray) -> Maps:
    """The maps repeated or cut to the size of another material."""
    height, width = like.shape[:2]
    tiled = {}
    for name, image in maps.items():
        repeats = (-(-height // image.shape[0]), -(-width // image.shape[1]), 1)
        tiled[name] = np.ascontiguousarray(np.tile(image, repeats)[:height, :width])
    return tiled


def _starts(length: int, side: int) -> list[int]:
    return [min(start, length - side) for start in range(0, length, side)]


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    root: np.ndarray = (vectors * np.maximum(values, 1e-12) ** power) @ vectors.T
    return root
