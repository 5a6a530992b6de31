# SPDX-License-Identifier: GPL-3.0-or-later
"""Training from the panel, with a process that only pretends: see `fake_training`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest

from .panels import draw

FAKE = Path(__file__).with_name("fake_training.py")


@pytest.fixture
def training(maquette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The add-on's training, with a fake process, checkpoints and models in a folder of the test."""
    monkeypatch.setenv("MAQUETTE_MODELS", str(tmp_path / "models"))
    module = maquette.module("addon.training")
    monkeypatch.setattr(module, "user_folder", lambda name: tmp_path / name)
    monkeypatch.setenv("MAQUETTE_PYTHON", sys.executable)
    maquette.module("addon.engine").look_again()
    use_process(maquette, "")
    yield module
    module.shut_down()
    maquette.module("addon.engine").look_again()


@pytest.fixture
def wish(training: Any, tmp_path: Path) -> Any:
    """The panel's values: a folder, the first model."""
    (tmp_path / "My bricks!").mkdir()
    settings = bpy.context.scene.maquette_train
    settings.folder = str(tmp_path / "My bricks!")
    settings.model = "texture/photo"
    return settings


def use_process(maquette: Any, behaviour: str) -> None:
    """Trainings behave like this from now on."""
    client, trainer = maquette.module("core.client"), maquette.module("addon.training").trainer
    command = [sys.executable, "-I", str(FAKE), behaviour]
    trainer._start_process = lambda: client.EngineProcess("", command, cancel_grace_s=5.0)


def start(maquette: Any) -> Any:
    """What the button does."""
    wish = maquette.module("addon.train_settings").read_wish(bpy.context.scene.maquette_train)
    return maquette.module("addon.training").submit(wish)


def pump(training: Any, condition: Callable[[], bool], limit_s: float = 30.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, training.trainer.run
        training.trainer.poll()
        time.sleep(0.01)


def test_a_folder_becomes_a_listed_model(maquette: Any, training: Any, wish: Any, tmp_path: Path) -> None:
    assert bpy.ops.maquette.train() == {"FINISHED"}
    run = training.trainer.run
    assert run.state.name == "DONE" and run.fraction == 1.0
    assert "'My bricks' is trained" in run.notice.text and run.notice.mend == ("maquette.use_model",)
    models = maquette.module("core.models").models("texture", "photo")
    assert models[-1].name == "My bricks"
    assert training.trainer.process is None


def test_the_trained_model_can_be_chosen(maquette: Any, training: Any, wish: Any) -> None:
    bpy.ops.maquette.train()
    group = getattr(bpy.context.scene.maquette, "texture_photo", None)
    if group is None:
        with pytest.raises(RuntimeError, match="no method 'photo'"):
            bpy.ops.maquette.use_model()
        return
    assert bpy.ops.maquette.use_model() == {"FINISHED"}
    assert group.model == "My bricks" and bpy.context.scene.maquette.texture_method == "photo"


def test_progress_in_images_rate_and_time(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    assert run.state.name == "STARTING" and run.numbers == ""
    pump(training, lambda: run.said.images >= 2)
    assert run.state.name == "TRAINING" and 0 < run.fraction < 0.1
    assert "of 1,200 images, 4.0 a second, 5 min left" in run.numbers


def test_pause_go_on_stop_and_take_up_again(maquette: Any, training: Any, wish: Any, tmp_path: Path) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 2)
    bpy.ops.maquette.pause_training()
    assert run.state.name == "PAUSED" and not bpy.types.MAQUETTE_OT_pause_training.poll(bpy.context)
    # what was on its way is heard; then nothing moves
    time.sleep(0.2)
    training.trainer.poll()
    paused_at = run.said.images
    time.sleep(0.3)
    training.trainer.poll()
    assert run.said.images == paused_at
    bpy.ops.maquette.resume_training()
    pump(training, lambda: run.said.images > paused_at + 1)
    bpy.ops.maquette.stop_training()
    assert run.state.name == "STOPPED" and "goes on with 'My bricks'" in run.notice.text
    assert training.has_checkpoint("texture/photo", "My bricks")
    stopped_at = run.said.images
    run = start(maquette)
    pump(training, lambda: run.said.images > 0)
    assert run.said.images > stopped_at - 2


def test_a_paused_training_can_be_stopped(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    training.trainer.pause()
    training.trainer.stop()
    assert run.text == "Saving a checkpoint"
    pump(training, lambda: run.state.ended)
    assert run.state.name == "STOPPED"


def test_stop_pressed_twice_does_not_wait(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "deaf")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    process, started = training.trainer.process, time.monotonic()
    training.trainer.stop()
    training.trainer.stop()
    assert run.state.name == "STOPPED" and not process.alive
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize(
    ("behaviour", "said", "mend"),
    [
        ("fail", "no pictures", ()),
        ("die", "ended unexpectedly", ("maquette.train",)),
        ("bare", "tensorboard", ("maquette.make_environment", "maquette.check_engine")),
    ],
)
def test_failures_are_one_notice(
    maquette: Any, training: Any, wish: Any, behaviour: str, said: str, mend: tuple[str, ...]
) -> None:
    use_process(maquette, behaviour)
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.maquette.train()
    run = training.trainer.run
    assert run.state.name == "FAILED" and run.notice.mend == mend and training.trainer.process is None
    use_process(maquette, "")
    assert bpy.ops.maquette.train() == {"FINISHED"}


def test_no_engine_is_a_sentence(maquette: Any, training: Any, wish: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAQUETTE_PYTHON", "")
    training.trainer._start_process = training.start_process
    with pytest.raises(RuntimeError, match="no engine"):
        bpy.ops.maquette.train()


def test_one_training_at_a_time(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "slow")
    start(maquette)
    with pytest.raises(Exception, match="under way"):
        start(maquette)
    assert not bpy.types.MAQUETTE_OT_train.poll(bpy.context)
    assert not bpy.types.MAQUETTE_OT_discard_training.poll(bpy.context)


@pytest.mark.parametrize("title", ["shipped", "../up", ".hidden"])
def test_a_bad_name_is_refused_before_any_process(maquette: Any, training: Any, wish: Any, title: str) -> None:
    wish.title = title
    with pytest.raises(RuntimeError, match="cannot be named"):
        bpy.ops.maquette.train()
    assert training.trainer.process is None


@pytest.mark.parametrize(
    ("folder", "name"),
    [("/x/Ziegel – rot/", "Ziegel rot"), ("//", "My library"), ("/x/...", "My library"), ("/x/" + "a" * 99, "a" * 63)],
)
def test_the_name_is_made_of_the_folders(maquette: Any, wish: Any, folder: str, name: str) -> None:
    wish.folder = folder
    assert wish.model_name == name
    maquette.module("core.models").check_name(name)


def test_samples_are_shown_without_leaving_images(maquette: Any, training: Any, wish: Any) -> None:
    before = len(bpy.data.images), len(bpy.data.textures)
    assert training.sheet_icon() == 0
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.sheet is not None)
    training.sheet_icon()
    first = training._shown_sheet
    pump(training, lambda: run.sheet.stat().st_mtime_ns != first[1])
    training.sheet_icon()
    assert training._shown_sheet != first and len(training._previews) == 1
    assert (len(bpy.data.images), len(bpy.data.textures)) == before
    bpy.ops.maquette.stop_training()
    run.sheet.unlink()
    assert training.sheet_icon() == 0


def test_training_survives_the_loading_of_a_file(maquette: Any, training: Any, wish: Any, tmp_path: Path) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert bpy.app.timers.is_registered(training._poll)
    images = run.said.images
    pump(training, lambda: run.said.images > images + 1)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    assert bpy.context.scene.maquette_train.model_name == "My bricks" and training.trainer.busy


def test_checkpoints_can_be_discarded(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    bpy.ops.maquette.stop_training()
    assert training.has_checkpoint(wish.model, wish.model_name)
    bpy.ops.maquette.discard_training()
    assert not training.checkpoint_folder(wish.model, wish.model_name).exists()
    bpy.ops.maquette.discard_training()


def test_unregister_ends_the_training_and_keeps_its_checkpoint(maquette: Any, training: Any, wish: Any) -> None:
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    process = training.trainer.process
    started = time.monotonic()
    bpy.ops.preferences.addon_disable(module=maquette._package)
    assert time.monotonic() - started < 5.0
    assert not process.alive and not bpy.app.timers.is_registered(training._poll)
    assert not hasattr(bpy.types, "MAQUETTE_PT_train") and not hasattr(bpy.types.Scene, "maquette_train")
    assert training.has_checkpoint("texture/photo", "My bricks")
    bpy.ops.preferences.addon_enable(module=maquette._package)
    assert hasattr(bpy.types, "MAQUETTE_PT_train")


def test_every_preset_is_in_the_panel(maquette: Any, wish: Any) -> None:
    presets = maquette.module("training.presets").PRESETS
    shown = {item.identifier for item in wish.bl_rna.properties["preset"].enum_items}
    assert all(shown == set(named) for named in presets.values())
    assert {item.identifier for item in wish.bl_rna.properties["model"].enum_items} == set(presets)


def test_the_panel_shows_what_can_be_done(maquette: Any, training: Any, wish: Any) -> None:
    def operators() -> set[str]:
        return {name.removeprefix("maquette.") for kind, name in draw("MAQUETTE_PT_train") if kind == "operator"}

    assert operators() == {"train"}
    use_process(maquette, "slow")
    run = start(maquette)
    pump(training, lambda: run.said.images >= 1)
    assert operators() == {"pause_training", "stop_training", "open_training"}
    assert ("progress", "") in draw("MAQUETTE_PT_train")
    training.trainer.pause()
    assert operators() == {"resume_training", "stop_training", "open_training"}
    bpy.ops.maquette.stop_training()
    assert operators() == {"train", "discard_training", "open_training", "dismiss_training"}
    bpy.ops.maquette.discard_training()
    use_process(maquette, "")
    bpy.ops.maquette.train()
    assert operators() == {"train", "use_model", "open_training", "dismiss_training"}
    use_process(maquette, "die")
    training.submit(maquette.module("addon.train_settings").read_wish(wish))
    pump(training, lambda: training.trainer.run.state.ended)
    assert operators() == {"train", "open_training", "dismiss_training"}
    bpy.ops.maquette.dismiss_training()
    assert operators() == {"train"} and training.trainer.run is None
