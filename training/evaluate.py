# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the texture methods on materials that they have not seen.

    python -m maquette evaluate texture --data DIR --out DIR

DIR is laid out like the training data: material sets in `pbr`. Written are `figures.json`, one flat object of finite
numbers; `notes.json`, which says how they were measured and why a figure is absent; and contact sheets. After a stop,
or when the time was up, the same command goes on. What compares with training data takes it from MAQUETTE_DATA, else
../shared/data; materials that a model was trained on are left out of its part.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maquette.core.errors import HostError

PARTS = ("exemplar", "photo", "tileable", "family")
MINUTES = 28.0


def add_evaluate(commands: Any) -> None:
    """Add `evaluate` to the command line."""
    parser = commands.add_parser("evaluate", help="judge the methods on materials that they have not seen")
    generators = parser.add_subparsers(required=True, metavar="GENERATOR")
    _add_texture(generators.add_parser("texture", help="figures and contact sheets of the texture methods"))


def _add_texture(parser: argparse.ArgumentParser) -> None:
    parser.description = "Judges the texture methods. After a stop the same command goes on."
    parser.add_argument("--data", required=True, type=Path, metavar="DIR", help="the folder with material sets in pbr")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="figures, notes and contact sheets")
    parser.add_argument(
        "--parts", default=",".join(PARTS), help=f"any of {', '.join(PARTS)}, with commas (default: all)"
    )
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"the most it may take (default: {MINUTES:g})")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """The command: judges, and prints the figures that the models' cards hold."""
    try:
        from maquette.training.evaluation.texture.run import evaluate_textures
    except ImportError as error:
        raise HostError(
            f"Evaluating needs a package that is not here ({error.name}). Install: pip install 'maquette[training]'"
        ) from error
    parts = [part.strip() for part in options.parts.split(",") if part.strip()]
    figures = evaluate_textures(options.data, options.out, parts, options.minutes, lambda text: print(text, flush=True))
    print("\n".join(figure_lines(figures)))
    print(f"{options.out / 'figures.json'} holds {len(figures)} figures; see notes.json beside it.")
    return 0


def figure_lines(figures: Mapping[str, float]) -> list[str]:
    """The figures by name, a line each."""
    width = max((len(name) for name in figures), default=0)
    return [f"{name:<{width}}  {value:.4g}" for name, value in sorted(figures.items())]


def main() -> int:
    """`python training/evaluate.py texture`: the same without the rest of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _add_texture(parser.add_subparsers(required=True, metavar="GENERATOR").add_parser("texture"))
    options = parser.parse_args()
    return run(options)


if __name__ == "__main__":
    raise SystemExit(main())
