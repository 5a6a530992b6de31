# SPDX-License-Identifier: GPL-3.0-or-later
"""'Check': what works here and what does not, in sentences, each fault with the button that mends it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.client import engine_environment

PROBE = Path(__file__).with_name("probe.py")
# importing torch from a cold disk takes long
PROBE_LIMIT_S = 120.0


@dataclass(frozen=True)
class Finding:
    """One sentence: whether it is good news, and the operator that mends it where there is one."""

    fine: bool
    text: str
    mend: str = ""


class EngineCheck:
    """Runs the probe in the engine's interpreter in the background; `poll` gives the findings once they are there."""

    def __init__(self, python: str) -> None:
        self._python = python
        flags = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
        self._failure = ""
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(
                [python, "-I", "-X", "utf8", str(PROBE)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env=engine_environment(),
                creationflags=flags,
            )
        except OSError as error:
            self._failure = error.strerror or str(error)

    def poll(self) -> list[Finding] | None:
        """The findings about the engine, or None while the probe runs."""
        if self._process is None:
            return [
                Finding(False, f"'{self._python}' cannot be started: {self._failure}.", "maquette.make_environment")
            ]
        if self._process.poll() is None:
            return None
        out, err = self._process.communicate()
        return engine_findings(self._python, out, err)

    def stop(self) -> None:
        """End the probe."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def engine_findings(python: str, out: str, err: str) -> list[Finding]:
    """What the probe's output means."""
    lines = [line for line in out.splitlines() if line.startswith("{")]
    try:
        said: dict[str, Any] = json.loads(lines[-1])
        version, packages, missing = said["python"], said["packages"], said["missing"]
    except (IndexError, ValueError, KeyError):
        last = (err.strip().splitlines() or ["it said nothing"])[-1]
        return [Finding(False, f"'{python}' is no Python that works: {last}", "maquette.make_environment")]
    if tuple(int(part) for part in version.split(".")[:2]) < (3, 11):
        return [
            Finding(
                False, f"The engine needs Python 3.11 or newer; '{python}' is {version}.", "maquette.make_environment"
            )
        ]
    findings = [Finding(True, f"Python {version} runs.")]
    for name, reason in missing.items():
        findings.append(Finding(False, f"The package {name} does not load ({reason}).", "maquette.make_environment"))
    if "torch" in packages:
        devices = ", ".join(said["devices"])
        findings.append(Finding(True, f"torch {packages['torch']} works on: {devices}."))
    if not missing:
        findings.append(Finding(True, "The engine has all it needs."))
    lacking = said.get("missing_for_training") or {}
    if lacking:
        text = f"Training lacks {' and '.join(lacking)}; all else works without."
        findings.append(Finding(False, text, "maquette.make_environment"))
    return findings


def folder_finding(folder: Path) -> Finding:
    """Whether results can be kept in the cache folder."""
    if not os.access(folder, os.W_OK):
        return Finding(False, f"The cache folder '{folder}' cannot be written. Choose another.")
    return Finding(True, f"The cache folder can be written: {folder}")
