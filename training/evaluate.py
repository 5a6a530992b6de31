# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the methods on materials, characters and cities that they have not seen.

    python -m maquette evaluate texture --data DIR --out DIR
    python -m maquette evaluate character --data DIR --out DIR
    python -m maquette evaluate architecture --data DIR --out DIR

DIR is laid out like the training data: material sets in `pbr`, packs of characters in `characters`, real buildings in
`architecture/city`. Written are
`figures.json`, one flat object of finite numbers; `notes.json`, which says how they were measured and why a figure is
absent; and contact sheets. After a stop, or when the time was up, the same command goes on. What compares with training
data takes it from MAQUETTE_DATA, else ../shared/data; what a model was trained on is left out of its part.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maquette.core.errors import HostError

PARTS = ("exemplar", "photo", "tileable", "family")
CHARACTER_PARTS = ("library", "code", "base", "attribute", "family", "clip")
ARCHITECTURE_PARTS = ("kernel", "form", "ifc", "gltf", "plan", "massing")
MINUTES = 28.0


def add_evaluate(commands: Any) -> None:
    """Add `evaluate` to the command line."""
    parser = commands.add_parser("evaluate", help="judge the methods on what they have not seen")
    _add_generators(parser.add_subparsers(required=True, metavar="GENERATOR"))


def _add_generators(generators: Any) -> None:
    texture = generators.add_parser("texture", help="figures and contact sheets of the texture methods")
    _add(texture, "the folder with material sets in pbr", PARTS, run)
    character = generators.add_parser("character", help="figures and contact sheets of the character methods")
    _add(character, "the folder with packs in characters", CHARACTER_PARTS, run_characters)
    architecture = generators.add_parser("architecture", help="figures and contact sheets of the architecture methods")
    _add(architecture, "the folder with real buildings in architecture/city", ARCHITECTURE_PARTS, run_architecture)


def _add(parser: argparse.ArgumentParser, data: str, parts: Sequence[str], command: Any) -> None:
    parser.description = "Judges the methods. After a stop the same command goes on."
    parser.add_argument("--data", required=True, type=Path, metavar="DIR", help=data)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="figures, notes and contact sheets")
    parser.add_argument(
        "--parts", default=",".join(parts), help=f"any of {', '.join(parts)}, with commas (default: all)"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"the most it may take (default: {MINUTES:g})")
    parser.set_defaults(command=command)


def run(options: argparse.Namespace) -> int:
    """The command for textures: judges, and prints the figures."""
    try:
        from maquette.training.evaluation.texture.run import evaluate_textures
    except ImportError as error:
        raise _lacking(error) from error
    return _told(options, evaluate_textures)


def run_characters(options: argparse.Namespace) -> int:
    """The command for characters."""
    try:
        from maquette.training.evaluation.character.run import evaluate_characters
    except ImportError as error:
        raise _lacking(error) from error
    return _told(options, evaluate_characters)


def run_architecture(options: argparse.Namespace) -> int:
    """The command for architecture."""
    try:
        from maquette.training.evaluation.architecture.run import evaluate_architecture
    except ImportError as error:
        raise _lacking(error) from error
    return _told(options, evaluate_architecture)


def _told(options: argparse.Namespace, evaluate: Any) -> int:
    parts = [part.strip() for part in options.parts.split(",") if part.strip()]
    figures = evaluate(options.data, options.out, parts, options.minutes, lambda text: print(text, flush=True))
    print("\n".join(figure_lines(figures)))
    print(f"{options.out / 'figures.json'} holds {len(figures)} figures; see notes.json beside it.")
    return 0


def _lacking(error: ImportError) -> HostError:
    return HostError(
        f"Evaluating needs a package that is not here ({error.name}). Install: pip install 'maquette[training]'"
    )


def figure_lines(figures: Mapping[str, float]) -> list[str]:
    """The figures by name, a line each."""
    width = max((len(name) for name in figures), default=0)
    return [f"{name:<{width}}  {value:.4g}" for name, value in sorted(figures.items())]


def main() -> int:
    """`python training/evaluate.py texture`: the same without the rest of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _add_generators(parser.add_subparsers(required=True, metavar="GENERATOR"))
    options = parser.parse_args()
    command: int = options.command(options)
    return command


if __name__ == "__main__":
    raise SystemExit(main())
