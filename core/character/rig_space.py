# SPDX-License-Identifier: GPL-3.0-or-later
"""A character in the space of its bones: its shape code, and itself under any other code.

`RigSpace.of(asset)` measures and prepares once; `decode` and `decode_many` then take milliseconds. Topology, UVs,
materials, skin weights and names stay the artist's. Shape letters: N codes, D numbers of a code, V vertices of all
meshes after one another, J joints, B bones, Q carried things.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..asset import Asset
from ..errors import InputError
from .bones import HUMANOID, Bones, humanoid_bones
from .encoding import Extent, bone_lengths, encode, extent_of, radius_maps
from .field import Field, Moved, Points
from .hanging_skin import with_hanging_skin
from .own_bones import own_bones
from .parts import carried_vertices
from .shape_code import ShapeCode
from .skeleton import kind_of, map_joints, skeleton_family
from .smoothing import smooth_weights
from .surface import Samples, Surface, shared_skin, spread_samples, surface_of


@dataclass(frozen=True)
class Decoded:
    """N characters: `positions` (N, V, 3) and `joints` (N, J, 3) metres; `moved` where their bones went before
    `scale` (N,) made them as tall as their code says and `shift` (N,) metres put them on the ground; `legs` (N,) by how
    much the legs grew."""

    positions: torch.Tensor
    joints: torch.Tensor
    moved: Moved
    scale: torch.Tensor
    shift: torch.Tensor
    legs: torch.Tensor


@dataclass(frozen=True, eq=False)
class RigSpace:
    """One character, measured: `code` is its shape code, `vertices` and `joints` are bound to the `field`."""

    asset: Asset
    bones: Bones
    surface: Surface
    samples: Samples
    extent: Extent
    code: ShapeCode
    field: Field
    vertices: Points
    joints: Points
    places: np.ndarray

    @classmethod
    def of(cls, asset: Asset) -> RigSpace:
        """Measure a character; one without a rig or a mesh is an InputError."""
        check_character(asset)
        rig = asset.rig
        assert rig is not None
        places = rig.rest_pose[:, :3, 3].astype(np.float64)
        bones = find_bones(asset)
        surface = surface_of(asset, bones, carried_vertices(asset))
        extent = extent_of(surface, bones)
        samples = spread_samples(surface)
        lengths = bone_lengths(samples, bones, extent.height)
        anchors = surface.positions[surface.anchors].astype(np.float64)
        radii = np.maximum(radius_maps(samples, bones, lengths), 1e-4 * extent.height)
        field = Field(bones, lengths, radii, anchors, np.maximum(bones.bone_of_joint[surface.holders], 0))
        hung = with_hanging_skin(surface.positions, surface.weights, bones, lengths, extent.height)
        near, weights = smooth_weights(surface, hung, extent.height)
        vertices = field.bound(surface.positions.astype(np.float64), near, weights)
        follow = np.maximum(bones.bone_of_joint, 0)[:, None]
        return cls(
            asset,
            bones,
            surface,
            samples,
            extent,
            encode(samples, bones, lengths, extent.height),
            field,
            field.carried(vertices, surface.positions, surface.props),
            field.bound(places, follow, np.ones((len(places), 1), np.float32)),
            places,
        )

    def decode_many(self, differences: torch.Tensor) -> Decoded:
        """The characters that lie at `differences` (N, D) float32 from this one's code."""
        moved = self.field.moved(differences)
        positions = self.field.place(self.vertices, moved)
        joints = self.field.place(self.joints, moved)
        bottom, top = torch.from_numpy(self.extent.bottom), torch.from_numpy(self.extent.top)
        ground = positions[:, bottom, 2].amin(1)
        tall = (positions[:, top, 2].amax(1) - ground).clamp_min(1e-6)
        grown = differences[:, 0].exp()
        scale = self.extent.height * grown / tall
        root = float(self.bones.heads[0, 2]) - self.extent.ground
        # a first bone that lies on the ground tells nothing of legs
        told = root > 0.1 * self.extent.height
        legs = (scale * (moved.heads[:, 0, 2] - ground) / root).clamp_min(1e-3) if told else scale
        # as if the unmoved character had grown: its soles stay where they are, at 0 or as far off it as they were
        shift = torch.zeros(len(grown), 1, 3)
        shift[:, 0, 2] = self.extent.ground * grown - scale * ground
        decoded = Decoded(
            torch.addcmul(shift, positions, scale[:, None, None]),
            torch.addcmul(shift, joints, scale[:, None, None]),
            moved,
            scale,
            shift[:, 0, 2],
            legs,
        )
        self._stand(decoded.joints, grown, legs)
        return decoded

    def _stand(self, joints: torch.Tensor, grown: torch.Tensor, legs: torch.Tensor) -> None:
        """Put joints that only stand on the ground where the legs' growth puts them."""
        still = torch.from_numpy(np.flatnonzero(self.bones.bone_of_joint < 0))
        if len(still):
            floor = torch.tensor([0.0, 0.0, self.extent.ground])
            apart = torch.from_numpy(self.places).float()[still] - floor
            joints[:, still] = grown[:, None, None] * floor + legs[:, None, None] * apart


def check_character(asset: Asset) -> None:
    """Raise InputError unless the Asset has a skeleton and skin on it."""
    if asset.rig is None or not len(asset.rig.joints):
        raise InputError(f"'{asset.name}' has no armature. Choose a character with a skeleton and skin weights.")
    if not any(len(mesh.positions) and len(mesh.corners) for mesh in asset.meshes):
        raise InputError(f"'{asset.name}' has an armature but no mesh on it. Choose a character with skin weights.")


def find_bones(asset: Asset) -> Bones:
    """The bones that the character's code speaks of."""
    rig = asset.rig
    assert rig is not None
    places = rig.rest_pose[:, :3, 3].astype(np.float64)
    shared = shared_skin(asset)
    if kind_of(rig.joints, rig.parents, rig.rest_pose) == HUMANOID:
        mapped = map_joints(rig.joints, rig.parents, rig.rest_pose)
        lowest = min(float(mesh.positions[:, 2].min()) for mesh in asset.meshes if len(mesh.positions))
        highest = max(float(mesh.positions[:, 2].max()) for mesh in asset.meshes if len(mesh.positions))
        return humanoid_bones(mapped, rig.parents, places, np.diag(shared) > 0, max(highest - lowest, 1e-6))
    space = skeleton_family(rig.joints, rig.parents)
    return own_bones(space, rig.joints, rig.parents, places, shared)
