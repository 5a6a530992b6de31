# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine process from outside: a real child, with a stand-in for the synthesis that does as the seed says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stub_engine

from maquette.core import bundle, protocol
from maquette.core.client import EngineProcess
from maquette.core.errors import EngineError, HostError
from maquette.core.protocol import AssetMade, Failed, Generate, Message, Progress, Ready, Warn, WasCancelled

START_S = 60.0
END = (AssetMade, Failed, WasCancelled)


@pytest.fixture(scope="module")
def engines() -> Iterator[list[EngineProcess]]:
    """The engine that tests share for as long as it lives: starting one takes seconds."""
    started: list[EngineProcess] = []
    yield started
    for process in started:
        process.kill()


@pytest.fixture
def engine(engines: list[EngineProcess]) -> EngineProcess:
    if not engines or not engines[-1].alive or engines[-1].job:
        for old in engines:
            old.kill()
        engines.append(EngineProcess(sys.executable, stub_engine.COMMAND))
        listen(engines[-1], Ready)
    return engines[-1]


def job(photo: Path, seed: int, formats: tuple[str, ...] = ("npy",), name: str = "made") -> Generate:
    request: dict[str, Any] = {
        "generator": "texture",
        "method": "exemplar",
        "params": {"size": 64, "maps": ["albedo", "height"]},
        "seed": seed,
        "references": [str(photo)],
    }
    return Generate(f"job-{seed}", request, str(photo.parent.parent / "out" / name), formats)


def listen(engine: EngineProcess, until: type | tuple[type, ...] = END, limit_s: float = START_S) -> list[Message]:
    """Everything that the engine says up to the first message of the kind."""
    heard: list[Message] = []
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        heard += engine.poll()
        if any(isinstance(message, until) for message in heard):
            return heard
        engine.wait(0.05)
    raise AssertionError(f"only {heard} came; stderr: {engine.log}")


def out_of(photo: Path) -> list[str]:
    folder = photo.parent.parent / "out"
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_a_job_is_answered_with_a_bundle(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, 1, ("npy", "png")))
    ready, made = engine.ready, listen(engine)[-1]
    assert ready is not None and ready.protocol == protocol.PROTOCOL_VERSION and "cpu" in ready.devices
    assert isinstance(made, AssetMade) and set(made.files) == {"albedo.png", "height.png"}
    asset = bundle.load(Path(made.folder))
    assert asset.provenance is not None and asset.provenance.device == "cpu" and not asset.provenance.fallbacks
    assert asset.materials[0].maps["albedo"].shape == (64, 64, 3)


def test_stray_prints_cannot_corrupt_the_channel(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.STRAY_PRINTS))
    assert isinstance(listen(engine)[-1], AssetMade)
    expected = ("a stray print", "half a line", "forged", "from C", "from a child")
    # another pipe than the channel: its reader may come a moment later
    deadline = time.monotonic() + 10
    while not all(words in engine.log for words in expected) and time.monotonic() < deadline:
        time.sleep(0.01)
    for words in expected:
        assert words in engine.log


def test_cancel_is_answered_within_a_second_and_the_engine_lives(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.SLOW))
    listen(engine, Progress)
    started = time.monotonic()
    engine.cancel()
    assert isinstance(listen(engine)[-1], WasCancelled)
    assert time.monotonic() - started < 1
    assert engine.alive and out_of(photo) == []
    engine.generate(job(photo, 1))
    assert isinstance(listen(engine)[-1], AssetMade)


def test_a_deaf_job_is_killed_within_a_second(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.DEAF))
    listen(engine, Progress)
    started = time.monotonic()
    engine.cancel()
    assert isinstance(listen(engine)[-1], WasCancelled)
    assert time.monotonic() - started < 1
    assert not engine.alive and out_of(photo) == []


def test_a_killed_process_gives_one_report_and_a_fresh_one_works(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.SLOW))
    listen(engine, Progress)
    os.kill(engine.pid, signal.SIGKILL)
    (report,) = (message for message in listen(engine) if isinstance(message, Failed))
    assert report.id == f"job-{stub_engine.SLOW}"
    assert report.text.startswith("The engine's process was killed, perhaps because memory ran out.")
    assert [m for _ in range(5) for m in engine.poll()] == []
    fresh = EngineProcess(sys.executable, stub_engine.COMMAND)
    fresh.generate(job(photo, 1))
    assert isinstance(listen(fresh)[-1], AssetMade)
    fresh.close()
    assert not fresh.alive


def test_what_a_killed_process_had_half_written_is_removed(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.SLOW))
    listen(engine, Progress)
    half = photo.parent.parent / "out" / f".making-{engine.pid}-x"
    half.mkdir(parents=True)
    os.kill(engine.pid, signal.SIGKILL)
    listen(engine)
    assert not half.exists()


@pytest.mark.parametrize(
    ("seed", "kind", "said"),
    [
        (stub_engine.REFUSED, "InputError", "This picture cannot be used. Give another."),
        (stub_engine.BUG, "EngineError", "The engine met an error it does not know (KeyError: 'nothing')."),
        (stub_engine.LACKING, "HostError", "The engine's Python lacks the package 'no_such_package'"),
        (stub_engine.OUT_OF_MEMORY, "OutOfMemory", "There is not enough memory for this result, even in small steps."),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_nothing(
    engine: EngineProcess, photo: Path, seed: int, kind: str, said: str
) -> None:
    engine.generate(job(photo, seed))
    failed = listen(engine)[-1]
    assert isinstance(failed, Failed) and failed.kind == kind and failed.text.startswith(said)
    assert out_of(photo) == []
    engine.generate(job(photo, 1))
    assert isinstance(listen(engine)[-1], AssetMade)


def test_out_of_memory_is_answered_by_smaller_steps_and_recorded(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.OUT_OF_MEMORY_ONCE))
    heard = listen(engine)
    (warning,) = (message for message in heard if isinstance(message, Warn))
    assert warning.text == "The CPU ran out of memory; going on with 512 rows at a time."
    made = heard[-1]
    assert isinstance(made, AssetMade)
    provenance = bundle.load(Path(made.folder)).provenance
    assert provenance is not None and provenance.fallbacks == ("cpu, 512 rows at a time",)


def test_a_bad_request_is_refused_and_a_bad_line_answered(engine: EngineProcess, photo: Path) -> None:
    assert engine._process.stdin is not None
    engine._process.stdin.write(b"nonsense\n")
    engine._process.stdin.flush()
    nonsense = listen(engine, Failed)[-1]
    assert isinstance(nonsense, Failed) and "nonsense" in nonsense.text
    engine.generate(Generate("bad", {"generator": "texture"}, str(photo.parent / "out"), ("png",)))
    refused = listen(engine)[-1]
    assert isinstance(refused, Failed) and refused.text == "The Request lacks 'method'. Add it."


def test_one_job_at_a_time(engine: EngineProcess, photo: Path) -> None:
    engine.generate(job(photo, stub_engine.SLOW))
    with pytest.raises(EngineError, match=r"The engine is busy"):
        engine.generate(job(photo, 1))


def test_an_engine_that_cannot_start_is_one_report() -> None:
    with pytest.raises(HostError, match=r"could not be started with 'none'"):
        EngineProcess("none", ["/does/not/exist"])
    silent = EngineProcess(sys.executable, [sys.executable, "-c", "raise SystemExit(3)"])
    (report,) = listen(silent)
    assert isinstance(report, Failed) and report.text.startswith("The engine did not start.")
    babbling = EngineProcess(
        sys.executable, [sys.executable, "-c", "print('hello', flush=True); import time; time.sleep(60)"]
    )
    (report,) = listen(babbling)
    assert isinstance(report, Failed) and "nonsense" in report.text
    silent.close()
    babbling.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX processes")
def test_the_engine_ends_when_its_host_is_gone(photo: Path) -> None:
    """The host is a process of its own, killed while its engine works; the half-written folder goes as well."""
    line = protocol.encode(job(photo, stub_engine.SLOW))
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, json.dumps(stub_engine.COMMAND), line], stdout=subprocess.PIPE, text=True
    )
    assert host.stdout is not None
    pid = int(host.stdout.readline())
    host.kill()
    host.wait()
    host.stdout.close()
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)
    assert out_of(photo) == []


HOST = """
import json, subprocess, sys, time
engine = subprocess.Popen(json.loads(sys.argv[1]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
engine.stdin.write(sys.argv[2]); engine.stdin.flush()
while '"progress"' not in engine.stdout.readline(): pass
print(engine.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    """Whether a process of that id runs (one that waits to be collected does not)."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
