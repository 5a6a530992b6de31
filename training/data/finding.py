# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a folder belong together as one material: by name alone, nothing is decoded here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.codec import parse_json, show
from ...core.errors import InputError
from .material_set import LeftOut, MapFile
from .naming import FileName, asset_of, category_of, family_of, parse_file_name

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".exr", ".webp", ".bmp", ".tga"))
# of two files for one map the one that lost less
_BETTER_FIRST = (".exr", ".png", ".tif", ".tiff", ".tga", ".bmp", ".webp", ".jpg", ".jpeg")
MAX_FILES = 500_000
MAX_DEPTH = 12
MAX_INDEX_BYTES = 64 * 2**20
# folders whose name says nothing about the material in them
_NAMELESS = frozenset(("textures", "texture", "maps", "tex", "images", "1k", "2k", "4k", "8k"))


@dataclass
class Candidate:
    """The files that bear one material's name, not yet looked into. `directx`: what the normals' name says."""

    name: str
    family: str
    category: str
    files: dict[str, MapFile] = field(default_factory=dict)
    directx: bool | None = None
    constants: Mapping[str, float] = field(default_factory=dict)


def find_candidates(folder: Path) -> tuple[list[Candidate], list[LeftOut]]:
    """Candidates sorted by name, and the files that belong to none. A folder that is none is an InputError."""
    if not folder.is_dir():
        raise InputError(f"The folder {show(str(folder))} does not exist. Give the folder of a material library.")
    left_out: list[LeftOut] = []
    index = _read_index(folder, left_out)
    groups: dict[tuple[Path, str, str], list[tuple[Path, FileName]]] = {}
    for path in _pictures(folder, left_out):
        parsed = parse_file_name(path.stem)
        if parsed is None:
            left_out.append(LeftOut(_shown(path, folder), "its name tells no map"))
        elif parsed.channels:
            groups.setdefault((path.parent, parsed.asset.lower(), parsed.resolution), []).append((path, parsed))
    candidates = [_candidate(folder, group, index) for group in _largest(folder, groups, left_out) if group]
    return sorted(candidates, key=lambda candidate: candidate.name), left_out


def _pictures(folder: Path, left_out: list[LeftOut]) -> Iterable[Path]:
    """The picture files under the folder, sorted; links that lead out of it are not followed."""
    root = folder.resolve()
    num_files = 0
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        if len(here.relative_to(folder).parts) >= MAX_DEPTH:
            folders.clear()
        left_out += [
            LeftOut(_shown(here / f, folder), "a linked folder is not followed")
            for f in sorted(folders)
            if (here / f).is_symlink()
        ]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in sorted(files):
            path = here / name
            if path.suffix.lower() not in PICTURES or name.startswith("."):
                continue
            num_files += 1
            if num_files > MAX_FILES:
                raise InputError(f"There are more than {MAX_FILES} pictures in {show(str(folder))}. Give a part of it.")
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                left_out.append(LeftOut(_shown(path, folder), "it links to a file outside the folder"))
            else:
                yield path


def _largest(
    folder: Path, groups: Mapping[tuple[Path, str, str], list[tuple[Path, FileName]]], left_out: list[LeftOut]
) -> Iterable[list[tuple[Path, FileName]]]:
    """Each asset once: where one folder has it in several resolutions, in the largest."""
    by_asset: dict[tuple[Path, str], list[str]] = {}
    for parent, asset, resolution in groups:
        by_asset.setdefault((parent, asset), []).append(resolution)
    for (parent, asset), resolutions in by_asset.items():
        complete = [r for r in resolutions if any("albedo" in n.channels for _, n in groups[parent, asset, r])]
        kept = max(complete or resolutions, key=_pixels)
        for resolution in resolutions:
            members = groups[parent, asset, resolution]
            if resolution == kept or not resolution:
                continue
            if resolution not in complete:
                groups[parent, asset, kept].extend(members)
            else:
                left_out.append(LeftOut(_shown(members[0][0], folder), f"there is a larger one ({kept or 'untagged'})"))
        if kept and "" in resolutions and "" not in complete:
            groups[parent, asset, kept].extend(groups[parent, asset, ""])
        yield groups[parent, asset, kept]


def _candidate(folder: Path, files: list[tuple[Path, FileName]], index: Mapping[str, Any]) -> Candidate:
    path, first = files[0]
    name = first.asset or _folder_name(folder, path.parent)
    entry = index.get(path.parent.name, index.get(name, {}))
    asset = entry.get("asset") or asset_of(name)
    metallic = entry.get("metallic")
    known = isinstance(metallic, (int, float)) and not isinstance(metallic, bool) and 0 <= metallic <= 1
    candidate = Candidate(
        name,
        family_of(asset),
        entry.get("cls") or category_of(name),
        constants={"metallic": float(metallic)} if known and metallic is not None else {},
    )
    for file, parsed in sorted(files, key=_preference):
        for map_name, channel in parsed.channels.items():
            if map_name not in candidate.files:
                candidate.files[map_name] = MapFile(file, channel, parsed.inverted)
                if map_name == "normal":
                    candidate.directx = parsed.directx
    return candidate


def _preference(file: tuple[Path, FileName]) -> tuple[bool, bool, bool, int, str]:
    """Order of files that claim the same map: one map before packed ones, OpenGL, roughness, the least loss."""
    path, parsed = file
    return (
        len(parsed.channels) > 1,
        parsed.directx is True,
        parsed.inverted,
        _BETTER_FIRST.index(path.suffix.lower()),
        path.name,
    )


def _folder_name(root: Path, folder: Path) -> str:
    while folder != root and folder.name.lower() in _NAMELESS:
        folder = folder.parent
    return folder.resolve().name


def _pixels(resolution: str) -> int:
    """Pixels a side of a tag: 1k, 512, 2048x2048; 0 for none."""
    if not resolution:
        return 0
    number = int("".join(c for c in resolution.split("x")[0] if c.isdigit()))
    return number * 1024 if resolution.endswith("k") else number


def _read_index(folder: Path, left_out: list[LeftOut]) -> dict[str, dict[str, Any]]:
    """`index.json` by set name: text under `asset` and `cls`, a number under `metallic`; {} without a usable one."""
    path = folder / "index.json"
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return {}
    try:
        if path.stat().st_size > MAX_INDEX_BYTES:
            raise InputError(f"it is larger than {MAX_INDEX_BYTES >> 20} MiB")
        plain = parse_json(path.read_bytes(), "it")
        if not isinstance(plain, list):
            raise InputError("it is no list of materials")
    except (InputError, OSError) as error:
        left_out.append(LeftOut("index.json", str(error)))
        return {}
    index = {}
    for entry in plain:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            texts = {key: entry[key] for key in ("asset", "cls") if isinstance(entry.get(key), str)}
            index[entry["name"]] = {**texts, "metallic": entry.get("metallic")}
    return index


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
