# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches with real child processes; what they make is a stand-in that does as the seed says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stub_engine

from maquette.core.batch import BatchResult, Done, Event, Fault, Planned, Warned, run_batch
from maquette.core.client import EngineProcess
from maquette.core.errors import Cancelled, EngineError, HostError, InputError
from maquette.core.jobs import JobReader
from maquette.core.ledger import Ledger

Jobs = Callable[..., Path]


@pytest.fixture
def jobs(photo: Path, tmp_path: Path) -> Jobs:
    """Writes a jobs file: a name and a seed a line."""

    def write(*lines: tuple[str, int], size: int = 64) -> Path:
        common = {"generator": "texture", "method": "exemplar", "references": [f"pictures/{photo.name}"]}
        params = {"size": size, "maps": ["albedo"]}
        text = [json.dumps({"name": name, "seed": seed, "params": params, **common}) for name, seed in lines]
        (tmp_path / "jobs.jsonl").write_text("\n".join(text) + "\n")
        return tmp_path / "jobs.jsonl"

    return write


def start() -> EngineProcess:
    return EngineProcess(sys.executable, stub_engine.LIGHT)


def run(jobs_file: Path, **options: Any) -> BatchResult:
    options = {"start": start, **options}
    return run_batch(jobs_file, jobs_file.parent / "out", **options)


def ledger(jobs_file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (jobs_file.parent / "out" / "ledger.jsonl").read_text().splitlines() if line]


def folders(jobs_file: Path) -> set[str]:
    return {path.name for path in (jobs_file.parent / "out").glob("*")} - {"ledger.jsonl"}


def test_a_failure_stops_nothing_and_the_same_call_goes_on(jobs: Jobs) -> None:
    file = jobs(("one", 1), ("bug", stub_engine.BUG), ("two", 2), ("no", stub_engine.REFUSED), ("three", 3))
    with open(file, "a") as more:
        more.write("{broken\n")
    events: list[Event] = []
    result = run(file, on_event=events.append, workers=2)
    assert (result.made, result.kept) == (3, 0)
    assert {fault.line for fault in result.faults} == {2, 4, 6}
    assert folders(file) == {"one", "two", "three"}
    assert set(os.listdir(file.parent / "out" / "one")) == {"albedo.png", "asset.json"}
    assert isinstance(events[0], Planned) and events[0].total == 6
    assert isinstance(events[1], Fault) and events[1].line == 6, "what is known beforehand is said before any work"
    ends = [event.finished for event in events if isinstance(event, (Done, Fault))]
    assert sorted(ends) == [1, 2, 3, 4, 5, 6]
    assert {(entry["name"], entry["status"]) for entry in ledger(file)} == {
        ("one", "done"), ("two", "done"), ("three", "done"), ("bug", "failed"), ("no", "failed")
    }  # fmt: skip
    made = {name: (file.parent / "out" / name / "asset.json").stat().st_mtime_ns for name in folders(file)}

    again = run(file)
    assert (again.made, again.kept, len(again.faults)) == (0, 3, 3)
    assert {name: (file.parent / "out" / name / "asset.json").stat().st_mtime_ns for name in folders(file)} == made
    assert [entry["status"] for entry in ledger(file)].count("failed") == 4, "failed jobs are tried again"


def test_what_changed_is_made_again(jobs: Jobs, photo: Path) -> None:
    file = jobs(("one", 1), ("two", 2))
    assert run(file).made == 2
    jobs(("one", 5), ("two", 2))
    again = run(file)
    assert (again.made, again.kept) == (1, 1)
    (file.parent / "out" / "two" / "asset.json").unlink()
    (file.parent / "out" / "two" / "albedo.png").unlink()
    assert run(file).made == 1
    (file.parent / "out" / "one" / "albedo.png").unlink()
    assert run(file).made == 1, "a folder that lacks a file is not done"
    assert run(file, formats=("png", "npy")).made == 2
    photo.write_bytes(photo.read_bytes() + b"changed")
    assert run(file).made == 2


def test_a_killed_batch_goes_on_where_it_was(jobs: Jobs) -> None:
    file = jobs(*((f"job{i}", i) for i in range(3)), ("slow", stub_engine.SLOW), ("last", 4))
    process = subprocess.Popen([sys.executable, "-c", BATCH, str(file)], env=support_environment())
    wait_until(lambda: folders(file) >= {"job0", "job1", "job2"})
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open(file.parent / "out" / "ledger.jsonl", "a") as torn:
        torn.write('{"name": "job0", "sta')
    (file.parent / "out" / ".making-1-left").mkdir()
    jobs(*((f"job{i}", i) for i in range(3)), ("slow", 6), ("last", 4))
    result = run(file)
    assert (result.made, result.kept, result.faults) == (2, 3, ())
    assert folders(file) == {"job0", "job1", "job2", "slow", "last"}
    assert run(file).kept == 5


def test_a_stop_is_clean_and_says_how_to_go_on(jobs: Jobs) -> None:
    file = jobs(("one", 1), ("slow", stub_engine.SLOW))
    engines: list[EngineProcess] = []

    def interrupt(event: Event) -> None:
        if isinstance(event, Done):
            raise KeyboardInterrupt

    def remembered() -> EngineProcess:
        engines.append(start())
        return engines[-1]

    with pytest.raises(Cancelled, match=r"Stopped, 1 of 2 jobs are left. The same command goes on from here."):
        run(file, on_event=interrupt, start=remembered)
    assert folders(file) == {"one"}
    assert not any(engine.alive for engine in engines)


def test_a_job_whose_process_dies_is_tried_once_more(jobs: Jobs) -> None:
    file = jobs(("once", stub_engine.KILLED_ONCE), ("always", stub_engine.KILLED), ("good", 1))
    events: list[Event] = []
    result = run(file, on_event=events.append)
    assert result.made == 2 and [fault.name for fault in result.faults] == ["always"]
    assert "was killed" in result.faults[0].text
    assert {event.name for event in events if isinstance(event, Warned)} == {"once", "always"}
    assert folders(file) == {"once", "good"}


def test_what_every_job_would_meet_ends_the_batch(jobs: Jobs) -> None:
    file = jobs(("full", stub_engine.NO_ROOM), *((f"job{i}", i) for i in range(50)))
    with pytest.raises(HostError, match=r"The disk is full. Make room. The same command goes on from here."):
        run(file)
    assert ledger(file)[-1]["status"] == "failed"


def test_an_engine_that_does_not_start_ends_the_batch(jobs: Jobs) -> None:
    silent = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(EngineError, match=r"The engine did not start."):
        run(jobs(("one", 1)), start=lambda: EngineProcess(sys.executable, silent))


def test_two_batches_cannot_share_a_folder(jobs: Jobs) -> None:
    file = jobs(("one", 1))
    other = Ledger(file.parent / "out" / "ledger.jsonl")
    with pytest.raises(InputError, match=r"Another batch is at work in .* Wait for it, or choose another folder."):
        run(file)
    other.close()
    assert run(file).made == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "'workers' must lie between 1 and 64; 0 was given."),
        ({"workers": 10**9}, "1000000000 was given"),
        ({"formats": ("png", "psd")}, "There is no export 'psd'."),
        ({"formats": ()}, "No export was named."),
        ({"device": "tpu"}, "There is no device 'tpu'."),
    ],
)
def test_a_wrong_option_is_said_before_any_work(jobs: Jobs, options: dict[str, Any], said: str) -> None:
    file = jobs(("one", 1))
    with pytest.raises(InputError) as caught:
        run(file, **options)
    assert said in str(caught.value)
    assert not (file.parent / "out").exists()


def test_a_missing_jobs_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"The jobs file .* does not exist"):
        run(tmp_path / "none.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_cannot_be_written_is_said(jobs: Jobs) -> None:
    file = jobs(("one", 1))
    with pytest.raises(InputError, match=r"is a file. Choose a folder"):
        run_batch(file, file, start=start)
    with pytest.raises(HostError, match=r"cannot be written"):
        run_batch(file, Path("/proc/nothing"), start=start)


@pytest.mark.skipif(sys.platform == "win32", reason="uses a POSIX limit")
def test_a_full_disk_is_said_when_a_torn_ledger_is_opened(jobs: Jobs, tmp_path: Path) -> None:
    import resource

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ledger.jsonl").write_bytes(b'{"name": "on')
    file = jobs(("one", 1))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12, before[1]))
    try:
        with pytest.raises(HostError, match=r"cannot be written: File too large. Choose another folder."):
            run(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_read_only_output_is_said(jobs: Jobs, read_only: Path) -> None:
    with pytest.raises(HostError, match=r"cannot be written: Permission denied. Choose another folder."):
        run_batch(jobs(("one", 1)), read_only / "out", start=start)


def test_many_lines_need_little_memory(photo: Path, tmp_path: Path) -> None:
    common = '"generator": "texture", "method": "exemplar", "references": ["pictures/photo.png"]'
    (tmp_path / "jobs.jsonl").write_text("".join(f'{{"name": "job{i}", "seed": {i}, {common}}}\n' for i in range(500)))
    tracemalloc.start()
    read = list(JobReader(tmp_path / "jobs.jsonl", tmp_path / "out").read())
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used / len(read) * 100_000 < 500 * 2**20


BATCH = """
import sys
from pathlib import Path
import stub_engine
from maquette.core.batch import run_batch
from maquette.core.client import EngineProcess
file = Path(sys.argv[1])
run_batch(file, file.parent / "out", start=lambda: EngineProcess(sys.executable, stub_engine.LIGHT))
"""


def support_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(stub_engine.__file__).parent)}


def wait_until(condition: Callable[[], object], limit_s: float = 60) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
