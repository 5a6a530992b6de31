# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in Chinese, as Blender shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
import pytest


@pytest.fixture
def chinese(maquette: Any) -> Iterator[Any]:
    """Blender in simplified Chinese."""
    view: Any = bpy.context.preferences.view  # type: ignore[union-attr]
    before = view.language
    try:
        view.language = "zh_HANS"
    except TypeError:
        pytest.skip("this Blender was built without translations")
    view.use_translate_interface = view.use_translate_tooltips = True
    yield maquette
    view.language = before


def test_buttons_and_tooltips_are_said_in_chinese(chinese: Any) -> None:
    translations = bpy.app.translations
    assert translations.pgettext_iface("Regenerate", "Operator") == "重新生成"
    tooltip = bpy.ops.maquette.new_seed.get_rna_type().description
    assert translations.pgettext_tip(tooltip).startswith("重新生成活动材质")


def test_taking_the_addon_away_takes_its_words_away(chinese: Any) -> None:
    text = bpy.ops.maquette.new_seed.get_rna_type().description
    module = chinese.module("addon.translations")
    module.unregister()
    try:
        assert bpy.app.translations.pgettext_tip(text) == text
    finally:
        module.register()
