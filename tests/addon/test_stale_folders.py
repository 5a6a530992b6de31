# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier sessions left in the cache goes; what is in use, young or not Maquette's own stays."""

import os
import time
from pathlib import Path
from typing import Any

DAY_S = 24 * 3600


def _folder(cache: Path, name: str, age_s: float) -> Path:
    folder = cache / name
    folder.mkdir(parents=True)
    (folder / "thumbnail.png").write_bytes(b"picture")
    os.utime(folder, (time.time() - age_s,) * 2)
    return folder


def test_only_old_folders_of_other_sessions_go(maquette: Any, tmp_path: Path) -> None:
    other, old, young = os.getpid() + 1, 2 * DAY_S, DAY_S / 2
    gone = [_folder(tmp_path, f"explore/{other}-1", old), _folder(tmp_path, f"live/{other}-7", old)]
    kept = [
        _folder(tmp_path, f"explore/{other}-2", young),
        _folder(tmp_path, f"explore/{os.getpid()}-1", old),
        _folder(tmp_path, f"results/{other}-1", old),
    ]
    maquette.module("addon.stale_folders").clear(tmp_path, time.time())
    assert not any(folder.exists() for folder in gone)
    assert all((folder / "thumbnail.png").is_file() for folder in kept)


def test_what_a_link_leads_to_stays(maquette: Any, tmp_path: Path) -> None:
    theirs = _folder(tmp_path, "theirs", 2 * DAY_S)
    (tmp_path / "cache" / "explore").mkdir(parents=True)
    link = tmp_path / "cache" / "explore" / f"{os.getpid() + 1}-1"
    link.symlink_to(theirs, target_is_directory=True)
    maquette.module("addon.stale_folders").clear(tmp_path / "cache", time.time() + 2 * DAY_S)
    assert not link.is_symlink()
    assert (theirs / "thumbnail.png").is_file()


def test_a_cache_without_such_folders_is_left_alone(maquette: Any, tmp_path: Path) -> None:
    maquette.module("addon.stale_folders").clear(tmp_path / "none", time.time())
    assert not (tmp_path / "none").exists()
