# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.errors import InputError
from maquette.core.jobs import Job, JobReader, Refused, check_name
from maquette.core.request import MAX_TEXT_BYTES


def line(photo: Path, **more: Any) -> str:
    references = [f"pictures/{photo.name}"]
    return json.dumps({"generator": "texture", "method": "exemplar", "references": references, **more})


def read(folder: Path, text: str | bytes) -> list[Job | Refused]:
    file = folder / "jobs.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(JobReader(file, folder / "out").read())


@pytest.mark.parametrize(
    "name", ["wall", "Wand 3", "mur_été", "🧱", "a.b", "it's", "a..b", "console", "COM10", "x" * 120, "'; rm -rf"]
)
def test_good_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "'name' is empty"),
        ("..", "begins or ends with a dot"),
        (".", "begins or ends with a dot"),
        (".hidden", "begins or ends with a dot"),
        ("wall.", "begins or ends with a dot"),
        ("wall ", "begins or ends with a dot or a space"),
        (" wall", "begins or ends with a dot or a space"),
        ("../wall", "holds '/'"),
        ("a\\b", "which no folder's name may"),
        ("a:b", "holds ':'"),
        ('say "wall"', "holds '\"'"),
        ("a*", "holds '*'"),
        ("a\nb", "holds '\\n'"),
        ("a\x00b", "holds '\\x00'"),
        ("CON", "is a device's name on Windows"),
        ("nul.txt", "is a device's name on Windows"),
        ("Com1", "is a device's name on Windows"),
        ("LPT¹.png", "is a device's name on Windows"),
        ("aux .x", "is a device's name on Windows"),
        ("x" * 121, "is longer than 120 bytes"),
        ("🧱" * 31, "is longer than 120 bytes"),
        ("Ledger.jsonl", "is the ledger's"),
    ],
)
def test_bad_names_are_said(name: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_name(name)
    assert said in str(caught.value)


@given(st.text(min_size=1, max_size=40))
def test_a_name_that_passes_is_one_plain_folder(name: str) -> None:
    try:
        check_name(name)
    except (InputError, UnicodeEncodeError):
        return
    assert Path(name).name == name and name not in (".", "..")


def test_paths_are_relative_to_the_jobs_file(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    (job,) = read(tmp_path, "\ufeff" + line(photo, name="wall") + "\n\n  \n")
    assert isinstance(job, Job) and job.name == "wall"
    assert json.loads(job.request)["references"][0]["path"] == str(photo)


def test_without_a_name_the_key_is_the_name(photo: Path, tmp_path: Path) -> None:
    (job,) = read(tmp_path, line(photo))
    assert isinstance(job, Job) and job.name == job.key and len(job.key) == 64


def test_every_broken_line_is_said_and_the_rest_is_read(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    lines = [
        (line(photo, name="good"), ""),
        ("{", "The job is not valid JSON"),
        (line(photo, sed=1), "The job has an unknown key 'sed'. Did you mean 'seed'?"),
        (line(photo, params={"size": -1}), "The parameter 'size' must lie between 64 and 8192 px; -1 was given."),
        (line(photo, params={"size": 10**9}), "1000000000 was given"),
        (line(photo, params={"size": "big"}), "The parameter 'size' must be a whole number, and 'big' was given."),
        (line(photo).replace("}", ', "seed": NaN}'), "NaN is no JSON number"),
        (line(photo, version=2), "made by a newer Maquette"),
        (line(photo, name=7), "The job, 'name' must be text, and 7 was given."),
        (line(photo, name="GOOD"), "Line 1 has the name 'GOOD' already"),
        (line(photo, references=["pictures"]), "is a folder. Name a picture file."),
        (line(photo, references=["none.png"]), "does not exist. Check its path."),
        (line(photo, references=["empty.png"]), "is empty. Save it again."),
        (line(photo, references=["jobs.jsonl"]), "is no picture that Maquette reads"),
        ("[1]", "The job must be an object, and [1] was given."),
        (line(photo, name="also good"), ""),
        (line(photo, references=[{"role": "albedo", "sha256": "0" * 64}]), "has a hash and no path"),
        (
            line(photo, references=[{"role": "albedo", "path": "pictures/photo.png", "sha256": "0" * 64}]),
            "has changed since this Request was made",
        ),
        (" " * (MAX_TEXT_BYTES + 10), f"The job is longer than {MAX_TEXT_BYTES} bytes"),
        (line(photo, name="good again"), ""),
    ]
    items = read(tmp_path, "\n".join(text for text, _ in lines))
    assert [item.line for item in items] == list(range(1, len(lines) + 1))
    for item, (_, said) in zip(items, lines, strict=True):
        assert isinstance(item, Refused) == bool(said)
        assert said in getattr(item, "text", "")


def test_bytes_that_are_no_text_are_said(photo: Path, tmp_path: Path) -> None:
    bad, good = read(tmp_path, b"\xff\xfe\n" + line(photo).encode())
    assert isinstance(bad, Refused) and "is not UTF-8 text" in bad.text
    assert isinstance(good, Job)


def test_a_folder_with_something_else_is_not_replaced(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "wall").mkdir(parents=True)
    (tmp_path / "out" / "wall" / "notes.txt").touch()
    (refused,) = read(tmp_path, line(photo, name="wall"))
    assert isinstance(refused, Refused) and "holds 'notes.txt', which is no part of an asset" in refused.text


@pytest.mark.parametrize(("name", "said"), [("none.jsonl", "does not exist"), ("pictures", "is no file")])
def test_a_jobs_file_that_is_none_is_said(photo: Path, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(JobReader(tmp_path / name, tmp_path).read())
