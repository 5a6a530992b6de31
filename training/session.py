# SPDX-License-Identifier: GPL-3.0-or-later
"""A training from its wish to its model: looks at the data, splits it, builds the task, runs the loop."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from lightning_fabric import Fabric

from ..core.codec import show
from ..core.errors import InputError
from ..core.models import find_model, models
from ..core.weights import load_weights
from .architecture.parcels import CityFile
from .card import Provenance
from .control import Control, Progress
from .data.character_folder import CharacterFile
from .data.labelled_albedos import scan_labelled
from .data.material_folder import MaterialSet
from .library import Library, look
from .loop import train
from .presets import PRESETS, Settings, find_preset
from .task import Split, Task

Kind = TypeVar("Kind", CharacterFile, CityFile, MaterialSet)
SHIPPED, FROM_SCRATCH = "shipped", "nothing"
REPORT = "data.txt"


@dataclass(frozen=True)
class Wish:
    """What to train: a `model` of PRESETS, from the materials or characters in `data`, into the folder `out`.

    `changes` replace single settings of the preset. `labelled` is a folder of labelled albedos, which `family` can use
    too. `start` says which weights to start from: "nothing", "shipped", or a file.
    """

    model: str
    data: Path
    out: Path
    preset: str = "cpu"
    changes: dict[str, Any] = field(default_factory=dict)
    labelled: Path | None = None
    start: str = FROM_SCRATCH
    licence: str = ""
    device: str = "auto"
    devices: int = 1
    nodes: int = 1

    def settings(self) -> Settings:
        """The preset with the changes."""
        return find_preset(self.model, self.preset).changed(**self.changes)

    def command(self) -> str:
        """The command that stands in the card: what was asked for, without this machine's folders."""
        flags = [f"--{name.replace('_', '-')} {value}" for name, value in self.changes.items() if value is not None]
        labelled = ["--labelled DIR"] if self.labelled else []
        start = [f"--start {Path(self.start).name}"] if self.start != FROM_SCRATCH else []
        named = f"{self.model.replace('/', ' ')} --data DIR --out DIR --preset {self.preset}"
        return " ".join(["python -m maquette train", named, *labelled, *start, *flags])


@dataclass(frozen=True)
class Plan:
    """What a training would do: for `--dry-run`, and the first thing that every training says."""

    settings: Settings
    library: Library

    def text(self) -> str:
        """The plan in a few lines."""
        split = self.library.split
        held_out = ", ".join(sorted({item.family for item in split.held_out})) or "none"
        learned = f"{len(split.train)} {self.library.noun}; held out: {len(split.held_out)} ({held_out})."
        crops = f", {self.settings.crop} px crops" if self.library.noun == "materials" else ""
        return "\n".join(
            [
                self.library.report,
                f"Trained on: {learned}",
                f"{self.settings.images} images, {self.settings.batch} a step{crops}, seed {self.settings.seed}.",
            ]
        )


def plan(wish: Wish, control: Control) -> Plan:
    """Look at the data and split it; everything that can be wrong with the wish is said here, before any work."""
    settings = wish.settings()
    _check(wish, settings)

    def heard(fraction: float, text: str) -> None:
        control.check()
        control.report(Progress(0, settings.images, 0.0, 0.0, text))

    return Plan(settings, look(wish.model, wish.data, settings, heard))


def run(wish: Wish, control: Control, say: Callable[[str], None] = lambda text: None) -> Path:
    """Train what is wished for and return the model's file; what Cancelled leaves, the same wish takes up."""
    planned = plan(wish, control)
    fabric = _fabric(wish, planned.settings)
    if fabric.is_global_zero:
        say(planned.text())
    torch.use_deterministic_algorithms(True, warn_only=True)
    # nothing here reads memory before it is written, and filling it costs a tenth of the time
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    task = _task(wish, planned, fabric.device)
    if fabric.is_global_zero:
        wish.out.mkdir(parents=True, exist_ok=True)
        (wish.out / REPORT).write_text(planned.text() + "\n", encoding="utf-8")
    library = planned.library
    licence = wish.licence or library.licence
    about = Provenance(wish.command(), licence, library.sources, library.split, library.noun)
    return train(task, planned.settings, wish.out, fabric, control, about)


def _task(wish: Wish, planned: Plan, device: torch.device) -> Task:
    start = _start(wish)
    if wish.model == "character/family":
        from .character.family import FamilyTask as CharacterFamilyTask

        return CharacterFamilyTask(planned.settings, _split_of(planned, CharacterFile), device, start)
    if wish.model == "architecture/form":
        from .architecture.form import FormTask

        return FormTask(planned.settings, _split_of(planned, CityFile), device, start)
    split = _split_of(planned, MaterialSet)
    if wish.model == "texture/photo":
        from .texture.photo import PhotoTask

        return PhotoTask(planned.settings, split, device, start)
    from .texture.family import FamilyTask

    labelled = scan_labelled(wish.labelled).sets if wish.labelled else ()
    return FamilyTask(planned.settings, split, device, start, labelled)


def _split_of(planned: Plan, kind: type[Kind]) -> Split[Kind]:
    """The split of the library, whose items are of this kind."""
    split = planned.library.split
    train, held_out = (tuple(one for one in side if isinstance(one, kind)) for side in (split.train, split.held_out))
    return Split(train, held_out)


def _start(wish: Wish) -> dict[str, torch.Tensor] | None:
    if wish.start == FROM_SCRATCH:
        return None
    if wish.start == SHIPPED:
        generator, _, method = wish.model.partition("/")
        return load_weights(find_model(generator, method, SHIPPED).path).tensors
    return load_weights(Path(wish.start)).tensors


def _check(wish: Wish, settings: Settings) -> None:
    if not wish.data.is_dir():
        raise InputError(f"The folder {show(str(wish.data))} to learn from does not exist. Name one that does.")
    if wish.out.exists() and not wish.out.is_dir():
        raise InputError(f"{show(str(wish.out))} is a file. Name a folder for the training.")
    limits = {
        "images": (1, 10**9),
        "batch": (1, 4096),
        "crop": (32, 1024),
        "rate": (1e-7, 1.0),
        "held_out": (0.01, 0.9),
    }
    for name, (low, high) in limits.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise InputError(f"'{name}' must lie between {low} and {high}; {value} was given.")
    if settings.crop % 32:
        raise InputError(f"'crop' must be a multiple of 32; {settings.crop} was given.")
    if wish.start == SHIPPED and not models(*wish.model.split("/")):
        raise InputError(f"No weights of {wish.model} come with this Maquette. Start from nothing.")


def _fabric(wish: Wish, settings: Settings) -> Fabric:
    """Fabric on the wished device; under torchrun it finds its nodes and processes by itself."""
    accelerator = {"auto": "auto", "cuda": "cuda", "mps": "mps", "cpu": "cpu"}[wish.device]
    many = wish.devices * wish.nodes > 1 or "TORCHELASTIC_RUN_ID" in os.environ
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fabric = Fabric(
            accelerator=accelerator,
            devices=wish.devices,
            num_nodes=wish.nodes,
            strategy="ddp" if many else "auto",
            precision=settings.precision,  # type: ignore[arg-type]
        )
        fabric.launch()
    return fabric


def model_names() -> list[str]:
    """The models that can be trained."""
    return list(PRESETS)
