# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset as a binary glTF 2.0: its meshes, skeleton and clips, a building's parts and copies, or where there is no
mesh, a plane for every material.

Khronos, glTF 2.0 specification (ISO/IEC 12113:2022).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..asset import Asset
from ..errors import InputError
from .gltf_building_writing import add_buildings, is_building
from .gltf_clip_writing import add_clips
from .gltf_mesh_writing import add_meshes
from .gltf_plane import add_plane
from .gltf_sharing import SharingContainer
from .gltf_skeleton_writing import add_skeleton
from .gltf_writing import Container

NAME, CLIPS_NAME = "asset.glb", "clips.glb"


def write(
    asset: Asset,
    folder: Path,
    progress: Callable[[float, str], None],
    *,
    meshes: bool = True,
    clips: bool = True,
    levels: bool = False,
) -> list[str]:
    """Write `asset.glb`, or without `meshes` the skeleton and its clips as `clips.glb`; returns the file's name.

    `levels` adds the coarser versions of each mesh as meshes `<name>_LOD1`, ...
    """
    name = NAME if meshes else CLIPS_NAME
    (folder / name).write_bytes(to_bytes(asset, progress, meshes=meshes, clips=clips, levels=levels))
    return [name]


def to_bytes(
    asset: Asset,
    progress: Callable[[float, str], None],
    *,
    meshes: bool = True,
    clips: bool = True,
    levels: bool = False,
    notes: dict[str, str] | None = None,
) -> bytes:
    """The file that `write` writes; `notes` go into its 'asset', such as the copyright."""
    container = SharingContainer() if is_building(asset) else Container()
    container.json["asset"] |= notes or {}
    if not meshes and (asset.rig is None or not asset.clips):
        raise InputError(f"'{asset.name}' has no clips to write. Leave 'clips' out of the exports.")
    if not asset.meshes:
        _add_planes(container, asset, progress)
        return container.to_bytes()
    progress(0.0, f"Writing {NAME if meshes else CLIPS_NAME}")
    if is_building(asset):
        add_buildings(container, asset, levels, progress)
        return container.to_bytes()
    joints = add_skeleton(container, asset)
    if meshes:
        add_meshes(container, asset, joints, levels, progress)
    if clips and asset.rig is not None:
        add_clips(container, asset, joints)
    return container.to_bytes()


def _add_planes(container: Container, asset: Asset, progress: Callable[[float, str], None]) -> None:
    offset_m = 0.0
    for number, material in enumerate(asset.materials):
        progress(number / len(asset.materials), f"Writing {NAME}")
        add_plane(container, material, offset_m)
        offset_m += material.size_m[0]
