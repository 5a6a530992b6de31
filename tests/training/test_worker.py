# SPDX-License-Identifier: GPL-3.0-or-later
"""The training's process from outside: a real child with a stand-in for the training; see `stub_training`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stub_training

from maquette.core.client import EngineProcess
from maquette.core.models import find_model
from maquette.core.protocol import Failed, Message, Pause, Ready, Resume, Train, Trained, Training, WasCancelled

LIMIT_S = 120.0
END = (Trained, Failed, WasCancelled)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the user's models, for this process and the child."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAQUETTE_MODELS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def processes(models: Path) -> Iterator[list[EngineProcess]]:
    started: list[EngineProcess] = []
    yield started
    for process in started:
        process.kill()


@pytest.fixture
def process(processes: list[EngineProcess]) -> EngineProcess:
    if not processes or not processes[-1].alive or processes[-1].job:
        processes.append(EngineProcess("", stub_training.COMMAND, cancel_grace_s=LIMIT_S))
        until(processes[-1], Ready)
    return processes[-1]


def until(process: EngineProcess, kind: type | tuple[type, ...], fits: Callable = lambda m: True) -> list[Message]:
    """Everything that is said up to the first fitting message of the kind."""
    heard: list[Message] = []
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        for message in process.poll():
            heard.append(message)
            if isinstance(message, kind) and fits(message):
                return heard
        process.wait(0.05)
    raise AssertionError(f"only {heard} came; stderr: {process.log}")


def wish(tmp_path: Path, preset: str, **more: object) -> Train:
    return Train("t1", "texture/photo", str(tmp_path), str(tmp_path / "out"), preset=preset, **more)  # type: ignore[arg-type]


def test_a_training_ends_in_the_list_of_models(process: EngineProcess, tmp_path: Path, models: Path) -> None:
    process.train(wish(tmp_path, "quick", name="My bricks", changes={"images": 5}))
    heard = until(process, END)
    trained = heard[-1]
    assert isinstance(trained, Trained)
    assert (
        find_model("texture", "photo", "My bricks").path
        == Path(trained.model)
        == models.joinpath("texture-photo", "My bricks.safetensors")
    )
    assert Path(trained.model).read_bytes() == b"weights of quick"
    assert Path(trained.card).read_text() == "card of {'images': 5}"
    assert not process.job


def test_progress_tells_images_figures_and_the_sheet(process: EngineProcess, tmp_path: Path) -> None:
    process.train(wish(tmp_path, "slow"))
    heard = until(process, Training, lambda m: m.images > 3 and m.sheet)[-1]
    assert isinstance(heard, Training)
    assert (heard.total_images, heard.rate, heard.seconds_left, heard.text) == (50, 10.0, 0.0, "Training")
    assert set(heard.figures) == {"loss"} and heard.sheet == str(tmp_path / "out" / "samples.png")
    process.cancel()
    until(process, WasCancelled)


def test_pause_resume_and_cancel(process: EngineProcess, tmp_path: Path) -> None:
    process.train(wish(tmp_path, "slow"))
    until(process, Training, lambda m: m.images > 1)
    process.pause()
    assert until(process, Training, lambda m: m.paused)
    # what was under way is told, then nothing more
    time.sleep(0.3)
    process.poll()
    time.sleep(0.3)
    assert not process.poll()
    process.resume()
    assert until(process, Training, lambda m: not m.paused and m.images > 3)
    process.cancel()
    assert isinstance(until(process, END)[-1], WasCancelled)
    assert int((tmp_path / "out" / "checkpoint").read_text()) > 3


def test_a_paused_training_can_be_stopped_and_taken_up_again(process: EngineProcess, tmp_path: Path) -> None:
    process.train(wish(tmp_path, "slow"))
    until(process, Training, lambda m: m.images > 1)
    process.pause()
    until(process, Training, lambda m: m.paused)
    process.cancel()
    assert isinstance(until(process, END)[-1], WasCancelled)
    before = int((tmp_path / "out" / "checkpoint").read_text())
    process.train(wish(tmp_path, "slow"))
    first = next(m for m in until(process, Training, lambda m: m.images > before) if isinstance(m, Training))
    assert first.images >= before
    process.cancel()
    until(process, END)


@pytest.mark.parametrize(
    ("preset", "kind", "said"),
    [
        ("diverge", "EngineError", "diverged"),
        ("memory", "OutOfMemory", "smaller preset"),
        ("bug", "EngineError", "ZeroDivisionError"),
    ],
)
def test_failures_are_sentences_and_the_process_lives(
    process: EngineProcess, tmp_path: Path, preset: str, kind: str, said: str
) -> None:
    process.train(wish(tmp_path, preset))
    failed = until(process, END)[-1]
    assert isinstance(failed, Failed) and failed.kind == kind and said in failed.text
    assert process.alive and not process.job


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "shipped"}, "cannot be named"),
        ({"name": "../x"}, "cannot be named"),
        ({"changes": {"image": 3}}, "Did you mean 'images'"),
        ({"changes": {"images": "3"}}, "must be a number"),
        ({"changes": {"batch": 2.5}}, "must be a number"),
        ({"device": "abacus"}, "no device"),
    ],
)
def test_bad_wishes_are_refused_before_any_work(
    process: EngineProcess, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    process.train(wish(tmp_path, "quick", **more))
    failed = until(process, END)[-1]
    assert isinstance(failed, Failed) and failed.kind == "InputError" and said in failed.text
    assert not (tmp_path / "out").exists()


def test_messages_for_nobody_are_passed_over(process: EngineProcess, tmp_path: Path) -> None:
    process._send(Pause("other"))
    process._send(Resume("other"))
    process.train(wish(tmp_path, "quick"))
    assert isinstance(until(process, END)[-1], Trained)


def test_a_killed_process_is_one_report(process: EngineProcess, tmp_path: Path) -> None:
    process.train(wish(tmp_path, "killed"))
    failed = until(process, END)[-1]
    assert isinstance(failed, Failed) and "killed" in failed.text
    assert not process.alive


def test_a_host_that_goes_leaves_a_checkpoint(process: EngineProcess, tmp_path: Path) -> None:
    process.train(wish(tmp_path, "slow"))
    until(process, Training, lambda m: m.images > 1)
    process.close(LIMIT_S)
    assert not process.alive and (tmp_path / "out" / "checkpoint").exists()


def test_a_missing_package_is_a_sentence(tmp_path: Path) -> None:
    lacking = tmp_path / "lacking.py"
    lacking.write_text(
        "import sys\nsys.modules['lightning_fabric'] = None\nfrom maquette.training import worker\nworker.main()\n"
    )
    process = EngineProcess("", [sys.executable, str(lacking)])
    failed = until(process, Failed)[-1]
    process.kill()
    assert isinstance(failed, Failed) and failed.kind == "HostError" and "lacks a package" in failed.text
