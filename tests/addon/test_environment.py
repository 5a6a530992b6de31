# SPDX-License-Identifier: GPL-3.0-or-later
"""Making, finding and removing the engine's environment, and the check; with commands that download nothing."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy
import pytest


@pytest.fixture
def environment(maquette: Any) -> Any:
    return maquette.module("addon.environment")


def finish(maker: Any) -> Any:
    end = time.monotonic() + 60
    while not maker.done:
        assert time.monotonic() < end
        maker.poll()
        time.sleep(0.02)
    return maker


def steps(environment: Any, folder: Path, *codes: str) -> list[Any]:
    first = environment.Step("Making", (sys.executable, "-I", "-m", "venv", "--without-pip", str(folder)), 0.5)
    rest = [environment.Step(f"Step {i}", (sys.executable, "-I", "-c", code), 0.25) for i, code in enumerate(codes)]
    return [first, *rest]


def test_made_environment_is_found(environment: Any, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    kind = environment.KINDS["CPU"]
    maker = finish(environment.EnvironmentMaker(folder, kind, steps(environment, folder, "print(1)"), tmp_path / "log"))
    assert not maker.error and maker.fraction == 1.0
    (found,) = environment.made_environments([folder, tmp_path / "none"])
    assert found.python == maker.python and os.access(found.python, os.X_OK) and "CPU" in found.origin
    environment.remove_environment(folder)
    assert not folder.exists()


def test_failed_making_leaves_nothing(environment: Any, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    plan = steps(environment, folder, "import sys; print('ERROR: no space left'); sys.exit(3)", "print('never')")
    maker = finish(environment.EnvironmentMaker(folder, environment.KINDS["CPU"], plan, tmp_path / "log"))
    assert "no space left" in maker.error and "Step 0" in maker.error
    assert not folder.exists() and "never" not in (tmp_path / "log").read_text()


def test_cancelled_making_leaves_nothing(environment: Any, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    plan = steps(environment, folder, code)
    maker = environment.EnvironmentMaker(folder, environment.KINDS["CPU"], plan, tmp_path / "log")
    while maker.text != "Step 0":
        maker.poll()
        time.sleep(0.02)
    assert folder.exists()
    started = time.monotonic()
    maker.cancel()
    assert time.monotonic() - started < 1.0
    assert maker.cancelled and not maker.error and not folder.exists()


def test_download_progress_is_read(environment: Any, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    code = "import time; print('Progress 500 of 1000', flush=True); time.sleep(1)"
    plan = steps(environment, folder, code)
    maker = environment.EnvironmentMaker(folder, environment.KINDS["CPU"], plan, tmp_path / "log")
    seen = set()
    while not maker.done:
        maker.poll()
        seen.add(round(maker.fraction, 3))
        time.sleep(0.02)
    assert round(0.5 + 0.25 * 0.45, 3) in seen


def test_half_made_environment_is_not_offered(environment: Any, tmp_path: Path) -> None:
    python = environment.python_in(tmp_path)
    python.parent.mkdir()
    python.touch()
    assert environment.made_environments([tmp_path]) == []


def test_other_blender_versions_are_searched(environment: Any, tmp_path: Path) -> None:
    for version in ("4.2", "5.0", "config"):
        (tmp_path / version / "extensions/.user/user_default/maquette/environment").mkdir(parents=True)
    found = environment.sibling_environments(tmp_path / "4.5")
    assert [folder.parts[-6] for folder in found] == ["5.0", "4.2"]


def test_long_windows_paths_are_refused_before_any_work(environment: Any, tmp_path: Path) -> None:
    errors = sys.modules[environment.HostError.__module__]
    deep = tmp_path / ("a" * 120)
    kind = environment.KINDS["CPU"]
    with pytest.raises(errors.HostError, match="260"):
        environment.check_can_make(deep, kind, windows=True, long_paths=False)
    environment.check_can_make(deep, kind, windows=True, long_paths=True)


def test_plan_pins_what_was_tested(environment: Any, tmp_path: Path) -> None:
    tested = environment.tested_requirements((3, 11))
    assert "==" in tested["torch"] and "==" in tested["numpy"] and "==" in tested["lightning-fabric"]
    newer = environment.tested_requirements((3, 14))
    assert "==" in newer["torch"] and ">=" in newer["numpy"]
    plan = environment.plan(tmp_path / "e", environment.KINDS["CPU"], sys.executable)
    assert sum(step.share for step in plan) == pytest.approx(1.0)


def test_nothing_is_downloaded_offline(maquette: Any) -> None:
    engine = maquette.module("addon.engine")
    assert not bpy.app.online_access
    assert "Preferences > System > Network" in engine.why_offline()
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.maquette.make_environment()


def test_chosen_python_comes_first(maquette: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = maquette.module("addon.engine")
    monkeypatch.setenv("MAQUETTE_PYTHON", sys.executable)
    engine.look_again()
    assert "MAQUETTE_PYTHON" in engine.found().origin
    maquette.preferences.python = sys.executable
    assert engine.found().origin.startswith("Chosen")
    maquette.preferences.python = ""
    monkeypatch.delenv("MAQUETTE_PYTHON")
    engine.look_again()
    assert engine.found() is None
    assert not bpy.types.MAQUETTE_OT_generate.poll(bpy.context)
    engine.look_again()


def test_check_says_what_is_missing(maquette: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = maquette.module("addon.engine")
    monkeypatch.setenv("MAQUETTE_PYTHON", "")
    engine.look_again()
    bpy.ops.maquette.check_engine()
    assert engine.findings()[0].mend == "maquette.make_environment"
    check = maquette.module("addon.check")
    said = '{"python": "3.9.1", "packages": {}, "missing": {}, "devices": []}'
    assert "3.11 or newer" in check.engine_findings("p", said, "")[0].text
    said = '{"python": "3.11.1", "packages": {}, "missing": {"torch": "ImportError: no"}, "devices": []}'
    assert any("torch" in f.text and not f.fine for f in check.engine_findings("p", said, ""))
    said = '{"python": "3.11.1", "packages": {}, "missing": {}, "missing_for_training": {"x": "no"}, "devices": []}'
    assert ["Training lacks x" in f.text for f in check.engine_findings("p", said, "") if not f.fine] == [True]
    assert "no Python that works" in check.engine_findings("p", "", "boom")[0].text
    engine.look_again()


def test_cache_is_measured_and_cleared(maquette: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "results" / "x").mkdir(parents=True)
    (cache / "results" / "x" / "a.png").write_bytes(b"0" * 2**20)
    (cache / "mine.txt").write_text("keep")
    engine = maquette.module("addon.engine")
    engine.measure_cache()
    assert engine.cache_size_text() == "1 MiB"
    bpy.ops.maquette.clear_cache()
    assert not (cache / "results").exists() and (cache / "mine.txt").exists()


def test_check_tries_every_package_that_the_engine_needs(maquette: Any) -> None:
    probe, environment = maquette.module("addon.probe"), maquette.module("addon.environment")
    lines = environment.REQUIREMENTS[0].read_text(encoding="utf-8").splitlines()
    needed = {line.split("==")[0] for line in lines if line and not line.startswith("#")}
    assert {name for name in needed if name != "pillow"} | {"PIL"} == set(probe.PACKAGES)
