# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's Python environment: found, made on request, removed. Knows nothing of Blender.

An environment that Maquette made is a folder with a marker file, written last: a folder without one is half-made,
is never offered, and is cleared away before the next attempt.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..core.errors import HostError

MARKER = "maquette-environment.json"
# training is what the engine's environment is for too
REQUIREMENTS = tuple(
    Path(__file__).resolve().parents[1] / folder / "requirements.txt" for folder in ("core", "training")
)
NEWER_PYTHON = (3, 13)
# the longest path below an environment of torch 2.13, counted on disk and written as Windows lays it out
LONGEST_INSIDE = 190
WINDOWS_PATH_LIMIT = 260


@dataclass(frozen=True)
class Kind:
    """One sort of environment: what it costs, and where its torch comes from ("" for the Python Package Index)."""

    name: str
    label: str
    description: str
    download: str
    on_disk: str
    gigabytes: float
    linux_index: str = ""
    windows_index: str = ""

    @property
    def index(self) -> str:
        """The package index of this platform's torch."""
        return {"Linux": self.linux_index, "Windows": self.windows_index}.get(platform.system(), "")


_TORCH = "https://download.pytorch.org/whl/"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("CPU", "CPU", "Works on every computer", "about 300 MB", "about 1.1 GB", 1.1, _TORCH + "cpu"),
        Kind(
            "CUDA",
            "NVIDIA GPU",
            "CUDA, for NVIDIA graphics cards",
            "about 3 GB",
            "about 7 GB",
            7.0,
            "",
            _TORCH + "cu128",
        ),
        Kind("ROCM", "AMD GPU", "ROCm, for AMD cards on Linux", "about 5 GB", "about 18 GB", 18.0, _TORCH + "rocm6.4"),
    )
}


@dataclass(frozen=True)
class Found:
    """A Python that the engine can use, and where it came from."""

    python: str
    origin: str


def python_in(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def made_environments(folders: Iterable[Path]) -> list[Found]:
    """The whole environments among these folders, as Maquette made them."""
    found = []
    for folder in folders:
        python = python_in(folder)
        if (folder / MARKER).is_file() and python.is_file():
            found.append(Found(str(python), f"Made by Maquette ({_kind_label(folder)})"))
    return found


def sibling_environments(user_resources: Path) -> list[Path]:
    """Folders where Maquette in other Blender versions keeps its environment, newest version first."""
    versions = [f for f in user_resources.parent.glob("*") if f.name.replace(".", "", 1).isdigit()]
    newest_first = sorted(versions, key=lambda f: [int(part) for part in f.name.split(".")], reverse=True)
    return [e for v in newest_first for e in sorted(v.glob("extensions/.user/*/maquette/environment"))]


def python_at(chosen: str) -> str:
    """What the artist pointed to as an interpreter: the file itself, or the one of an environment's folder."""
    path = Path(chosen)
    return str(python_in(path)) if path.is_dir() else str(path)


def _kind_label(folder: Path) -> str:
    try:
        kind = json.loads((folder / MARKER).read_text(encoding="utf-8"))["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown kind"
    return KINDS[kind].label if kind in KINDS else str(kind)


def check_can_make(folder: Path, kind: Kind, *, windows: bool, long_paths: bool) -> None:
    """Raise HostError where an environment at `folder` could not be finished: path too long, disk too full."""
    longest = len(str(folder)) + LONGEST_INSIDE
    if windows and not long_paths and longest > WINDOWS_PATH_LIMIT:
        raise HostError(
            f"The folder '{folder}' is too deep: files in it would have paths of {longest} characters and Windows "
            f"allows {WINDOWS_PATH_LIMIT}. Allow long paths in Windows, or make an environment elsewhere and choose it."
        )
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < kind.gigabytes * 1.5:
        raise HostError(
            f"{free:.1f} GB are free at '{there}'; the environment needs {kind.gigabytes * 1.5:.1f} GB while it is "
            "made. Make room first."
        )


def windows_long_paths() -> bool:
    """Whether Windows lets programs use paths beyond 260 characters; True elsewhere."""
    if os.name != "nt":
        return True
    winreg: Any = importlib.import_module("winreg")

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


@dataclass(frozen=True)
class Step:
    """One command of the making, its sentence, and its share of the whole time."""

    text: str
    command: tuple[str, ...]
    share: float


def plan(folder: Path, kind: Kind, base_python: str) -> list[Step]:
    """The commands that make an environment: venv, a pip that tells its progress, torch, the rest."""
    python = str(python_in(folder))
    pip = (python, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
    raw = ("--progress-bar", "raw")
    index = ("--index-url", kind.index, "--extra-index-url", "https://pypi.org/simple") if kind.index else ()
    requirements = tested_requirements(sys.version_info[:2])
    return [
        Step("Making the environment", (base_python, "-I", "-m", "venv", "--clear", str(folder)), 0.05),
        Step("Preparing its installer", (*pip, "--upgrade", "pip>=24.1"), 0.05),
        Step("Downloading torch", (*pip, *raw, *index, requirements["torch"]), 0.65),
        Step("Downloading the other packages", (*pip, *raw, *requirements.values()), 0.25),
    ]


def tested_requirements(python: tuple[int, ...]) -> dict[str, str]:
    """The packages of engine and training by name, as tested; "or newer" where this Python is newer than the tests'."""
    lines = [line for file in REQUIREMENTS for line in file.read_text(encoding="utf-8").splitlines()]
    stated = [line.split("#")[0].strip() for line in lines]
    pinned = {requirement.split("==")[0]: requirement for requirement in stated if requirement}
    if python < NEWER_PYTHON:
        return pinned
    # a version that was current before a Python came out has no wheels for it
    return {name: text if name == "torch" else text.replace("==", ">=") for name, text in pinned.items()}


class EnvironmentMaker:
    """Runs the steps one after another in the background; `poll` from a timer. What fails or is cancelled is undone."""

    def __init__(self, folder: Path, kind: Kind, steps: Sequence[Step], log: Path) -> None:
        self.folder, self.kind, self.log = folder, kind, log
        self.fraction, self.text, self.error = 0.0, "", ""
        self.done = self.cancelled = False
        self._steps = list(steps)
        self._index = -1
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = 0
        self._inside = 0.0
        remove_environment(folder)
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log: IO[bytes] = open(log, "wb")  # noqa: SIM115 written by several processes in turn
        self._next()

    @property
    def python(self) -> str:
        """The interpreter that the environment will have."""
        return str(python_in(self.folder))

    def poll(self) -> None:
        """Look after the running step; sets `done`, and `error` or `cancelled` where it did not succeed."""
        if self.done or self._process is None:
            return
        self._read_progress()
        code = self._process.poll()
        if code is None:
            return
        if code != 0:
            step = self._steps[self._index].text
            self._undo(f"'{step}' failed: {self._last_line() or f'exit code {code}'}. The log tells more.")
        elif self._index + 1 < len(self._steps):
            self._next()
        else:
            self._finish()

    def cancel(self) -> None:
        """Stop, and take away what was made so far."""
        if self.done:
            return
        self.cancelled = True
        self._undo("")

    def _next(self) -> None:
        self._index += 1
        step = self._steps[self._index]
        self.text, self._inside = step.text, 0.0
        self._log.write(f"\n== {step.text}: {' '.join(step.command)}\n".encode())
        self._log.flush()
        self._seen = self._log.tell()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        flags = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
        try:
            self._process = subprocess.Popen(
                step.command,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env=clean,
                creationflags=flags,
                # its own group, so that a cancel reaches what pip starts too
                start_new_session=True,
            )
        except OSError as error:
            self._process = None
            self._undo(f"'{step.command[0]}' cannot be started: {error.strerror}.")

    def _finish(self) -> None:
        self._log.close()
        marker = {"kind": self.kind.name, "made_from": sys.version.split()[0]}
        (self.folder / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")
        self.fraction, self.text, self.done = 1.0, "The environment is ready", True

    def _undo(self, error: str) -> None:
        _stop(self._process)
        self._log.close()
        remove_environment(self.folder)
        self.error, self.done = error, True

    def _read_progress(self) -> None:
        """pip's raw progress is lines of `Progress 1234 of 5678`; each package's download counts on its own."""
        with open(self.log, "rb") as log:
            log.seek(self._seen)
            lines = log.read().decode("utf-8", "replace").splitlines()
        for line in lines[-40:]:
            words = line.split()
            if len(words) == 4 and words[0] == "Progress" and words[1].isdigit() and words[3].isdigit():
                self._inside = max(self._inside, 0.9 * int(words[1]) / max(1, int(words[3])))
            elif words[:1] == ["Installing"]:
                self.text = self._steps[self._index].text.replace("Downloading", "Installing")
        before = sum(step.share for step in self._steps[: self._index])
        self.fraction = min(1.0, before + self._steps[self._index].share * self._inside)

    def _last_line(self) -> str:
        lines = [line for line in self.log.read_text("utf-8", "replace").splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")]
        return (errors or lines or [""])[-1].strip().rstrip(".")[:200]


def remove_environment(folder: Path) -> None:
    """Delete an environment, whole or half-made; HostError where something in it is in use."""
    marker = folder / MARKER
    for _ in range(3):
        try:
            # without its marker a half-deleted environment is never offered
            marker.unlink(missing_ok=True)
            if folder.exists():
                shutil.rmtree(folder)
            return
        except OSError as error:
            problem = error
            time.sleep(0.1)
    raise HostError(f"'{folder}' cannot be removed: {problem.strerror}. Close what uses it, then press Remove again.")


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    if os.name == "posix":
        import signal

        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
