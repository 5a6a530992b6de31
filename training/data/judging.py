# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a candidate can be trained on: every map is decoded once, small, and looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import InputError
from ...core.files.picture import check_picture
from ...core.texture import normals
from .finding import Candidate
from .material_set import LeftOut, MapFile, MaterialSet, read_map
from .naming import DIELECTRIC

# maps are judged at this size; normals at a larger one, for reduced ones tell less of their direction
JUDGED_SIDE, JUDGED_SIDE_OF_NORMALS = 512, 1024
LEAST_SIDE = 96
# an albedo whose values vary less than this (standard deviation) shows nothing to learn
LEAST_VARIATION = 1 / 512
ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True)
class Verdict:
    """`material` None when the set cannot be used; `left_out` says why, of the set or of single maps."""

    material: MaterialSet | None
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()


def judge(candidate: Candidate) -> Verdict:
    """The material of a candidate's usable maps; an albedo is required, other maps may be missing or broken."""
    name = candidate.name
    albedo = candidate.files.get("albedo")
    if albedo is None:
        return Verdict(None, (LeftOut(name, "it has no albedo (base colour)"),))
    try:
        size = check_picture(albedo.path)
        problem = _problem_of_albedo(size, read_map("albedo", albedo, JUDGED_SIDE))
        sha256 = _sha256(albedo.path)
    except (InputError, OSError) as error:
        problem = str(error)
    if problem:
        return Verdict(None, (LeftOut(name, problem),))
    files, seen = {"albedo": albedo}, {}
    left_out: list[LeftOut] = []
    notes: list[str] = []
    for map_name in sorted(candidate.files.keys() - {"albedo"}):
        found, problem = _other_map(map_name, candidate.files[map_name], size)
        if found is None:
            left_out.append(LeftOut(f"{name}, {map_name}", problem))
            continue
        files[map_name], seen[map_name] = candidate.files[map_name], found.image
        if found.size != size:
            was, becomes = f"{found.size[0]} x {found.size[1]} px", f"{size[0]} x {size[1]} px"
            notes.append(f"{name}: {map_name} is {was}, resized to {becomes}.")
    directx = "normal" in seen and _directx(candidate, seen["normal"], seen.get("height"))
    if directx:
        notes.append(f"{name}: its normals are DirectX ones, turned to OpenGL.")
    constants = {key: value for key, value in candidate.constants.items() if key not in files}
    if "metallic" not in files and candidate.category in DIELECTRIC:
        constants.setdefault("metallic", 0.0)
    material = MaterialSet(name, candidate.family, candidate.category, files, directx, sha256, size, constants)
    return Verdict(material, tuple(left_out), tuple(notes))


@dataclass(frozen=True)
class _Seen:
    image: np.ndarray
    size: tuple[int, int]


def _other_map(name: str, file: MapFile, size: tuple[int, int]) -> tuple[_Seen | None, str]:
    """(the map as it is judged, ""), or (None, why it cannot be used)."""
    side = JUDGED_SIDE_OF_NORMALS if name in ("normal", "height") else JUDGED_SIDE
    try:
        found = _Seen(read_map(name, file, side), check_picture(file.path))
    except (InputError, OSError) as error:
        return None, str(error)
    problem = _problem_of_map(name, found.image, found.size, size)
    return (None, problem) if problem else (found, "")


def _problem_of_albedo(size: tuple[int, int], image: np.ndarray) -> str:
    if min(size) < LEAST_SIDE:
        return f"it is {size[0]} x {size[1]} px; {LEAST_SIDE} px a side are the least"
    if image.std(axis=(0, 1)).max() < LEAST_VARIATION:
        return "its albedo is one even colour"
    return ""


def _problem_of_map(name: str, image: np.ndarray, found: tuple[int, int], size: tuple[int, int]) -> str:
    if abs(found[0] * size[1] / (found[1] * size[0]) - 1) > ASPECT_TOLERANCE:
        return f"it is {found[0]} x {found[1]} px, of another shape than the albedo ({size[0]} x {size[1]} px)"
    if name == "normal" and not normals.is_normal_map(image):
        return "it is no tangent-space normal map"
    if name == "height" and image.std() < LEAST_VARIATION / 4:
        return "it is one even height"
    return ""


def _directx(candidate: Candidate, normal: np.ndarray, height: np.ndarray | None) -> bool:
    """What the name says, else what the maps tell, else OpenGL."""
    if candidate.directx is not None:
        return candidate.directx
    if height is not None and height.shape[:2] != normal.shape[:2]:
        height = None
    return normals.is_directx(normal, height) is True


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
