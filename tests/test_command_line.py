# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands as people run them: exit codes, sentences, files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from maquette.__main__ import main
from maquette.core.single import reference_from_text
from maquette.core.version import VERSION

SMALL = ["--size", "64", "--maps", "albedo,height"]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / 'it\'s a "photo" 🧱.png'
    values = np.random.default_rng(0).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    Image.fromarray(values).save(path)
    return path


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maquette", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, cwd=cwd)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_help_and_version_are_quick_and_bring_no_torch(capsys: pytest.CaptureFixture[str]) -> None:
    code = "import sys; sys.modules['torch'] = sys.modules['bpy'] = None; from maquette.__main__ import main; main()"
    for words in (["--help"], ["generate", "texture", "exemplar", "--help"], ["batch", "--help"], ["--version"]):
        said = subprocess.run([sys.executable, "-c", code, *words], check=False, capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
    assert VERSION in said.stdout


def test_every_parameter_is_a_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["generate", "texture", "exemplar", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    for words in ("--size PX", "--size-m M", "--relief", "--maps", "64 to 8192 px", "(default: 1024)", "--seed"):
        assert words in said


def test_one_request_gives_the_same_bytes_everywhere(photo: Path, tmp_path: Path) -> None:
    """The command, a batch with one thread an engine, and Python itself."""
    from maquette.core import bundle, engine
    from maquette.core.files.export import export
    from maquette.core.request import Request

    request = {
        "generator": "texture",
        "method": "exemplar",
        "params": {"size": 96, "maps": ["albedo", "normal", "height"]},
        "seed": 7,
        "references": [photo.name],
    }
    made = run(
        *("generate", "texture", "exemplar", "--reference", photo.name, "--size", "96", "--seed", "7"),
        *("--maps", "albedo,normal,height", "--out", "alone", "--export", "png,exr,npy"),
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    assert "alone is there: albedo.png" in made.stdout

    lines = [json.dumps({"name": name, **request, "seed": seed}) for name, seed in (("same", 7), ("other", 8))]
    (tmp_path / "jobs.jsonl").write_text("\n".join(lines))
    batch = run("batch", tmp_path / "jobs.jsonl", "--out", tmp_path / "all", "--export", "png,exr,npy", "--workers", 2)
    assert batch.returncode == 0, batch.stderr
    assert "2 jobs made, 0 failed" in batch.stdout

    asset = engine.generate(Request.from_plain(request).resolved(tmp_path), device="auto")
    with bundle.writing(tmp_path / "python") as folder:
        export(asset, folder, ("png", "exr", "npy"), progress=lambda fraction, text: None)
    alone = files(tmp_path / "alone")
    assert set(alone) > {"asset.json", "albedo.png", "normal.exr", "0000.npy"}
    assert files(tmp_path / "all" / "same") == alone
    assert files(tmp_path / "python") == alone
    assert files(tmp_path / "all" / "other")["albedo.png"] != alone["albedo.png"]

    again = run("batch", tmp_path / "jobs.jsonl", "--out", tmp_path / "all", "--export", "png,exr,npy")
    assert again.returncode == 0
    assert "0 jobs made, 2 were there already, 0 failed" in again.stdout


def test_engines_textures_are_named_by_the_folder(photo: Path, tmp_path: Path) -> None:
    made = run(
        *("generate", "texture", "exemplar", "--reference", photo.name, "--size", "64", "--maps", "normal,roughness"),
        *("--out", "old wall", "--export", "unreal:exr,godot"),
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    unreal = {f"T_OldWall_{part}.exr" for part in ("BC", "N", "ORM")}
    godot = {f"old_wall_{part}.png" for part in ("albedo", "normal", "orm")}
    assert set(files(tmp_path / "old wall")) == {"asset.json", *unreal, *godot}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--size", "-1"], "The parameter 'size' must lie between 64 and 8192 px; -1 was given."),
        (["--size", "1000000000"], "1000000000 was given."),
        (["--size", "big"], "The parameter 'size' must be a whole number, and 'big' was given."),
        (["--size-m", "nan"], "The parameter 'size_m' is nan; a finite number is needed."),
        (["--maps", "albedo,colour"], "The parameter 'maps' knows albedo, normal"),
        (["--seed", "-1"], "'seed' must be a whole number from 0 to 2147483647; -1 was given."),
        (["--seed", "x"], "'seed' must be a whole number"),
        (["--seed=--5"], "'seed' must be a whole number"),
        (["--seed", "9" * 5000], "'seed' must be a whole number"),
        (["--export", ""], "No export was named. Name one, such as png."),
        (["--out", "o" * 300], "cannot be used: File name too long. Choose another folder."),
        (["--reference", f"glow={'o' * 300}"], "'exemplar' takes references of albedo, normal"),
        (["--reference", f"x={'o' * 300}"], "'exemplar' takes references of albedo, normal"),
        (["--export", "png,psd"], "There is no export 'psd'. Known are npy, png, png8, png16, exr, glb"),
        (["--device", "tpu"], "invalid choice: 'tpu'"),
        (["--colour", "red"], "unrecognized arguments: --colour red"),
        (["--reference", "normal=none.png"], "The picture 'none.png' does not exist. Check its path."),
        (["--reference", "albedo@much=none.png"], "'albedo@much' has no number as its weight."),
        (["--reference", "albedo@-1=none.png"], "'weight' must lie above 0 and up to 1000000; -1.0 was given."),
        (["--reference", "glow=none.png"], "'exemplar' takes references of albedo, normal"),
    ],
)
def test_a_wrong_flag_is_one_sentence(
    photo: Path, tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        exit_code(
            "generate", "texture", "exemplar", "--reference", str(photo), "--out", str(tmp_path / "out"), *arguments
        )
        == 2
    )
    error = capsys.readouterr().err
    assert said in error and error.startswith("maquette: ") and error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == [photo]


def test_a_reference_may_have_a_role_and_a_weight(tmp_path: Path) -> None:
    roles = ("albedo", "normal")
    odd = tmp_path / "a@0.5=b.png"
    odd.touch()
    told = {
        "wall.jpg": ("albedo", "wall.jpg", 1.0),
        "normal=n.png": ("normal", "n.png", 1.0),
        "albedo@0.3=a=b.png": ("albedo", "a=b.png", 0.3),
        r"normal@2=C:\\n@1.png": ("normal", r"C:\\n@1.png", 2.0),
        r"C:\\a@1.png": ("albedo", r"C:\\a@1.png", 1.0),
        str(odd): ("albedo", str(odd), 1.0),
    }
    for text, expected in told.items():
        found = reference_from_text(text, roles)
        assert (found.role, found.path, found.weight) == expected


def test_a_missing_reference_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("generate", "texture", "exemplar", "--out", str(tmp_path / "out")) == 2
    assert "'exemplar' needs a reference picture for albedo, and none was given." in capsys.readouterr().err


def test_a_folder_of_other_things_is_not_replaced(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("generate", "texture", "exemplar", "--reference", str(photo), "--out", str(tmp_path)) == 2
    assert "which is no part of an asset. Choose another folder." in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [photo]


def test_a_folder_below_a_file_is_refused_before_any_work(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(photo / "wall" / "red")
    assert exit_code("generate", "texture", "exemplar", "--reference", str(photo), "--out", out) == 2
    assert capsys.readouterr().err.endswith("is a file. Choose a folder.\n")


def test_an_output_that_cannot_be_written_is_said(photo: Path) -> None:
    made = run("generate", "texture", "exemplar", "--reference", photo, *SMALL, "--out", "/proc/nothing/here")
    assert made.returncode == 1
    assert "Choose another folder." in made.stderr and "Traceback" not in made.stderr


def test_a_batch_with_faults_says_so_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "jobs.jsonl").write_text("{broken\n")
    assert exit_code("batch", str(tmp_path / "jobs.jsonl"), "--out", str(tmp_path / "out")) == 1
    said = capsys.readouterr()
    assert "Line 1: The job is not valid JSON" in said.err and "0 jobs made, 1 failed" in said.out
    assert exit_code("batch", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "out")) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_ctrl_c_stops_within_seconds_and_leaves_nothing(photo: Path, tmp_path: Path) -> None:
    """Sent to the whole group, as a terminal does: the engine leaves it to its host."""
    command = [sys.executable, "-m", "maquette", "generate", "texture", "exemplar", "--size", "4096"]
    process = subprocess.Popen(
        [*command, "--reference", str(photo), "--out", str(tmp_path / "out" / "made")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    while "Looking at the picture" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    started = time.monotonic()
    said = process.stderr.read()
    assert process.wait() == 130
    assert time.monotonic() - started < 5
    process.stderr.close()
    assert "maquette: Stopped. Nothing was written." in said and "Traceback" not in said
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_doctor_speaks_in_sentences() -> None:
    said = run("doctor")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "The engine starts, with torch" in said.stdout
    for line in said.stdout.splitlines():
        assert line[:4] in ("ok  ", "note") and line.endswith((".", ")", ")."))


def exit_code(*arguments: str) -> int:
    try:
        return main(list(arguments))
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        return ended.code
