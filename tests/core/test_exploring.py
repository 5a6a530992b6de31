# SPDX-License-Identifier: GPL-3.0-or-later
"""An exploration in a real engine process, with a stand-in for the synthesis that does as the seed says."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stub_engine
from PIL import Image

from maquette.__main__ import main
from maquette.core import bundle, explore_command
from maquette.core.client import EngineProcess
from maquette.core.protocol import Candidate, Explore, Explored, Failed, Message, Progress, Warn, WasCancelled
from maquette.core.request import Request

END = (Explored, Failed, WasCancelled)


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineProcess]:
    process = EngineProcess(sys.executable, stub_engine.COMMAND)
    yield process
    process.kill()


def request(photo: Path, seed: int, **params: Any) -> dict[str, Any]:
    return {
        "generator": "texture",
        "method": "exemplar",
        "params": {"size": 64, "maps": ["albedo", "height"], **params},
        "seed": seed,
        "references": [str(photo)],
    }


def exploration(photo: Path, move: str, *seeds: int, **given: Any) -> Explore:
    requests = tuple(request(photo, seed) for seed in seeds)
    return Explore("look", move, requests, str(photo.parent.parent / "looks"), preview=64, **given)


def listen(engine: EngineProcess, until: Any = END) -> list[Message]:
    heard: list[Message] = []
    end = time.monotonic() + 60
    while time.monotonic() < end:
        heard += engine.poll()
        if any(isinstance(message, until) for message in heard):
            return heard
        engine.wait(0.05)
    raise AssertionError(f"only {heard} came; stderr: {engine.log}")


def of(kind: type, heard: list[Message]) -> list[Any]:
    return [message for message in heard if isinstance(message, kind)]


def test_candidates_come_one_by_one_with_pictures(engine: EngineProcess, photo: Path) -> None:
    engine.explore(exploration(photo, "explore", 1, count=4))
    heard = listen(engine)
    found = of(Candidate, heard)
    assert heard[-1] == Explored("look", 4) and [one.number for one in found] == [0, 1, 2, 3]
    assert len({one.folder for one in found}) == 4 and len({str(one.request) for one in found}) == 4
    for one in found:
        assert (Path(one.folder) / "thumbnail.png").read_bytes().startswith(b"\x89PNG")
        made = bundle.load(Path(one.folder))
        assert made.provenance is not None and made.provenance.key == Request.from_plain(one.request).key
    # each is told of as soon as it is there: work goes on after the first
    kinds = [type(message) for message in heard]
    assert Progress in kinds[kinds.index(Candidate) :]


def test_one_that_fails_is_told_and_the_others_go_on(engine: EngineProcess, photo: Path) -> None:
    engine.explore(exploration(photo, "between", stub_engine.REFUSED, 7, count=3))
    heard = listen(engine)
    # the middle one has the seed of the first
    assert [one.number for one in of(Candidate, heard)] == [2] and heard[-1] == Explored("look", 1)
    assert "Candidate 1 could not be made. This picture cannot be used." in of(Warn, heard)[0].text


def test_where_all_fail_the_job_fails(engine: EngineProcess, photo: Path) -> None:
    engine.explore(exploration(photo, "between", stub_engine.BUG, stub_engine.REFUSED, count=2))
    failure = listen(engine)[-1]
    assert isinstance(failure, Failed) and failure.kind == "InputError" and "cannot be used" in failure.text


def test_a_cancelled_exploration_keeps_what_was_made(engine: EngineProcess, photo: Path) -> None:
    engine.explore(exploration(photo, "between", 1, stub_engine.SLOW, count=2))
    first = of(Candidate, listen(engine, Candidate))[0]
    engine.cancel()
    assert isinstance(listen(engine)[-1], WasCancelled) and engine.alive
    folder = Path(first.folder)
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]
    assert len(bundle.load(folder).materials) == 1


def test_bad_explorations_are_sentences_before_any_work(engine: EngineProcess, photo: Path) -> None:
    bad = {
        "no move 'leap'": exploration(photo, "leap", 1),
        "Between 1 and 36 candidates": exploration(photo, "explore", 1, count=99),
        "px wide": exploration(photo, "explore", 1, count=2).__class__("look", "explore", (), "", 2, 5),
        "one Request or more": exploration(photo, "explore"),
        "Pick two": exploration(photo, "between", 1),
        "one each": exploration(photo, "more", 1, 2, ratings=(3.0,)),
        "stars": exploration(photo, "more", 1, ratings=(9.0,)),
        "no parameter 'hight'": exploration(photo, "vary", 1, locked=("hight",)),
        "'strength'": exploration(photo, "vary", 1, strength=2.0),
        "needs two candidates": exploration(photo, "mix", 1),
    }
    for words, job in bad.items():
        engine.explore(job)
        heard = listen(engine)
        assert isinstance(heard[-1], Failed) and words in heard[-1].text, (words, heard[-1])
        assert not of(Candidate, heard)


def test_the_command_writes_a_sheet_and_the_requests(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = photo.parent / "wish.json"
    wish.write_text(json.dumps({**request(photo, 1), "references": ["photo.png"]}))
    monkeypatch.setattr(explore_command, "EngineProcess", lambda python: EngineProcess(python, stub_engine.COMMAND))
    out = photo.parent.parent / "found"
    flags = ["explore", str(wish), "--move", "vary", "--count", "5", "--preview", "64", "--lock", "relief"]
    assert main([*flags, "--out", str(out)]) == 0
    with Image.open(out / "sheet.png") as sheet:
        assert sheet.width > 3 * 256
    lines = [json.loads(line) for line in (out / "candidates.jsonl").read_text().splitlines()]
    assert len(lines) == 5 and {line["params"]["relief"] for line in lines} == {0.02}
    assert all((out / line.pop("name") / "thumbnail.png").is_file() for line in lines)
    assert len({Request.from_plain(line).key for line in lines}) == 5
    # what is there is not written over, and what cannot be read is a sentence
    assert main([*flags, "--out", str(out)]) == 2
    assert main(["explore", str(photo), "--out", str(out / "other")]) == 2 and not (out / "other").exists()
