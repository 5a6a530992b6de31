# SPDX-License-Identifier: GPL-3.0-or-later
"""In what two sets of parameters differ, in words."""

from __future__ import annotations

from typing import Any

from .params import Params, ParamSpec, specs

MOST_LETTERS = 60


def param_differences(before: Params, after: Params) -> list[tuple[str, str, str]]:
    """(label, value before, value after) of each parameter that differs, in the order of declaration; both are
    parameters of the same method."""
    return [
        (spec.label, value_text(spec, getattr(before, spec.name)), value_text(spec, getattr(after, spec.name)))
        for spec in specs(type(after))
        if getattr(before, spec.name) != getattr(after, spec.name)
    ]


def value_text(spec: ParamSpec, value: Any) -> str:
    """A parameter's value as people read it, with its unit; long texts are cut."""
    if spec.kind is bool:
        return "on" if value else "off"
    if spec.kind is tuple:
        return ", ".join(_plain(item) for item in value) or "none"
    return f"{_plain(value)} {spec.unit}".rstrip()


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value).replace("_", " ")
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
