# SPDX-License-Identifier: GPL-3.0-or-later
"""From a Request's files to characters in their spaces, and from a difference of codes to the finished Asset.

Sources are read and measured once and kept: a slider that moves finds them there. Shape letters: D numbers of a code.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from ..asset import Asset, Clip, Rig
from ..context import Context
from ..files.gltf_read import read_character
from ..fixed_threads import fixed_threads
from ..request import Reference, Request
from .attributes import moved_by_attributes, probe_of
from .bones import Bones
from .decoding import decode
from .measures import MEASURES
from .params import ATTRIBUTES, LOCKED_PARTS, CharacterParams
from .part_locks import bones_of, check_kept, locked, with_kept_numbers
from .plausibility import plausible
from .rig_space import RigSpace
from .shape_code import CodeParts, code_length
from .simplification import with_levels
from .surface import triangles_of

# a character is a few thousand points: a GPU would not gain what the way there costs
DEVICE = torch.device("cpu")


def spaces_of(references: Sequence[Reference], context: Context) -> list[RigSpace]:
    """The characters of references, measured; telling of each."""
    spaces = []
    for number, reference in enumerate(references):
        context.progress(0.5 * number / len(references), "Reading characters")
        with fixed_threads(DEVICE):
            spaces.append(_space(reference.path, reference.sha256))
    return spaces


def clips_of(reference: Reference) -> tuple[Clip, ...]:
    """The clips of a reference's character."""
    return _character(reference.path, reference.sha256, clips=True).clips


def moving_reference(references: Sequence[Reference], rigs: Sequence[Rig], number: int) -> Reference:
    """Whose clips a character has that was made from the one of that `number`: its own, else those of one with the very
    same joints.

    Packs often hold the clips of all their characters in one file.
    """
    order = [number, *(other for other in range(len(rigs)) if other != number)]
    for other in order:
        if _same_joints(rigs[number], rigs[other]) and clips_of(references[other]):
            return references[other]
    return references[number]


def _same_joints(one: Rig, other: Rig) -> bool:
    same = one.joints == other.joints and np.array_equal(one.parents, other.parents)
    near = 1e-3 * float(np.ptp(one.rest_pose[:, :3, 3], axis=0).max())
    return same and bool(np.allclose(one.rest_pose, other.rest_pose, atol=near))


# a file is known by its hash: one that changed is read anew
@functools.lru_cache(maxsize=32)
def _space(path: str, sha256: str) -> RigSpace:
    return RigSpace.of(_character(path, sha256, clips=False))


@functools.lru_cache(maxsize=4)
def _character(path: str, sha256: str, *, clips: bool) -> Asset:
    return read_character(path, clips=clips)


def finished(request: Request, context: Context, space: RigSpace, moving: Reference, difference: torch.Tensor) -> Asset:
    """The character at `difference` (D,) from `space`, with the Request's attributes, what is kept, and its report.

    `moving` is the reference whose clips it has.
    """
    params = request.params
    assert isinstance(params, CharacterParams)
    context.progress(0.6, "Moving the skin")
    is_whole = context.preview is None
    posed = replace(space, asset=replace(space.asset, clips=clips_of(moving))) if params.clips and is_whole else space
    kept = {part: context.kept(key) for part, key in (request.locks or {}).items()}
    with fixed_threads(DEVICE):
        difference = settled(space, params, difference)
        made = decoded_with(posed, difference, kept, clips=params.clips and is_whole)
    if params.levels and is_whole:
        context.progress(0.8, "Making coarser versions")
        made = with_levels(made, params.levels)
    context.progress(0.95, "Measuring")
    return replace(made, report=report(space, made, difference))


def decoded_with(space: RigSpace, difference: torch.Tensor, kept: Mapping[str, Asset], *, clips: bool) -> Asset:
    """The character at `difference` (D,) with the parts of the `kept` ones, by the names that locks give them."""
    if not kept:
        return decode(space, difference, clips=clips)
    check_kept(space.asset, kept)
    spaces = {part: RigSpace.of(replace(asset, clips=())) for part, asset in kept.items() if part in LOCKED_PARTS}
    difference = plausible(with_kept_numbers(difference, space, spaces)[None], space.bones)[0]
    return decode(space, difference, clips=clips, change=lambda made: locked(made, space.bones, kept))


def settled(space: RigSpace, params: CharacterParams, difference: torch.Tensor) -> torch.Tensor:
    """(D,) the difference as it is decoded: attributes added, within what skin survives, nothing where it is kept."""
    kept = kept_numbers(space.bones, params.keep)
    base = torch.where(kept, 0.0, difference)
    moved = moved_by_attributes(space, base, {name: getattr(params, name) for name in ATTRIBUTES})
    return torch.where(kept, 0.0, plausible(moved[None], space.bones)[0])


def kept_numbers(bones: Bones, keep: Sequence[str]) -> torch.Tensor:
    """(D,) bool: the numbers of the code that stay as they are."""
    kept = torch.zeros(code_length(len(bones.names)), dtype=torch.bool)
    parts = CodeParts.of(kept)
    for part in keep:
        if part == "proportions":
            parts.lengths.fill_(True)
            parts.offsets.fill_(True)
            continue
        own = torch.from_numpy(bones_of(bones, part))
        for numbers in (parts.lengths, parts.offsets, parts.radii):
            numbers[own] = True
    return kept


def report(space: RigSpace, made: Asset, difference: torch.Tensor) -> dict[str, float]:
    """What the designer wants to know: size, faces, proportions, and how many faces the change turned inside out."""
    faces = sum(len(mesh.face_starts) - 1 for mesh in made.meshes)
    numbers = {
        "height_m": space.extent.height * float(difference[0].exp()),
        "faces": float(faces),
        "vertices": float(sum(len(mesh.positions) for mesh in made.meshes)),
        "inverted_share": inverted_share(space.asset, made),
    }
    if space.bones.is_humanoid:
        measured = probe_of(space).measured(difference[None])[0]
        numbers["head_ratio"] = float(measured[MEASURES.index("head")].exp())
    return numbers


def inverted_share(before: Asset, after: Asset) -> float:
    """The share of triangles that the change turned against the skin around them, told by the sum of the areas of the
    triangles that they share corners with."""
    turned = count = 0
    for old, new in zip(before.meshes, after.meshes, strict=True):
        triangles = triangles_of(old)
        first, second = (_areas(mesh.positions, triangles) for mesh in (old, new))
        around_old, around_new = (_around(areas, triangles, len(old.positions)) for areas in (first, second))
        was = (first * around_old).sum(axis=1)
        now = (second * around_new).sum(axis=1)
        turned += int(((was > 0) & (now < 0)).sum())
        count += len(triangles)
    return turned / max(count, 1)


def _areas(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (positions[triangles[:, corner]].astype(np.float64) for corner in range(3))
    areas: np.ndarray = np.cross(b - a, c - a)
    return areas


def _around(areas: np.ndarray, triangles: np.ndarray, count: int) -> np.ndarray:
    """(T, 3): the sum of the areas at each triangle's corners."""
    total = np.stack([np.bincount(triangles.ravel(), np.repeat(areas[:, a], 3), count) for a in range(3)], axis=1)
    around: np.ndarray = total[triangles].sum(axis=1)
    return around
