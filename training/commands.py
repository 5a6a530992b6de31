# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m maquette train GENERATOR MODEL`: its flags, and the line that shows how far it is."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import Any

from ..core.errors import HostError
from .presets import PRESETS

# settings that a flag may replace: type and what it is
CHANGES: dict[str, tuple[type, str]] = {
    "images": (int, "images to show in all"),
    "batch": (int, "images a step and process"),
    "crop": (int, "side of the crops in px, a multiple of 32 (materials)"),
    "rate": (float, "learning rate"),
    "critic_rate": (float, "learning rate of the discriminator"),
    "r1": (float, "weight of the R1 gradient penalty"),
    "augment": (float, "what adaptive augmentation aims at, 0 for none"),
    "held_out": (float, "share of families that are judged on instead of trained on"),
    "patience": (int, "looks without a better score that end the training"),
    "look_every": (int, "images between two looks at the held-out families"),
    "seed": (int, "another one gives another split and start"),
}
SAID_EVERY_S = 10.0


def add_train(commands: Any) -> None:
    """Add `train` to the command line."""
    parser = commands.add_parser("train", help="train a model on a folder of your own", description=__doc__)
    generators = parser.add_subparsers(required=True, metavar="GENERATOR")
    for generator in sorted({model.split("/")[0] for model in PRESETS}):
        models = generators.add_parser(generator).add_subparsers(required=True, metavar="MODEL")
        for model, presets in PRESETS.items():
            if model.startswith(f"{generator}/"):
                _add_model(models.add_parser(model.split("/")[1], help=f"presets: {', '.join(presets)}"), model)


def _add_model(parser: argparse.ArgumentParser, model: str) -> None:
    parser.add_argument("--data", required=True, type=Path, metavar="DIR", help="material sets or packs of characters")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="checkpoints, samples and the model")
    parser.add_argument("--preset", default="cpu", help=f"{', '.join(PRESETS[model])} (default: cpu)")
    parser.add_argument("--labelled", type=Path, metavar="DIR", help="a folder of labelled albedos to learn from too")
    parser.add_argument("--start", default="nothing", help="weights to start from: nothing, shipped, or a file")
    parser.add_argument("--licence", default="", help="the data's licence, for the card, where its index does not say")
    parser.add_argument("--device", default="auto", choices=["auto", "cuda", "mps", "cpu"])
    parser.add_argument("--devices", type=int, default=1, metavar="N", help="GPUs (or processes) on this machine")
    parser.add_argument("--nodes", type=int, default=1, metavar="N", help="machines, started by torchrun")
    parser.add_argument("--dry-run", action="store_true", help="say what would be trained on, and stop")
    for name, (kind, text) in CHANGES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=kind.__name__.upper(), help=text)
    parser.set_defaults(command=_train, model=model)


def _train(options: argparse.Namespace) -> int:
    """Train, or say what would be trained."""
    try:
        from . import session
        from .control import Control
    except ImportError as error:
        raise HostError(
            f"Training needs a package that is not here ({error.name}). Install: pip install 'maquette[training]'"
        ) from error
    control = Control(_Line().hear)
    signal.signal(signal.SIGINT, lambda *_: control.cancel())
    signal.signal(signal.SIGTERM, lambda *_: control.cancel())
    wish = session.Wish(
        model=options.model,
        data=options.data,
        out=options.out,
        preset=options.preset,
        changes={name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None},
        labelled=options.labelled,
        start=options.start,
        licence=options.licence,
        device=options.device,
        devices=options.devices,
        nodes=options.nodes,
    )
    if options.dry_run:
        print(session.plan(wish, control).text())
        return 0
    model = session.run(wish, control, print)
    print(f"{model} is there, with its card {model.with_suffix('.md').name}.")
    return 0


class _Line:
    """One line on the screen that is written over; one every ten seconds where the output is a file."""

    def __init__(self) -> None:
        self._last = 0.0
        self._screen = sys.stderr.isatty()

    def hear(self, progress: Any) -> None:
        """Show a Progress."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._screen else SAID_EVERY_S):
            return
        self._last = now
        minutes = progress.seconds_left / 60
        figures = "  ".join(f"{name} {value:.3f}" for name, value in list(progress.figures.items())[:6])
        text = f"{progress.images}/{progress.total_images} images, {progress.rate:.1f}/s, {minutes:.0f} min left  "
        print(f"{progress.text}: {text}{figures}", end="\r" if self._screen else "\n", file=sys.stderr, flush=True)
