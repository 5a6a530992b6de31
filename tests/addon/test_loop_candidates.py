# SPDX-License-Identifier: GPL-3.0-or-later
"""Explore and the moves: candidates come one by one, are picked, rated, applied, and never lost."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import bpy
import pytest

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
METHODS = {"texture": "family", "character": "base", "architecture": "building"}


@pytest.fixture
def sent(maquette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the engine was asked last."""
    log = tmp_path / "explore.json"
    monkeypatch.setenv("MAQUETTE_FAKE_LOG", str(log))
    maquette.use_fake_engine()
    return lambda: json.loads(log.read_text())


def group() -> Any:
    return bpy.context.scene.maquette_candidates


def seeds() -> list[int]:
    return [json.loads(item.request)["seed"] for item in group().items if item.run == group().run]


def use(generator: str, method: str = "") -> None:
    scene: Any = bpy.context.scene
    owner = {"texture": "maquette", "character": "maquette_characters", "architecture": "maquette_buildings"}
    name = "texture_method" if generator == "texture" else "method"
    setattr(getattr(scene, owner[generator]), name, method or METHODS[generator])
    scene.maquette_loop.generator = generator
    if generator == "architecture":
        bpy.ops.mesh.primitive_plane_add(size=20)
        scene.maquette_buildings.plot.item = scene.maquette_buildings.outline.item = bpy.context.object
        scene.maquette_buildings.live = False


@pytest.mark.parametrize("generator", METHODS)
def test_nine_candidates_of_every_generator(maquette: Any, sent: Any, generator: str) -> None:
    use(generator)
    assert bpy.ops.maquette.explore(seed=2) == {"FINISHED"}
    assert seeds() == [200 + number for number in range(1, 10)]
    assert maquette.studio.notice.text == "9 candidates are ready."
    assert all(item.thumbnail and Path(item.file).is_file() for item in group().items)
    message = sent()
    assert message["move"] == "explore" and message["count"] == 9 and message["preview"] == 256
    assert message["requests"][0]["generator"] == generator


@pytest.mark.parametrize("generator", METHODS)
def test_a_picked_candidate_is_made_whole(maquette: Any, sent: Any, generator: str) -> None:
    use(generator)
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.pick_candidate(number=4)
    assert bpy.ops.maquette.apply_candidate() == {"FINISHED"}
    made = maquette.module("addon.active").active_made(bpy.context, generator)
    assert made["maquette_request"] == group().items[3].request
    nodes = bpy.context.scene.maquette_history.nodes
    assert [json.loads(node.request)["seed"] for node in nodes] == [4]
    assert made["maquette_node"] == nodes[0].name and nodes[0].thumbnail
    # then the made thing itself becomes another candidate
    assert bpy.ops.maquette.apply_candidate(number=7, in_place=True) == {"FINISHED"}
    again = maquette.module("addon.active").active_made(bpy.context, generator)
    assert again == made and json.loads(made["maquette_request"])["seed"] == 7


def test_candidates_come_one_by_one_and_outlive_an_undo(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("slow")
    bpy.ops.ed.undo_push(message="before")
    use("texture")
    bpy.ops.ed.undo_push(message="method")
    job = submit(maquette, "explore")
    pump(maquette, lambda: len(group().items) >= 2)
    assert not job.state.ended
    bpy.ops.ed.undo()
    maquette.finish(job)
    assert job.state.name == "DONE" and [item.number for item in group().items] == list(range(9))
    bpy.ops.ed.undo()
    assert len(group().items) == 0
    bpy.ops.ed.redo()
    assert len(group().items) == 9


def test_what_came_before_the_engine_died_stays(maquette: Any) -> None:
    use("texture")
    maquette.use_fake_engine("falter")
    job = maquette.finish(submit(maquette, "explore"))
    assert job.state.name == "FAILED" and "ended unexpectedly" in job.notice.text
    assert "maquette.explore" in job.notice.mend
    assert [item.number for item in group().items] == [0, 1, 2]
    maquette.use_fake_engine()
    assert bpy.ops.maquette.apply_candidate(number=2) == {"FINISHED"}


def test_cancelling_keeps_what_came(maquette: Any) -> None:
    use("texture")
    maquette.use_fake_engine("slow")
    job = submit(maquette, "explore")
    pump(maquette, lambda: len(group().items) >= 2)
    bpy.ops.maquette.cancel()
    maquette.finish(job)
    assert job.state.name == "CANCELLED" and 2 <= len(group().items) < 9


def test_another_file_gets_no_candidates(maquette: Any) -> None:
    use("texture")
    maquette.use_fake_engine("slow")
    job = submit(maquette, "explore")
    pump(maquette, lambda: len(group().items) >= 1)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    maquette.finish(job)
    assert job.state.name == "FAILED" and "Try again" in job.notice.text and not group().items
    maquette.use_fake_engine()
    maquette.finish(maquette.studio.retry(job.id))
    assert len(group().items) == 9


def test_candidates_are_saved_with_the_file(maquette: Any, tmp_path: Path) -> None:
    use("texture")
    bpy.ops.maquette.explore(count=16, seed=0)
    bpy.ops.maquette.rate_candidate(number=3, rating=5)
    bpy.ops.maquette.pick_candidate(number=2)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    assert len(group().items) == 16 and group().items[2].rating == 5 and group().items[1].picked
    for item in group().items:
        Path(item.file).unlink()
    assert maquette.module("addon.loop.sheet").update_sheet(bpy.context.scene, always=True).size[0] > 0
    assert bpy.ops.maquette.apply_candidate() == {"FINISHED"}


def test_moves_send_what_they_are_about(maquette: Any, sent: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    given = [item.request for item in group().items]
    bpy.ops.maquette.pick_candidate(number=5)
    bpy.ops.maquette.vary(strength=0.25, count=4, seed=1)
    message = sent()
    assert (message["move"], message["strength"], message["count"]) == ("vary", 0.25, 4)
    assert [json.dumps(r, sort_keys=True) for r in message["requests"]] == [norm(given[4])]
    assert len(bpy.context.scene.maquette_history.nodes) == 1
    bpy.ops.maquette.pick_candidate(number=1)
    bpy.ops.maquette.pick_candidate(number=3, extend=True)
    bpy.ops.maquette.mix(weights="3, 1")
    assert sent()["move"] == "mix" and sent()["weights"] == [3.0, 1.0] and len(sent()["requests"]) == 2
    bpy.ops.maquette.pick_candidate(number=1)
    bpy.ops.maquette.pick_candidate(number=2, extend=True)
    bpy.ops.maquette.between(steps=6)
    assert sent()["move"] == "between" and sent()["count"] == 6


def norm(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def test_stars_steer_more_like_these_over_several_runs(maquette: Any, sent: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.rate_candidate(number=2, rating=5)
    bpy.ops.maquette.rate_candidate(number=7, rating=1)
    liked = norm(group().items[1].request)
    bpy.ops.maquette.more_like_these()
    message = sent()
    assert message["move"] == "more" and message["ratings"] == [5.0, 1.0]
    assert norm(json.dumps(message["requests"][0])) == liked
    bpy.ops.maquette.pick_candidate(number=4)
    bpy.ops.maquette.more_like_these()
    assert sent()["ratings"] == [5.0, 1.0, 4.0]
    assert len([item for item in group().items if item.rating]) == 2
    # what was judged stays in the history
    assert {node.rating for node in bpy.context.scene.maquette_history.nodes} == {0, 1, 5}


def test_a_cancelled_run_goes_on_where_it_stopped(maquette: Any) -> None:
    use("texture")
    maquette.use_fake_engine("slow")
    job = submit(maquette, "explore")
    pump(maquette, lambda: len(group().items) >= 2)
    bpy.ops.maquette.rate_candidate(number=1, rating=3)
    bpy.ops.maquette.cancel()
    maquette.finish(job)
    maquette.use_fake_engine()
    maquette.finish(maquette.studio.retry(job.id))
    assert sorted(item.number for item in group().items) == list(range(9)) and group().items[0].rating == 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (bpy.ops.maquette.apply_candidate, "No candidate is picked"),
        (lambda: bpy.ops.maquette.apply_candidate(number=30), "There is no candidate 30"),
        (lambda: bpy.ops.maquette.apply_candidate(number=1, in_place=True), "Nothing active was made"),
        (bpy.ops.maquette.mix, "Pick two candidates first"),
        (bpy.ops.maquette.more_like_these, "Rate some candidates"),
        (lambda: bpy.ops.maquette.rate_candidate(rating=3), "No candidate is picked"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(maquette: Any, call: Any, said: str) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    with pytest.raises(RuntimeError, match=said):
        call()


def test_weights_are_checked(maquette: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.pick_candidate(number=1)
    bpy.ops.maquette.pick_candidate(number=2, extend=True)
    for weights, said in (("1", "1 weights"), ("a, b", "no numbers"), ("0, 0", "above 0"), ("-1, 2", "0 or more")):
        with pytest.raises(RuntimeError, match=said):
            bpy.ops.maquette.mix(weights=weights)


def test_a_failure_is_the_engines_sentence(maquette: Any) -> None:
    use("texture", "exemplar")
    with pytest.raises(RuntimeError, match="No reference picture"):
        bpy.ops.maquette.explore()


def test_the_active_thing_is_where_candidates_start(maquette: Any, settings: Any, cube: Any, sent: Any) -> None:
    settings.seed = 5
    maquette.finish(maquette.start())
    settings.seed = 9
    bpy.ops.maquette.explore(seed=0)
    assert sent()["requests"][0]["seed"] == 5 and Path(sent()["requests"][0]["references"][0]["path"]).is_file()
    bpy.context.scene.maquette_loop.start = "PANEL"
    bpy.ops.maquette.explore(seed=0)
    assert sent()["requests"][0]["seed"] == 9
    bpy.ops.maquette.apply_candidate(number=1)
    nodes = {n.name: n for n in bpy.context.scene.maquette_history.nodes}
    assert len(nodes) == 2


def test_a_candidate_of_the_active_thing_stands_below_it(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.apply_candidate(number=1, in_place=True)
    first, second = bpy.context.scene.maquette_history.nodes
    assert second.parent == first.name and cube.active_material["maquette_node"] == second.name


def test_the_sheet_shows_every_candidate_with_its_number(maquette: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.pick_candidate(number=2)
    assert bpy.ops.maquette.candidates_sheet() == {"FINISHED"}
    image = bpy.data.images["Maquette Candidates"]
    assert tuple(image.size) == (768, 768) and not image.is_dirty
    pixels = maquette.module("addon.scene.images").read_pixels(image)
    for number in range(9):
        y, x = number // 3 * 256 + 128, number % 3 * 256 + 128
        assert abs(pixels[y, x, 0] * 255 - (40 + 5 * number)) < 3
    # the second is framed, the first is not
    assert pixels[128, 257, 2] > 0.9 and pixels[128, 1, 2] < 0.2
    digit = maquette.module("addon.loop.sheet").digit
    assert len({digit(number).tobytes() for number in range(10)}) == 10
    bpy.ops.maquette.explore(seed=1, count=36)
    assert tuple(image.size) == (1020, 1020)


def test_the_panel_draws_a_gallery_of_36_without_work(maquette: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(count=36, seed=0)
    bpy.ops.maquette.pick_candidate(number=1)
    thumbnails = maquette.module("addon.loop.thumbnails")
    codec = maquette.module("core.codec")
    drawn = draw("MAQUETTE_PT_explore")
    assert drawn.count(("prop", "picked")) == 36
    before, parsed, parse = thumbnails.work, [], codec.parse_json
    try:
        for name in ("core.codec", "core.request"):
            maquette.module(name).parse_json = lambda *given: parsed.append(1) or parse(*given)
        draw("MAQUETTE_PT_explore")
        draw("MAQUETTE_PT_locks")
    finally:
        for name in ("core.codec", "core.request"):
            maquette.module(name).parse_json = parse
    assert thumbnails.work == before and not parsed
    shown = {name for what, name in drawn if what == "operator"}
    wanted = {"explore", "apply_candidate", "vary", "mix", "between", "more_like_these", "candidates_sheet"}
    assert {f"maquette.{name}" for name in wanted} <= shown


def test_clearing_forgets_all(maquette: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.rate_candidate(number=1, rating=5)
    bpy.ops.maquette.clear_candidates()
    assert not group().items and not bpy.ops.maquette.pick_candidate.poll()


def submit(maquette: Any, operator: str) -> Any:
    """What the button does, without working on it."""
    kind = getattr(bpy.types, f"MAQUETTE_OT_{operator}")
    values = type("Operator", (), {"count": 0, "seed": -1})()
    values.job_of = lambda *given, **more: kind.job_of(values, *given, **more)
    job = kind.make_job(values, bpy.context)
    maquette.studio.submit(job)
    return job


def pump(maquette: Any, condition: Any, limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        maquette.studio.poll()
        time.sleep(0.01)


@pytest.mark.parametrize("generator", METHODS)
def test_a_result_of_every_generator_is_branched_and_restored(maquette: Any, generator: str) -> None:
    use(generator)
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.apply_candidate(number=3)
    bpy.ops.maquette.apply_candidate(number=5, in_place=True)
    first, second = bpy.context.scene.maquette_history.nodes
    made = maquette.module("addon.active").active_made(bpy.context, generator)
    assert second.parent == first.name and made["maquette_node"] == second.name
    assert bpy.ops.maquette.history_branch(node=first.name) == {"FINISHED"}
    settings = maquette.module("addon.method_settings").settings_of(bpy.context.scene, generator)
    assert settings.seed == json.loads(first.request)["seed"] == 3
    assert bpy.ops.maquette.history_show(node=first.name) == {"FINISHED"}
    assert made["maquette_node"] == first.name and json.loads(made["maquette_request"])["seed"] == 3
