# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation as a whole, on a small folder of made-up materials: what is missing is replaced or explained."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from maquette.__main__ import main
from maquette.core.errors import InputError
from maquette.core.models import SHIPPED, Model
from maquette.training.evaluation.texture import exemplar, family, family_baselines, photo, run, tileable
from maquette.training.evaluation.texture.materials import SUITE, find_materials, suite
from maquette.training.evaluation.texture.timing import NotTimed, timed
from maquette.training.metrics import material_features

SIDE = 128


def write_set(folder: Path, name: str, seed: int, without: tuple[str, ...] = ()) -> Path:
    random = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(random.random((SIDE, SIDE, 5)), (2, 2, 0), mode="wrap")
    blobs = (blobs - blobs.min()) / (blobs.max() - blobs.min())
    slopes = 2 * (blobs[..., 3:] - 0.5)
    normal = np.concatenate([slopes, np.ones((SIDE, SIDE, 1))], axis=2)
    normal = normal / np.linalg.norm(normal, axis=2, keepdims=True) * 0.5 + 0.5
    maps = {"albedo": blobs[..., :3], "normal": normal, "roughness": blobs[..., 0]}
    place = folder / "pbr" / name
    place.mkdir(parents=True)
    for map_name, image in maps.items():
        if map_name not in without:
            Image.fromarray(np.round(image * 255).astype(np.uint8)).save(place / f"{map_name}.png")
    return place


class Cards(Model):
    """A model without a file."""

    @property
    def sha256(self) -> str:
        return "a" * 64

    @property
    def card(self) -> dict[str, Any]:
        return {"training_sha256": CARD}


CARD: list[str] = []


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three materials to judge, one without normals and one without roughness, one broken; five to train on."""
    folder = tmp_path / "data"
    write_set(folder, "brick__Bricks001", 0)
    write_set(folder, "tiles__Tiles001", 1, without=("roughness",))
    write_set(folder, "wood__Wood001", 2, without=("normal",))
    (write_set(folder, "rock__Rock001", 3) / "albedo.png").write_bytes(b"no picture")
    for number in range(5):
        write_set(tmp_path / "training", f"brick__Bricks9{number}0", 10 + number)
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "training"))
    monkeypatch.setenv("MAQUETTE_PROTOTYPES", str(tmp_path / "nowhere"))
    monkeypatch.setattr(exemplar, "SEEDS", (0,))
    for module in (exemplar, photo, tileable, family):
        monkeypatch.setattr(module, "timed", lambda *_, **__: {"seconds": 1.0, "gibibytes": 0.5})
    monkeypatch.setattr(material_features, "NUM_CROPS", 8)
    monkeypatch.setattr(family_baselines, "MAX_CROPS", 40)
    CARD.clear()
    return folder


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods that need weights, answered by what is known."""

    def models(generator: str, method: str) -> tuple[Model, ...]:
        return (Cards(generator, method, SHIPPED, Path("none")),)

    def predict(albedo: np.ndarray) -> dict[str, np.ndarray]:
        flat = np.broadcast_to(np.float32([0.5, 0.5, 1.0]), albedo.shape)
        return {"normal": flat, "roughness": np.full((*albedo.shape[:2], 1), 0.5, np.float32)}

    def cut(maps: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], tuple[int, int], np.ndarray]:
        height, width = maps["albedo"].shape[:2]
        return maps, (0, 0), np.zeros((height, width), bool)

    monkeypatch.setattr(photo, "models", models)
    monkeypatch.setattr(photo, "predict_maps", predict)
    monkeypatch.setattr(family, "models", models)
    monkeypatch.setattr(family, "project_maps", lambda maps: maps)
    monkeypatch.setattr(family, "sample_maps", random_maps)
    monkeypatch.setattr(tileable, "has_method", lambda name: True)
    monkeypatch.setattr(tileable, "tile_maps", cut)


def random_maps(seed: int, size: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    channels = {"albedo": 3, "normal": 3, "roughness": 1, "metallic": 1}
    return {name: random.random((size, size, count), dtype=np.float32) for name, count in channels.items()}


def results(out: Path) -> tuple[dict[str, float], dict[str, Any]]:
    def refuse(text: str) -> float:
        raise AssertionError(f"{text} is no finite number")

    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"), parse_constant=refuse)
    return figures, json.loads((out / "notes.json").read_text(encoding="utf-8"))


def test_every_expected_figure_is_there_or_its_reason(data: Path, tmp_path: Path, learned: None) -> None:
    run.evaluate_textures(data, tmp_path / "out")
    figures, notes = results(tmp_path / "out")
    assert all(math.isfinite(value) for value in figures.values())
    absent = set(run.EXPECTED) - set(figures)
    assert absent == {name for name in run.EXPECTED if name.endswith("_prototype")}
    assert absent <= set(notes["absent"])
    assert notes["materials"] == ["brick__Bricks001", "tiles__Tiles001", "wood__Wood001"]
    assert "rock__Rock001" in " ".join(notes["left_out_of_the_data"])
    sheets = {path.name for path in (tmp_path / "out").glob("*.jpg")}
    assert sheets == {"exemplar.jpg", "photo.jpg", "tileable.jpg", "family.jpg"}


def test_figures_are_of_what_was_answered(data: Path, tmp_path: Path, learned: None) -> None:
    run.evaluate_textures(data, tmp_path / "out", parts=("photo", "tileable", "family"))
    figures, _ = results(tmp_path / "out")
    assert figures["photo.normal_error_deg_all"] == pytest.approx(figures["photo.normal_error_deg_flat_all"])
    assert figures["photo.sets_all"] == 2
    assert figures["photo.polarity_share"] == 0
    # one set has a roughness map and normals; five training bricks tell the class's mean
    assert 0 < figures["photo.roughness_error_class_mean"] < 0.3
    assert figures["tileable.change_outside"] == 0
    assert figures["tileable.seam_z_max"] == figures["tileable.seam_z_before_max"] > 3
    # materials given back as they are
    assert figures["family.distance"] == pytest.approx(0, abs=1e-6)
    assert figures["family.recall"] == 1
    assert figures["family.distance_pca"] > 0.01


def test_the_same_command_goes_on_where_it_stopped(
    data: Path, tmp_path: Path, learned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    make: Callable[..., Any] = exemplar._made

    def counted(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return make(*given)

    monkeypatch.setattr(exemplar, "_made", counted)
    with pytest.raises(KeyboardInterrupt):
        run.evaluate_textures(data, tmp_path / "out", parts=("exemplar",))
    first = run.evaluate_textures(data, tmp_path / "out", parts=("exemplar",))
    assert len(calls) == 4
    monkeypatch.setattr(exemplar, "_made", lambda *_: pytest.fail("it was measured already"))
    assert run.evaluate_textures(data, tmp_path / "out", parts=("exemplar",)) == first


def test_what_a_model_was_trained_on_is_left_out(data: Path, tmp_path: Path, learned: None) -> None:
    CARD.extend(material.sha256 for material in find_materials(data).sets)
    run.evaluate_textures(data, tmp_path / "out", parts=("photo", "family"))
    figures, notes = results(tmp_path / "out")
    assert set(figures) == {"photo.seconds_1024", "family.seconds_nine_256"}
    assert "trained on all of them" in notes["absent"]["photo.normal_error_deg"]
    assert "trained on all of them" in notes["absent"]["family.distance"]


def test_without_training_data_only_what_compares_with_them_is_absent(
    data: Path, tmp_path: Path, learned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "nowhere"))
    run.evaluate_textures(data, tmp_path / "out", parts=("photo", "family"))
    figures, notes = results(tmp_path / "out")
    assert "photo.roughness_error" in figures
    assert "MAQUETTE_DATA" in notes["absent"]["photo.roughness_error_class_mean"]
    assert "MAQUETTE_DATA" in notes["absent"]["family.distance"]


def test_a_folder_without_materials_gives_no_figures_but_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "nowhere"))
    (tmp_path / "data").mkdir()
    run.evaluate_textures(tmp_path / "data", tmp_path / "out")
    figures, notes = results(tmp_path / "out")
    # what a sample takes can be timed without any material
    assert set(figures) <= {"family.seconds_nine_256"}
    assert set(run.EXPECTED) - set(figures) <= set(notes["absent"])


def test_a_bad_material_spoils_no_figure(
    data: Path, tmp_path: Path, learned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_some(crop: dict[str, np.ndarray], size: int, seed: int) -> np.ndarray:
        if "roughness" not in crop:
            raise InputError("This cannot be used.")
        return np.ascontiguousarray(np.tile(crop["albedo"], (2, 2, 1))[:size, :size])

    monkeypatch.setattr(exemplar, "_made", refuse_some)
    run.evaluate_textures(data, tmp_path / "out", parts=("exemplar",))
    figures, notes = results(tmp_path / "out")
    assert "exemplar.patch_error" in figures
    assert any("tiles__Tiles001 was left out: This cannot be used." in note for note in notes["protocol"])


def test_suite_is_the_named_one_or_one_of_each_class(tmp_path: Path) -> None:
    for seed, name in enumerate(("wood__B", "wood__A", "brick__C", "sand__A", "brick__A")):
        write_set(tmp_path, name, seed)
    sets = find_materials(tmp_path).sets
    assert [m.name for m in suite(sets, 4)] == ["brick__A", "wood__A", "sand__A", "brick__C"]
    assert suite(sets, 4) == suite(tuple(reversed(sets)), 4)
    assert len({name.split("__")[0] for name in SUITE}) == len(SUITE) == 12


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["evaluate", "texture", "--data", str(tmp_path / "none"), "--out", out]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["evaluate", "texture", "--data", str(tmp_path), "--out", out, "--parts", "photo,sculpture"]) == 2
    assert "There is no part 'sculpture'" in capsys.readouterr().err
    assert main(["evaluate", "texture", "--data", str(tmp_path), "--out", out, "--minutes", "-1"]) == 2
    assert not (tmp_path / "out").exists()


def test_timing_measures_in_a_process_of_its_own(data: Path) -> None:
    pictures = {"albedo": str(data / "pbr" / "brick__Bricks001" / "albedo.png")}
    found = timed("quilting", limit_s=60, pictures=pictures, size=96)
    assert 0 < found["seconds"] < 60
    with pytest.raises(NotTimed, match="exit code"):
        timed("quilting", limit_s=60, pictures={"albedo": "nowhere.png"}, size=96)
    with pytest.raises(NotTimed, match="stopped after"):
        timed("quilting", limit_s=0.01, pictures=pictures, size=96)
