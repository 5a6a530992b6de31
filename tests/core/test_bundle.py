# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ASSETS, JSON, TEXT

from maquette.core import bundle
from maquette.core.asset import Asset, Material
from maquette.core.errors import BundleError, HostError, InputError

FLAT = Asset("flat", (Material("flat", {"albedo": np.full((4, 4, 3), 0.5, np.float32)}, (1.0, 1.0), 0.02),))


def same(first: Any, second: Any) -> bool:
    """Equal, with arrays equal in dtype, shape and bits."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes()
    if is_dataclass(first):
        pairs = ((getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
        return type(first) is type(second) and all(same(a, b) for a, b in pairs)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(same(a, b) for a, b in zip(first, second, strict=True))
    return bool(first == second)


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """Hypothesis runs many examples in one test: each has a folder of its own."""
    with tempfile.TemporaryDirectory() as parent:
        yield Path(parent) / "bundle"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    bundle.save(FLAT, folder)
    return folder


def change(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    plain = json.loads((folder / bundle.MANIFEST).read_text())
    edit(plain)
    (folder / bundle.MANIFEST).write_text(json.dumps(plain))


def array_entry(plain: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = plain["asset"]["materials"][0]["maps"]["albedo"]
    return entry


@settings(max_examples=50)
@given(ASSETS)
def test_round_trip(asset: Asset) -> None:
    with new_folder() as folder:
        bundle.save(asset, folder)
        assert same(bundle.load(folder), asset)
        first = {path.name: path.read_bytes() for path in folder.iterdir()}
        bundle.save(asset, folder)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
        assert list(folder.parent.iterdir()) == [folder]


@settings(max_examples=50)
@given(st.data())
def test_a_mutated_manifest_is_read_or_refused_in_one_sentence(data: st.DataObject) -> None:
    with new_folder() as folder:
        bundle.save(FLAT, folder)

        def edit(plain: dict[str, Any]) -> None:
            material = plain["asset"]["materials"][0]
            places = [plain, plain["asset"], material, material["maps"], array_entry(plain)]
            place = data.draw(st.sampled_from(places))
            place[data.draw(st.sampled_from(list(place)) | TEXT)] = data.draw(JSON)

        change(folder, edit)
        for read in (bundle.load, bundle.asset_without_arrays):
            with contextlib.suppress(BundleError):
                read(folder)


@settings(max_examples=50)
@given(st.sampled_from(["asset.json", "0000.npy"]), st.binary(), st.integers(0, 300))
def test_damaged_files_are_read_or_refused_in_one_sentence(name: str, junk: bytes, place: int) -> None:
    with new_folder() as folder:
        bundle.save(FLAT, folder)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:place] + junk)
        with contextlib.suppress(BundleError):
            np.asarray(bundle.load(folder).materials[0].maps["albedo"]).sum()
        (folder / name).write_bytes(data[:place] + junk + data[place + len(junk) :])
        with contextlib.suppress(BundleError):
            bundle.load(folder)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda plain: plain.update(version=2), "made by a newer Maquette"),
        (lambda plain: plain.update(version=None), "is no asset of Maquette"),
        (lambda plain: plain.update(more=1), "unknown key 'more'"),
        (lambda plain: plain.update(files=["a", 1]), "'files', item 2 must be text"),
        (lambda plain: plain["asset"].update(name=1), "'name' must be text"),
        (lambda plain: array_entry(plain).update(file="../0000.npy"), "does not lie in the bundle"),
        (lambda plain: array_entry(plain).update(file="/etc/passwd"), "does not lie in the bundle"),
        (lambda plain: array_entry(plain).update(file="asset.json"), "does not lie in the bundle"),
        (lambda plain: array_entry(plain).update(file="0009.npy"), "lacks its file 0009.npy"),
        (lambda plain: array_entry(plain).update(file=""), "holds no arrays"),
        (lambda plain: array_entry(plain).update(dtype="object"), "has the dtype 'object'"),
        (lambda plain: array_entry(plain).update(dtype="uint8"), "does not hold what asset.json says"),
        (lambda plain: array_entry(plain).update(shape=[4, 4]), "does not hold what asset.json says"),
        (lambda plain: array_entry(plain).update(shape=[-1, 4, 4]), "which no asset of Maquette has"),
        (lambda plain: array_entry(plain).update(shape=[10**6, 10**6, 3]), "would take more than 16 GiB"),
        (lambda plain: array_entry(plain).update(shape=[1] * 9), "which no asset of Maquette has"),
    ],
)
def test_what_is_wrong_is_said(saved: Path, edit: Callable[[dict[str, Any]], object], said: str) -> None:
    change(saved, edit)
    with pytest.raises(BundleError) as caught:
        bundle.load(saved)
    assert said in str(caught.value)


def test_objects_are_never_unpickled(saved: Path) -> None:
    np.save(saved / "0000.npy", np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(BundleError, match=r"is damaged"):
        bundle.load(saved)


def test_a_link_is_not_followed(saved: Path, tmp_path: Path) -> None:
    (saved / "0000.npy").rename(tmp_path / "outside.npy")
    (saved / "0000.npy").symlink_to(tmp_path / "outside.npy")
    with pytest.raises(BundleError, match=r"does not lie in the bundle"):
        bundle.load(saved)


def test_a_folder_without_a_manifest_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(BundleError, match=r"holds no asset.json"):
            bundle.load(folder)


def test_an_exported_asset_has_no_arrays(tmp_path: Path) -> None:
    bundle.write_asset(FLAT, tmp_path, ("albedo.png",), arrays=False)
    assert bundle.read_manifest(tmp_path)["files"] == ("albedo.png",)
    assert bundle.asset_without_arrays(tmp_path).materials[0].size_m == (1.0, 1.0)
    height, width = next(iter(FLAT.materials[0].maps.values())).shape[:2]
    assert bundle.size_px(tmp_path) == (width, height)
    with pytest.raises(BundleError, match=r"Make it again with the export 'npy'"):
        bundle.load(tmp_path)


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    def fill(error: BaseException) -> None:
        with bundle.writing(tmp_path / "new") as temporary:
            (temporary / "half").write_text("half")
            raise error

    with pytest.raises(KeyboardInterrupt):
        fill(KeyboardInterrupt())
    with pytest.raises(HostError, match=r"is full. Make room or choose another folder"):
        fill(OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(HostError, match=r"cannot be written to. Choose another folder"):
        fill(OSError(errno.EROFS, "Read-only file system"))
    assert list(tmp_path.iterdir()) == []


def test_an_older_bundle_is_replaced_and_nothing_else(saved: Path, tmp_path: Path) -> None:
    bundle.save(FLAT, saved)
    (saved / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds 'notes.txt', which is no part of an asset"):
        bundle.save(FLAT, saved)
    assert (saved / "notes.txt").read_text() == "mine"
    assert list(tmp_path.iterdir()) == [saved]
    with pytest.raises(InputError, match=r"is a file. Choose a folder"):
        bundle.save(FLAT, saved / "notes.txt")


def test_leftovers_of_one_process_are_removed(tmp_path: Path) -> None:
    for name in (".making-12-a", ".making-123-b"):
        (tmp_path / name).mkdir()
    bundle.remove_leftovers(tmp_path, 12)
    assert [path.name for path in tmp_path.iterdir()] == [".making-123-b"]
    bundle.remove_leftovers(tmp_path)
    assert os.listdir(tmp_path) == []
