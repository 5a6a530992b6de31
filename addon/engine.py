# SPDX-License-Identifier: GPL-3.0-or-later
"""The one engine of this Blender: which interpreter it uses, its jobs, the making of its environment, its check.

Drawing asks here and gets what is already known: nothing below that a draw calls touches the disk more than a `stat`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ..core.client import EngineProcess
from ..core.errors import HostError
from .check import EngineCheck, Finding, folder_finding
from .environment import (
    KINDS,
    EnvironmentMaker,
    Found,
    check_can_make,
    made_environments,
    plan,
    python_at,
    remove_environment,
    sibling_environments,
    windows_long_paths,
)
from .jobs import Job, Studio
from .package import cache_folder, preferences, user_folder
from .redraw import redraw_panels, redraw_preferences, redraw_status_bars

IDLE_S = 600.0
MAKER_POLL_S = 0.4
NO_ENGINE = (
    "Maquette has no engine yet. Open the preferences and press 'Make Environment', or choose a Python with torch."
)

_maker: EnvironmentMaker | None = None
_check: EngineCheck | None = None
_findings: list[Finding] = []
_found: list[Found] | None = None
_cache_size = ""


def candidates() -> list[Found]:
    """Every usable interpreter, the preferred first: chosen, from the variable, made here, made elsewhere."""
    given = [
        (preferences().python, "Chosen in the preferences"),
        (os.environ.get("MAQUETTE_PYTHON", ""), "From the variable MAQUETTE_PYTHON"),
    ]
    named = [Found(python_at(bpy.path.abspath(path)), origin) for path, origin in given if path]
    folders = [environment_folder(), *sibling_environments(Path(bpy.utils.resource_path("USER")))]
    made = made_environments(dict.fromkeys(folders))
    return [*(item for item in named if os.path.isfile(item.python)), *made]


def found() -> Found | None:
    """The interpreter that will be used, None where there is none."""
    global _found
    if _found is None:
        _found = candidates()
    return _found[0] if _found else None


def look_again() -> None:
    """Forget what was found; the next question looks anew."""
    global _found
    _found = None


def environment_folder() -> Path:
    """Where Maquette makes its own environment."""
    return user_folder("") / "environment"


def own_environment_exists() -> bool:
    """Whether there is something to remove."""
    return environment_folder().is_dir()


def start_engine() -> EngineProcess:
    """A fresh engine process; HostError where no interpreter is known."""
    look_again()
    interpreter = found()
    if interpreter is None:
        raise HostError(NO_ENGINE)
    return EngineProcess(interpreter.python)


studio = Studio(start_engine)


def submit(job: Job) -> None:
    """Start a job and let Blender's timer look after it."""
    studio.submit(job)
    look_after_jobs()


def look_after_jobs() -> None:
    """Let Blender's timer go on with what is queued."""
    _ensure_timer(_poll_studio, 0.0)
    redraw_panels(always=True)
    redraw_status_bars()


def _poll_studio() -> float | None:
    current, waiting = studio.current, len(studio.waiting)
    interval = studio.poll()
    redraw_panels(always=interval is None)
    if (studio.current, len(studio.waiting)) != (current, waiting):
        redraw_status_bars()
    if interval is None:
        _ensure_timer(_close_idle, IDLE_S)
    return interval


def _close_idle() -> float | None:
    """A loaded engine holds much memory: one that nobody used for a while is let go."""
    if studio.engine is None or studio.busy:
        return None
    left = studio.last_used + IDLE_S - time.monotonic()
    if left > 0:
        return left
    studio.close_engine()
    return None


def maker() -> EnvironmentMaker | None:
    """The making of an environment, under way or ended; None where none was tried."""
    return _maker


def make_environment(kind_name: str) -> None:
    """Begin to make the environment; HostError where it cannot be made here."""
    global _maker
    kind, folder = KINDS[kind_name], environment_folder()
    check_can_make(folder, kind, windows=sys.platform == "win32", long_paths=windows_long_paths())
    studio.close_engine()
    steps = plan(folder, kind, sys.executable)
    _maker = EnvironmentMaker(folder, kind, steps, user_folder("log") / "environment.log")
    _ensure_timer(_poll_maker, MAKER_POLL_S)


def _poll_maker() -> float | None:
    if _maker is None:
        return None
    _maker.poll()
    redraw_preferences()
    if not _maker.done:
        return MAKER_POLL_S
    look_again()
    redraw_panels(always=True)
    return None


def cancel_environment() -> None:
    """Stop making it; nothing of it stays."""
    if _maker is not None:
        _maker.cancel()
    look_again()


def remove_own_environment() -> None:
    """Delete the environment that Maquette made for this Blender."""
    global _maker
    studio.close_engine()
    remove_environment(environment_folder())
    _maker = None
    look_again()


def checking() -> bool:
    """Whether a check is under way."""
    return _check is not None


def findings() -> list[Finding]:
    """What the last check said."""
    return _findings


def start_check() -> None:
    """Begin a check; `findings` has its sentences afterwards."""
    global _check, _findings
    look_again()
    interpreter = found()
    if interpreter is None:
        _findings = [Finding(False, NO_ENGINE, "maquette.make_environment"), *_host_findings()]
        return
    _findings = []
    _check = EngineCheck(interpreter.python)
    _ensure_timer(poll_check, MAKER_POLL_S)


def poll_check() -> float | None:
    """Look whether the check has ended."""
    global _check, _findings
    if _check is None:
        return None
    about_engine = _check.poll()
    if about_engine is None:
        return MAKER_POLL_S
    _check, _findings = None, [*about_engine, *_host_findings()]
    redraw_preferences()
    return None


def _host_findings() -> list[Finding]:
    try:
        return [folder_finding(cache_folder()), online_finding()]
    except HostError as error:
        return [Finding(False, str(error)), online_finding()]


def online_finding() -> Finding:
    """Whether an environment could be downloaded."""
    refusal = why_offline()
    return Finding(True, refusal) if refusal else Finding(True, "Online access is allowed, should it be needed.")


def why_offline() -> str:
    """The sentence that says why nothing may be downloaded and how to allow it; "" where it may."""
    if bpy.app.online_access:
        return ""
    if getattr(bpy.app, "online_access_override", getattr(bpy.app, "online_access_overridden", False)):
        return "Blender was started with --offline-mode, so nothing is downloaded. Start it without."
    return "Online access is off, so nothing is downloaded. It is allowed in Preferences > System > Network."


def cache_size_text() -> str:
    """The cache's size when it was last measured."""
    return _cache_size


def measure_cache() -> None:
    """Count the cache's bytes."""
    global _cache_size
    total = sum(file.stat().st_size for file in cache_folder().rglob("*") if file.is_file())
    _cache_size = f"{total / 2**30:.1f} GiB" if total > 2**30 else f"{total / 2**20:.0f} MiB"


def _ensure_timer(function: Callable[[], float | None], first: float) -> None:
    timers: Any = bpy.app.timers
    if not timers.is_registered(function):
        # persistent: loading a file must not forget a job
        timers.register(function, first_interval=first, persistent=True)


def shut_down() -> None:
    """End every process and timer."""
    global _maker, _check
    for function in (_poll_studio, _close_idle, _poll_maker, poll_check):
        if bpy.app.timers.is_registered(function):
            bpy.app.timers.unregister(function)
    studio.close()
    if _maker is not None and not _maker.done:
        _maker.cancel()
    if _check is not None:
        _check.stop()
    _maker = _check = None
    look_again()
