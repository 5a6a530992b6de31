# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/parameters.md is written from the declared Params: `MAQUETTE_WRITE_DOCS=1` with this test writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import maquette
from maquette.core.generators import Method, methods
from maquette.core.params import ParamSpec, specs

PAGE = Path(maquette.__file__).resolve().parent / "docs" / "parameters.md"
INTRODUCTION = """# Parameters

Every method's parameters, as the panel, the command line (`--name value`) and a Request's `params` take them. This
page is written from their declarations.
"""


def shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def reach(spec: ParamSpec) -> str:
    if spec.choices:
        return ", ".join(spec.choices)
    count = f"{spec.length} numbers, each " if spec.length else ""
    return "" if spec.minimum is None else f"{count}{spec.minimum} to {spec.maximum} {spec.unit}".rstrip()


def section(method: Method) -> str:
    rows = [f"| `{s.name}` | {shown(s.default)} | {reach(s)} | {s.description} |" for s in specs(method.params)]
    required = ", ".join(method.required)
    optional = ", ".join(role for role in method.roles if role not in method.required)
    return "\n".join(
        [
            f"\n## {method.generator} {method.name}\n",
            f"{method.label}: {method.description[0].lower()}{method.description[1:]}.\n",
            f"References: {required or 'none needed'}{f'; optionally {optional}' if optional else ''}.\n",
            "| parameter | default | range | what it is |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def test_the_page_shows_what_is_declared() -> None:
    page = INTRODUCTION + "".join(section(method) for method in methods().values())
    if os.environ.get("MAQUETTE_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
