# SPDX-License-Identifier: GPL-3.0-or-later
"""In what two Requests, or their parameters, differ, in words."""

from __future__ import annotations

from typing import Any

from .params import Params, ParamSpec, specs
from .request import Request

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


def differences(before: Request, after: Request) -> list[str]:
    """In what two Requests differ, a line each ("Variety: 0.5 → 0.8"); nothing where both make the same."""
    said = []
    if (before.generator, before.method) != (after.generator, after.method):
        said.append(f"Method: {before.declaration.label} → {after.declaration.label}")
    else:
        pairs = param_differences(before.params, after.params)
        said += [f"{label}: {old} → {new}" for label, old, new in pairs]
    if before.seed != after.seed:
        said.append(f"Seed: {before.seed} → {after.seed}")
    if _sources(before) != _sources(after):
        said.append("Made from other pictures or files, or with other weights")
    if before.code != after.code:
        said.append(f"Place in the learned space: {_code_text(before, after)}")
    ours, theirs = before.locks or {}, after.locks or {}
    changed = sorted(part for part in {*ours, *theirs} if ours.get(part) != theirs.get(part))
    return said + ([f"Locked parts that differ: {', '.join(changed)}"] if changed else [])


def _sources(request: Request) -> list[tuple[str, str, float]]:
    return [(one.role, one.sha256, one.weight) for one in request.references]


def _code_text(before: Request, after: Request) -> str:
    """How far apart two codes are, where both are said."""
    if before.code is None or after.code is None or len(before.code) != len(after.code):
        return "by chance → chosen" if before.code is None else "chosen → another"
    moved = sum((a - b) ** 2 for a, b in zip(before.code, after.code, strict=True)) ** 0.5
    size = max(sum(a * a for a in before.code) ** 0.5, 1e-9)
    return f"{100 * moved / size:.0f} % apart"
