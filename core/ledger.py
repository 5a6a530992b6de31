# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch's ledger: one JSON line a finished or failed job, so that the same command goes on where it stopped.

The file is also the batch's lock: the system frees it when the process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from .codec import show
from .errors import HostError, InputError

LEDGER = "ledger.jsonl"
# a byte that no ledger ever reaches: Windows locks bytes, and a locked one cannot be read by others
_LOCKED_BYTE = 2**40


@dataclass(frozen=True)
class Entry:
    """One attempt at a job. `status` is done or failed, `error` "" unless failed."""

    name: str
    key: str
    cache_key: str
    status: str
    seconds: float
    formats: tuple[str, ...]
    error: str = ""


class Ledger:
    """`DIR/ledger.jsonl`, open for one batch. Raises InputError while another batch has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "a+b", buffering=0)  # noqa: SIM115 open as long as the batch runs
        except (FileExistsError, NotADirectoryError) as error:
            raise InputError(f"{show(str(path.parent))} is a file. Choose a folder.") from error
        except OSError as error:
            raise self._cannot_write(error) from error
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise InputError(
                f"Another batch is at work in {show(str(path.parent))}. Wait for it, or choose another folder."
            ) from error
        try:
            self._done = self._read()
        except OSError as error:
            self._file.close()
            raise self._cannot_write(error) from error

    def has_done(self, name: str, cache_key: str, formats: Collection[str]) -> bool:
        """Whether the job's last attempt made this very result in at least these formats."""
        key, made = self._done.get(name, ("", frozenset()))
        return key == cache_key and made >= frozenset(formats)

    def append(self, entry: Entry) -> None:
        """Write one line; it is on the disk when this returns."""
        where = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "machine": platform.node()}
        line = json.dumps({**asdict(entry), **where}, ensure_ascii=False, allow_nan=False)
        try:
            self._file.write(line.encode("utf-8") + b"\n")
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._cannot_write(error) from error

    def close(self) -> None:
        """Let go of the file and its lock."""
        self._file.close()

    def _read(self) -> dict[str, tuple[str, frozenset[str]]]:
        """(cache key, formats) of every job whose last attempt succeeded; a torn line counts as never written."""
        done: dict[str, tuple[str, frozenset[str]]] = {}
        line = b"\n"
        with open(self._path, "rb") as file:
            for line in file:
                _note(_parsed(line), done)
        if not line.endswith(b"\n"):
            self._file.write(b"\n")
        return done

    def _cannot_write(self, error: OSError) -> HostError:
        return HostError(f"{show(str(self._path))} cannot be written: {error.strerror}. Choose another folder.")


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _note(entry: dict[str, Any], done: dict[str, tuple[str, frozenset[str]]]) -> None:
    done.pop(str(entry.get("name")), None)
    if entry.get("status") == "done" and isinstance(entry.get("formats"), list):
        done[str(entry.get("name"))] = (str(entry.get("cache_key")), frozenset(map(str, entry["formats"])))


def _lock(file: BinaryIO) -> None:
    """Lock the file for this process or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
