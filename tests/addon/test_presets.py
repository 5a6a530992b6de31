# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets of every method: those that come along, the user's own, and what is shown before one is applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

from maquette.core.generators import methods

from .panels import draw

PANELS = {"texture": "texture", "character": "characters", "architecture": "architecture"}
METHODS = sorted(methods())


def shown(maquette: Any, generator: str, method: str) -> Any:
    """The group of a method that its panel now shows."""
    declared = maquette.module("core.generators").find_method(generator, method)
    settings = maquette.module("addon.method_settings")
    bpy.context.scene.maquette_buildings.live = bpy.context.scene.maquette_characters.live = False  # type: ignore[union-attr]
    group = settings.show_method(bpy.context.scene, declared)
    maquette.module("addon.param_properties").write_params(group, declared.params())
    return group


def files(maquette: Any, generator: str, method: str) -> list[Path]:
    """The presets that come along for a method."""
    return sorted((Path(maquette.module("addon").__file__).parent / f"presets/maquette/{generator}_{method}").glob("*"))


def lines(path: Path, generator: str) -> list[Any]:
    """What the dialog of a preset shows."""
    seen: list[Any] = []

    class Grid:
        def grid_flow(self, **_: Any) -> Grid:
            return self

        def label(self, text: str = "", **_: Any) -> None:
            seen.append(text)

    kind = bpy.types.MAQUETTE_OT_apply_preset
    operator = type("Dialog", (), {"layout": Grid(), "filepath": str(path), "generator": generator})()
    operator._values = lambda context: kind._values(operator, context)
    kind.draw(operator, bpy.context)
    return seen


@pytest.mark.parametrize(("generator", "method"), METHODS)
def test_every_method_comes_with_five_presets_that_can_be_used(maquette: Any, generator: str, method: str) -> None:
    found = files(maquette, generator, method)
    assert len(found) >= 5
    told = set()
    for path in found:
        group = shown(maquette, generator, method)
        before = maquette.module("addon.param_properties").read_params(
            group, maquette.module("core.generators").find_method(generator, method).params
        )
        seen = lines(path, generator)
        assert bpy.ops.maquette.apply_preset(filepath=str(path), generator=generator) == {"FINISHED"}
        after = maquette.module("addon.param_properties").read_params(group, type(before))
        assert len(seen) == 3 * len(maquette.module("core.difference").param_differences(before, after))
        told.add(tuple(seen))
        if hasattr(group, "programme"):
            assert maquette.module("addon.programme_list").fault(group) == ""
    assert len(told) == len(found), "two presets are the same"


@pytest.mark.parametrize("generator", PANELS)
def test_the_panel_offers_them(maquette: Any, generator: str) -> None:
    menu = f"MAQUETTE_MT_{generator}_presets"
    assert ("menu", menu) in draw(f"MAQUETTE_PT_{PANELS[generator]}")
    kind = getattr(bpy.types, menu)
    method, _ = maquette.module("addon.method_settings").shown_in(bpy.context.scene, generator)
    assert kind.preset_subdir.fget(kind) == f"maquette/{generator}_{method.name}"


@pytest.mark.parametrize(
    ("generator", "method", "name", "value"),
    [
        ("texture", "exemplar", "variety", 0.25),
        ("character", "base", "age", -0.5),
        ("architecture", "building", "storeys", 9),
    ],
)
def test_a_preset_keeps_every_value(maquette: Any, generator: str, method: str, name: str, value: Any) -> None:
    group = shown(maquette, generator, method)
    setattr(group, name, value)
    assert getattr(bpy.ops.maquette, f"add_{generator}_preset")(name="Own") == {"FINISHED"}
    shown(maquette, generator, method)
    offered = [Path(path) / "Own.py" for path in bpy.utils.preset_paths(f"maquette/{generator}_{method}")]
    (path,) = [path for path in offered if path.is_file()]
    assert bpy.ops.maquette.apply_preset(filepath=str(path), generator=generator) == {"FINISHED"}
    assert getattr(group, name) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("values.variety = open('x')", "is no preset"),
        ("values.variety = (", "is no preset"),
        ("values.variety = 7.0", "variety"),
        ("#" * (1 << 17), "is larger"),
    ],
)
def test_what_is_no_preset_changes_nothing(maquette: Any, tmp_path: Path, text: str, said: str) -> None:
    group = shown(maquette, "texture", "exemplar")
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.maquette.apply_preset(filepath=str(path), generator="texture")
    assert group.variety == 0.5


def test_a_preset_is_never_run(maquette: Any, tmp_path: Path) -> None:
    group = shown(maquette, "texture", "exemplar")
    path = tmp_path / "sly.py"
    path.write_text(f"open({str(tmp_path / 'made')!r}, 'w').close()\nvalues.variety = 0.75\n")
    assert bpy.ops.maquette.apply_preset(filepath=str(path), generator="texture") == {"FINISHED"}
    assert group.variety == 0.75 and not (tmp_path / "made").exists()
