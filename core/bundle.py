# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset on disk: a folder with `asset.json` and, where they are kept, one `.npy` an array.

A bundle is written under a temporary name beside its place and renamed: it is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .asset import Asset
from .codec import from_plain, parse_json, refuse_unknown, show, to_plain
from .errors import BundleError, HostError, InputError

SCHEMA_VERSION = 1
MANIFEST = "asset.json"
MAX_MANIFEST_BYTES = 64 * 2**20
MAX_ARRAYS = 20_000
MAX_ARRAY_BYTES = 16 * 2**30
MAX_DIMENSIONS = 5
DTYPES = {np.dtype(name).str: name for name in ("bool", "uint8", "int32", "int64", "float16", "float32", "float64")}
_MAKING = ".making-"
_ARRAY_FILE = re.compile(r"[0-9]{4,}\.npy")
_NAME = re.compile(r"[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*")


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder` when the block succeeds; nothing is left behind when it does not.

    An older bundle at `folder` is replaced. A full or read-only disk is a HostError.
    """
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f"{_MAKING}{os.getpid()}-", dir=folder.parent))
        yield temporary
        # mkdtemp makes a private folder; a result has the permissions that any new folder has
        os.chmod(temporary, 0o777 & ~_umask())
        _replace(temporary, folder)
    except OSError as error:
        raise _host_error(folder, error) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def check_place(folder: Path) -> None:
    """Raise InputError unless `folder` is free, empty, or holds nothing but an older bundle that may be replaced."""
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise InputError(f"{show(str(folder))} is a file. Choose a folder.")
        present = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise InputError(f"{show(str(folder))} cannot be used: {error.strerror}. Choose another folder.") from error
    known = {MANIFEST, *read_manifest(folder)["files"]} if MANIFEST in present else set()
    for name in present:
        if name not in known and not (known and _ARRAY_FILE.fullmatch(name)):
            raise InputError(
                f"{show(str(folder))} holds {show(name)}, which is no part of an asset. Choose another folder."
            )


def check_writable(folder: Path) -> None:
    """Raise an error where no folder can be made at `folder`, as far as that shows before it is tried."""
    above = next((parent for parent in folder.absolute().parents if parent.exists()), folder)
    if not above.is_dir():
        raise InputError(f"{show(str(above))} is a file. Choose a folder.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise HostError(f"{show(str(above))} cannot be written to. Choose another folder.")


def remove_leftovers(parent: Path, pid: int | None = None) -> None:
    """Take away what a killed process, or any, was making in `parent`; only sure when none of them still runs."""
    for leftover in parent.glob(f"{_MAKING}*" if pid is None else f"{_MAKING}{pid}-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def write_asset(asset: Asset, folder: Path, files: tuple[str, ...] = (), arrays: bool = True) -> None:
    """Write `asset.json`, which lists the exported `files`, and the arrays into an existing folder."""
    written: list[str] = []

    def write(where: str, array: np.ndarray) -> dict[str, Any]:
        if array.dtype.newbyteorder("<").str not in DTYPES and array.dtype.str not in DTYPES:
            raise TypeError(f"{where} has dtype {array.dtype}, which a bundle does not hold")
        entry = {"shape": list(array.shape), "dtype": array.dtype.name, "file": ""}
        if arrays:
            entry["file"] = f"{len(written):04d}.npy"
            written.append(where)
            np.save(folder / str(entry["file"]), np.ascontiguousarray(array), allow_pickle=False)
        return entry

    plain = {"version": SCHEMA_VERSION, "files": list(files), "asset": to_plain(asset, write)}
    text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=True, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def save(asset: Asset, folder: Path) -> None:
    """Save an Asset as a bundle at `folder`, all arrays with it."""
    with writing(folder) as temporary:
        write_asset(asset, temporary)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The checked top of `asset.json`: `{"version", "files", "asset"}`, the asset still plain."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise BundleError(f"{path} is larger than {MAX_MANIFEST_BYTES >> 20} MiB; it is no asset of Maquette.")
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise BundleError(f"{show(str(folder))} holds no {MANIFEST}. Choose a folder that Maquette made.") from error
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    with _as_bundle_error():
        plain = parse_json(text, str(path))
        if not isinstance(plain, dict) or not isinstance(plain.get("version"), int):
            raise BundleError(f"{path} is no asset of Maquette. Choose a folder that Maquette made.")
        if plain["version"] > SCHEMA_VERSION:
            raise BundleError(
                f"{path} has schema version {plain['version']}, made by a newer Maquette; "
                f"this one reads up to {SCHEMA_VERSION}. Update Maquette."
            )
        refuse_unknown(plain, ("version", "files", "asset"), str(path))
        files = from_plain(tuple[str, ...], plain.get("files", []), f"{path}, 'files'")
        return {"version": plain["version"], "files": files, "asset": plain.get("asset")}


def load(folder: Path) -> Asset:
    """Read a bundle; arrays are memory-mapped, read-only. Every array must lie in the folder and fit its entry."""
    plain = read_manifest(folder)["asset"]
    count = 0

    def read(where: str, entry: Any) -> np.ndarray:
        nonlocal count
        count += 1
        if count > MAX_ARRAYS:
            raise BundleError(f"{folder} lists more than {MAX_ARRAYS} arrays; it is no asset of Maquette.")
        return _read_array(folder, entry, where)

    with _as_bundle_error():
        asset: Asset = from_plain(Asset, plain, "The asset", read)
        return asset


def asset_without_arrays(folder: Path) -> Asset:
    """The Asset of a folder whose arrays are not needed: each array is replaced by an empty one of its dtype."""

    def skip(where: str, entry: Any) -> np.ndarray:
        _, dtype, _ = _entry(entry, where)
        return np.empty(0, dtype)

    with _as_bundle_error():
        asset: Asset = from_plain(Asset, read_manifest(folder)["asset"], "The asset", skip)
        return asset


def size_px(folder: Path) -> tuple[int, int]:
    """(width, height) of the first material's maps, (0, 0) where it has none."""
    shapes: list[tuple[int, ...]] = []

    def note(where: str, entry: Any) -> np.ndarray:
        shape, dtype, _ = _entry(entry, where)
        if where.startswith("The asset, 'materials', item 1,"):
            shapes.append(shape)
        return np.empty(0, dtype)

    with _as_bundle_error():
        from_plain(Asset, read_manifest(folder)["asset"], "The asset", note)
    return (shapes[0][1], shapes[0][0]) if shapes and len(shapes[0]) == 3 else (0, 0)


def _entry(entry: Any, where: str) -> tuple[tuple[int, ...], np.dtype[Any], str]:
    if not isinstance(entry, dict) or set(entry) != {"shape", "dtype", "file"}:
        raise BundleError(f"{where} must be an array's shape, dtype and file; {show(entry)} was given.")
    shape = from_plain(tuple[int, ...], entry["shape"], f"{where}, 'shape'")
    name = from_plain(str, entry["dtype"], f"{where}, 'dtype'")
    if name not in DTYPES.values():
        raise BundleError(f"{where} has the dtype {show(name)}; a bundle holds {', '.join(DTYPES.values())}.")
    if len(shape) > MAX_DIMENSIONS or any(n < 0 for n in shape):
        raise BundleError(f"{where} has the shape {show(shape)}, which no asset of Maquette has.")
    items = 1
    for n in shape:
        items *= n
    if items * np.dtype(name).itemsize > MAX_ARRAY_BYTES:
        raise BundleError(f"{where} would take more than {MAX_ARRAY_BYTES >> 30} GiB. It was not read.")
    return shape, np.dtype(name), from_plain(str, entry["file"], f"{where}, 'file'")


def _read_array(folder: Path, entry: Any, where: str) -> np.ndarray:
    shape, dtype, name = _entry(entry, where)
    if not name:
        raise BundleError(f"{folder} holds no arrays. Make it again with the export 'npy' to load it.")
    path = folder / name
    if not _NAME.fullmatch(name) or not name.endswith(".npy") or path.is_symlink():
        raise BundleError(f"{where} names the file {show(name)}, which does not lie in the bundle.")
    try:
        # an empty array cannot be mapped
        array = np.load(path, mmap_mode=None if 0 in shape else "r", allow_pickle=False)
    except FileNotFoundError as error:
        raise BundleError(f"{folder} lacks its file {name}. Make the asset again.") from error
    except Exception as error:  # what numpy raises on a damaged header has no bound
        raise BundleError(f"{path} is damaged. Make the asset again.") from error
    if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != dtype:
        raise BundleError(f"{path} does not hold what {MANIFEST} says. Make the asset again.")
    return array


@contextlib.contextmanager
def _as_bundle_error() -> Iterator[None]:
    try:
        yield
    except BundleError:
        raise
    except InputError as error:
        raise BundleError(str(error)) from error


def _replace(temporary: Path, folder: Path) -> None:
    """Rename over an older bundle; folders cannot be replaced in one step, so the old one steps aside first."""
    if not folder.exists():
        os.rename(temporary, folder)
        return
    check_place(folder)
    aside = Path(tempfile.mkdtemp(prefix=f"{_MAKING}{os.getpid()}-", dir=folder.parent))
    os.rename(folder, aside / "old")
    try:
        os.rename(temporary, folder)
    except OSError:
        os.rename(aside / "old", folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _host_error(folder: Path, error: OSError) -> HostError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return HostError(f"The disk of {show(str(folder.parent))} is full. Make room or choose another folder.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return HostError(f"{show(str(folder.parent))} cannot be written to. Choose another folder.")
    return HostError(f"{show(str(folder))} cannot be written: {error.strerror or error}. Choose another folder.")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
