# SPDX-License-Identifier: GPL-3.0-or-later
"""Every method in the panel, whatever it declares: shown, generated, recorded, loaded back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import bpy
import pytest

from maquette.core.generators import find_method, methods
from maquette.core.params import Params, param, specs

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
NAMES = [name for generator, name in methods() if generator == "texture"]


def fill(settings: Any, name: str, photo: Path) -> None:
    """Choose a method and give it all that it needs."""
    settings.texture_method = name
    for role in find_method("texture", name).required:
        getattr(settings.references, role).use_file(str(photo))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_drawn_once(maquette: Any, settings: Any, name: str) -> None:
    settings.texture_method = name
    drawn = draw("MAQUETTE_PT_texture") + draw("MAQUETTE_PT_references") + draw("MAQUETTE_PT_result")
    for spec in specs(find_method("texture", name).params):
        wanted = [("prop", spec.name), ("prop", spec.name + "_shown")]
        if spec.name == "corners":
            wanted.append(("operator", "maquette.pick_corners"))
        found = {item for item in drawn if item in wanted}
        assert len(found) == 1, (spec.name, found)
    assert ("operator", "maquette.generate") in drawn


@pytest.mark.parametrize("name", NAMES)
def test_every_method_makes_a_material_and_its_settings_come_back(
    maquette: Any, settings: Any, cube: Any, photo: Path, name: str
) -> None:
    fill(settings, name, photo)
    settings.seed = 11
    module = maquette.module("addon.param_properties")
    method = maquette.module("core.generators").find_method("texture", name)
    group = getattr(settings, module.group_name(method))
    before = module.read_params(group, method.params)
    assert maquette.finish(maquette.start()).state.name == "DONE", maquette.studio.notice
    request = json.loads(cube.active_material["maquette_request"])
    assert request["method"] == name and request["seed"] == 11
    assert request["params"] == before.to_plain()
    settings.texture_method, settings.seed = NAMES[0], 0
    for spec in specs(method.params):
        group.property_unset(spec.name)
    bpy.ops.maquette.load_settings()
    assert settings.texture_method == name and settings.seed == 11
    assert module.read_params(group, method.params) == before
    assert maquette.finish(maquette.start("regenerate")).state.name == "DONE"
    assert json.loads(cube.active_material["maquette_request"]) == request


@pytest.mark.parametrize("name", [n for n in NAMES if not find_method("texture", n).required])
def test_a_method_without_pictures_needs_none(maquette: Any, cube: Any, name: str) -> None:
    bpy.context.scene.maquette.texture_method = name
    assert maquette.finish(maquette.start()).state.name == "DONE"
    assert json.loads(cube.active_material["maquette_request"])["references"] == []
    assert maquette.finish(maquette.start("new_seed")).state.name == "DONE"


@pytest.mark.parametrize("name", [n for n in NAMES if find_method("texture", n).required])
def test_a_required_picture_that_is_missing_is_one_sentence(maquette: Any, cube: Any, name: str) -> None:
    bpy.context.scene.maquette.texture_method = name
    with pytest.raises(RuntimeError, match=r"No reference picture is chosen\. Choose"):
        bpy.ops.maquette.generate()


def test_a_request_of_the_first_version_still_loads(maquette: Any, settings: Any, cube: Any, photo: Path) -> None:
    maquette.finish(maquette.start())
    material = cube.active_material
    request = json.loads(material["maquette_request"])
    request["params"] = {"size": 256, "size_m": 2.0, "relief": 0.05, "maps": ["albedo", "normal"]}
    material["maquette_request"] = json.dumps(request)
    del material["maquette_report"]
    assert ("label", material.name) in draw("MAQUETTE_PT_material")
    bpy.ops.maquette.load_settings()
    assert settings.texture_exemplar.size == 256 and settings.texture_exemplar.maps == {"albedo", "normal"}
    assert maquette.finish(maquette.start("new_seed")).state.name == "DONE"


def test_regenerate_takes_the_panels_method(maquette: Any, settings: Any, cube: Any, photo: Path) -> None:
    maquette.finish(maquette.start())
    others = [name for name in NAMES if name != "exemplar" and "mask" not in find_method("texture", name).required]
    if not others:
        pytest.skip("there is one method")
    settings.references.albedo.path = ""
    settings.texture_method = others[0]
    assert maquette.finish(maquette.start("regenerate")).state.name == "DONE"
    assert json.loads(cube.active_material["maquette_request"])["method"] == others[0]


def test_regenerate_keeps_the_code_that_a_material_was_bred_from(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    material = cube.active_material
    request = {**json.loads(material["maquette_request"]), "code": [0.5, -1.0], "parents": ["0" * 64]}
    material["maquette_request"] = json.dumps(request)
    settings.texture_exemplar.relief = 0.1
    maquette.finish(maquette.start("regenerate"))
    changed = json.loads(material["maquette_request"])
    assert changed["code"] == [0.5, -1.0] and changed["parents"] == ["0" * 64] and changed["params"]["relief"] == 0.1


def test_texel_density(maquette: Any, settings: Any) -> None:
    group = settings.texture_exemplar
    group.size, group.size_m = 1024, 2.0
    assert group.density_shown == pytest.approx(512.0)
    bpy.ops.maquette.set_density(density=1024.0)
    assert group.size == 2048 and group.size_m == pytest.approx(2.0)
    group.density_shown = 256.0
    assert group.size == 512
    group.size_m = 100.0
    bpy.ops.maquette.set_density(density=2048.0)
    assert group.size == 8192, "as near as the method comes"


def test_density_of_a_method_that_keeps_the_pictures_size(maquette: Any, settings: Any) -> None:
    names = [n for n in NAMES if "size" not in {spec.name for spec in specs(find_method("texture", n).params)}]
    if not names:
        pytest.skip("every method has a size")
    settings.texture_method = names[0]
    bpy.ops.maquette.set_density(density=192.0)
    assert getattr(settings, f"texture_{names[0]}").size_m == pytest.approx(0.5), "the photograph is 96 px wide"


def test_the_result_says_its_density(maquette: Any, settings: Any, cube: Any) -> None:
    settings.texture_exemplar.size_m = 0.5
    maquette.finish(maquette.start())
    words = [text for kind, text in draw("MAQUETTE_PT_material") if kind == "label"]
    assert {"128 x 128 px, seed 0", "256 px/m (2.56 px/cm)"} <= set(words)


def test_quality_card_is_on_the_material(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    report = maquette.module("addon.scene.record").report_of(cube.active_material)
    assert report["copy_share"] == pytest.approx(0.06)
    words = [text for kind, text in draw("MAQUETTE_PT_material") if kind == "label"]
    for text in ("Seam: none visible", "Largest copy: 6 % of the tile", "Albedo plausible (0.04 to 0.86)"):
        assert text in words
    assert any("30 % is neither" in text for text in " ".join(words).split("\n"))


def test_card_says_what_is_wrong_first(maquette: Any) -> None:
    card = maquette.module("addon.quality_card").card
    bad = {"seam_z": 8.0, "copy_share": 0.5, "albedo_low": 0.001, "albedo_high": 0.97, "clipped": 0.2}
    lines = card({**bad, "metallic_between": 0.0, "normal_length_fault": 0.5, "unknown": 1.0})
    assert [line.fine for line in lines] == [False] * 6 + [True]
    assert card({}) == []
    assert [line.text for line in card({"copy_share": 0.004})] == ["Largest copy: less than 1 % of the tile"]


@dataclasses.dataclass(frozen=True)
class OddParams(Params):
    """Every kind of parameter that a method may have."""

    model: str = param("shipped", "The weights")
    corners: tuple[float, ...] = param((), "Four corners", length=8)
    frame: tuple[float, ...] = param((0.0, 1.0), "A reach", length=2)
    strict: bool = param(False, "Whether")
    style: str = param("rough", "How", choices=("rough", "smooth"))
    share: float = param(0.25, "Share", minimum=0.0, maximum=1.0)


def test_every_kind_of_parameter_survives_the_panel(maquette: Any) -> None:
    core, addon = maquette.module("core.params"), maquette.module("addon.param_properties")
    # the installed extension's own base class
    fields = [(f.name, OddParams.__annotations__[f.name], core.param(f.default, "x", **_limits(f))) for f in _fields()]
    kind = dataclasses.make_dataclass("OddParams", fields, bases=(core.Params,), frozen=True)
    generators = maquette.module("core.generators")
    group = addon.make_group(generators.Method("texture", "odd", "Odd", "Odd", kind, "", 1))
    bpy.utils.register_class(group)
    bpy.types.Scene.maquette_odd = bpy.props.PointerProperty(type=group)  # type: ignore[attr-defined]
    try:
        values: Any = bpy.context.scene.maquette_odd  # type: ignore[union-attr]
        assert addon.read_params(values, kind) == kind()
        changed = kind(model="mine", corners=(0.1,) * 8, frame=(0.2, 0.3), strict=True, style="smooth", share=0.75)
        addon.write_params(values, changed)
        assert addon.read_params(values, kind) == changed
        addon.reset_param(values, kind, "corners")
        assert addon.read_params(values, kind).corners == () and values.model == "mine"
    finally:
        del bpy.types.Scene.maquette_odd  # type: ignore[attr-defined]
        bpy.utils.unregister_class(group)


def _fields() -> Any:
    return dataclasses.fields(OddParams)


def _limits(field: Any) -> dict[str, Any]:
    return {name: field.metadata[name] for name in ("minimum", "maximum", "choices", "length")}
