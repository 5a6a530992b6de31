# SPDX-License-Identifier: GPL-3.0-or-later
"""A Request of every method whose designs have a code, and the files that they take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthetic_character import synthetic_character

from maquette.core.files import gltf
from maquette.core.request import Request

SQUARE = {"outer": [[0, 0], [44, 0], [44, 30], [0, 30]]}
NEIGHBOURS = [
    {
        "outer": [[60 + 14 * k, y], [70 + 14 * k, y], [70 + 14 * k, y + 12], [60 + 14 * k, y + 12]],
        "height_m": 9.0 + 2 * k,
    }
    for k, y in enumerate((-20, 0, 20, 40))
]


def write_sources(place: Path) -> Path:
    """Write the files that the cases take into a folder."""
    for name, shape in {"hero": {}, "giant": {"legs": 1.25, "girth": 1.2, "head": 1.3}, "child": {"size": 0.7}}.items():
        (place / name).mkdir()
        gltf.write(synthetic_character(**shape), place / name, lambda fraction, text: None)  # type: ignore[arg-type]
        next((place / name).glob("*.glb")).rename(place / f"{name}.glb")
    (place / "site.json").write_text(json.dumps({"maquette_site": 1, "site": SQUARE, "neighbours": NEIGHBOURS}))
    return place


CHARACTERS = ("hero.glb", "giant.glb", "child.glb")
CASES: dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]] = {
    "family of textures": ("texture", "family", (), {"size": 64, "maps": ["height"]}),
    "variation": ("character", "variation", CHARACTERS[:1], {"clips": False, "legs": 0.3}),
    "family": ("character", "family", CHARACTERS, {"clips": False, "weight": 0.4}),
    "mix": ("character", "mix", CHARACTERS[:2], {"clips": False, "variety": 0.4}),
    "base": ("character", "base", (), {"muscle": 0.5, "legs": 0.2}),
    "form": ("architecture", "form", ("site.json",), {"options": 1}),
    "building of a form": ("architecture", "building", ("site.json",), {"shape": "form", "interiors": False}),
    "building of a massing": (
        "architecture",
        "building",
        ("site.json",),
        {"shape": "massing", "interiors": False, "evaluations": 200, "floor_area_ratio": 1.0},
    ),
}


def request(case: str, folder: Path, **given: Any) -> Request:
    generator, method, files, params = CASES[case]
    references = [str(folder / name) for name in files]
    plain = {"generator": generator, "method": method, "references": references, "params": params, "seed": 5, **given}
    return Request.from_plain(plain).hashed()
