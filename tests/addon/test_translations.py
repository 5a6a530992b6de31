# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in Chinese, as Blender shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest

from .ui_texts import interface_texts

# names of products, of file formats and of textures are the same in every language
SAME = {"Godot", "OpenEXR", "PNG", "Python", "UVs", "Unity HDRP", "Unity URP", "Unreal Engine", "CPU", "GPU"}


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


def test_every_text_of_the_interface_is_known_in_every_language(maquette: Any) -> None:
    texts = interface_texts(maquette.module("addon.package").ROOT, Path(maquette.module("addon").__file__).parent)
    for locale, known in maquette.module("addon.translations").languages().items():
        missing = sorted(texts - set(known) - SAME)
        assert not missing, f"{locale} lacks {len(missing)}: {missing[:20]}"
        assert all(said.strip() for said in known.values())


def test_sentences_keep_their_places_in_every_language(maquette: Any) -> None:
    """A value that the English sentence has a place for has one in each translation."""
    ready = maquette.module("addon.delivery").READY
    for known in maquette.module("addon.translations").languages().values():
        assert ready in known
        for text, told in known.items():
            assert set(re.findall(r"{[a-z_]+}", text)) == set(re.findall(r"{[a-z_]+}", told)), text
