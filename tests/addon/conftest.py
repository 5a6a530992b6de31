# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette installed from its zip into one Blender, as an artist would have it.

Run by an interpreter that has bpy, numpy and pytest and need not have torch: `PYTHON -m pytest tests/addon`. The real
engine runs in the interpreter named by MAQUETTE_PYTHON; tests that need it are skipped aloud where that is not set.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PACKAGE = "bl_ext.user_default.maquette"

if importlib.util.find_spec("maquette") is None:
    # Blender's own environment has no package installed, and tests read the declared methods
    runpy.run_path(str(REPO / "core" / "bootstrap.py"))["register_package"]()

if importlib.util.find_spec("bpy") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    # before bpy is imported: the test must see neither the user's settings nor leave any behind
    os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="maquette-user-")


def _tool(name: str) -> Path:
    import bpy

    return Path(bpy.utils.system_resource("SCRIPTS")) / name


def build_zip(folder: Path) -> Path:
    """The extension's zip, built by this Blender's own command."""
    command = _tool("addons_core/bl_pkg/cli/blender_ext.py")
    tags = _tool("modules/_bpy_internal/extensions/tags.py")
    for order in (["validate", str(REPO)], ["build", "--source-dir", str(REPO), "--output-dir", str(folder)]):
        done = subprocess.run(
            [sys.executable, str(command), *order, "--valid-tags", str(tags)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.zip"))


@pytest.fixture(scope="session")
def extension_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built zip."""
    return build_zip(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(extension_zip: Path) -> str:
    """Maquette installed and enabled; its package's name inside Blender."""
    import bpy

    bpy.ops.extensions.package_install_files(filepath=str(extension_zip), repo="user_default", enable_on_install=True)
    # the operator answers FINISHED even where it installed nothing
    assert PACKAGE in bpy.context.preferences.addons
    return PACKAGE


class Maquette:
    """The installed add-on's modules, and what tests do with them again and again."""

    def __init__(self, package: str) -> None:
        self._package = package

    def module(self, name: str) -> ModuleType:
        """A module of the installed extension: there is another Maquette on the path."""
        return importlib.import_module(f"{self._package}.{name}")

    @property
    def studio(self) -> Any:
        """The queue of jobs."""
        return self.module("addon.engine").studio

    @property
    def preferences(self) -> Any:
        """The add-on's preferences."""
        return self.module("addon.package").preferences()

    def use_fake_engine(self, *behaviour: str) -> None:
        """Jobs are answered by `fake_engine.py` from now on."""
        client = self.module("core.client")
        command = [sys.executable, "-I", str(HERE / "fake_engine.py"), str(REPO), *behaviour]
        self.studio.close()
        self.studio._start_engine = lambda: client.EngineProcess("", command)

    def start(self, operator: str = "generate") -> Any:
        """What the button does: submit the job and return, without working on it."""
        return self.submit(operator)[0]

    def submit(self, operator: str) -> list[Any]:
        """The same where a button starts several jobs."""
        import bpy

        kind = getattr(bpy.types, f"MAQUETTE_OT_{operator}")
        jobs: list[Any] = kind.make_jobs(_Operator(kind), bpy.context)
        for job in jobs:
            self.studio.submit(job)
        return jobs

    def finish(self, job: Any, limit_s: float = 60.0) -> Any:
        """Pump the poll function until the job has ended."""
        import time

        end = time.monotonic() + limit_s
        while not job.state.ended:
            assert time.monotonic() < end, f"the job still is {job.state} after {limit_s} s"
            self.studio.poll()
            time.sleep(0.005)
        return job


class _Operator:
    """Stands for an operator's `self`: Blender makes real ones only while they run."""

    def __init__(self, kind: Any) -> None:
        self._kind, self.request, self.hand_edits, self.asked = kind, "", "KEEP", False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name).__get__(self)


@pytest.fixture
def maquette(installed: str, tmp_path: Path) -> Iterator[Maquette]:
    """A fresh file, factory choices, an empty cache, a fake engine that answers at once."""
    import bpy

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    it = Maquette(installed)
    it.preferences.cache_folder = str(tmp_path / "cache")
    it.preferences.storage = "PACK"
    it.studio.close()
    it.studio.notice = None
    it.use_fake_engine()
    yield it
    it.studio.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture."""
    sys.path.insert(0, str(HERE))
    try:
        from fake_engine import png  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(HERE))
    path = tmp_path / "red brick.png"
    path.write_bytes(png(96, (180, 80, 60)))
    return path


@pytest.fixture
def settings(maquette: Maquette, photo: Path) -> Any:
    """The panel's values: the photograph chosen, the smallest size."""
    import bpy

    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(photo)
    settings.texture_exemplar.size = 128
    return settings


@pytest.fixture
def cube(maquette: Maquette) -> Any:
    """A selected, active cube with UVs."""
    import bpy

    bpy.ops.mesh.primitive_cube_add(size=2)
    return bpy.context.object


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the status for the end."""
    session.config.stash[_STATUS] = int(exitstatus)


_STATUS = pytest.StashKey[int]()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave without Python's own ending: bpy 4.2 crashes and 4.5 hangs there while callbacks are registered."""
    if "bpy" in sys.modules and _STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])
