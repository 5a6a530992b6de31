# SPDX-License-Identifier: GPL-3.0-or-later
"""The one training loop, for a CPU, a GPU, many GPUs or many nodes (started by torchrun).

Progress counts images. The state is a checkpoint that the same command goes on from, equal to the bit on one device:
batches and noise depend on the seed and the number of the step alone. What is shipped is a moving average of the
weights (a half-life in images: T. Karras et al., Analyzing and Improving the Training Dynamics of Diffusion Models,
2024), the one that did best on families that were not trained on.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn

from ..core.errors import Cancelled, EngineError, InputError
from ..core.files.image_file import write_image
from .card import Provenance, write_model
from .checkpoint import load_checkpoint, save_checkpoint
from .control import Control, Progress
from .presets import Settings
from .task import Task

REPORT_EVERY_S = 0.5
CHECKPOINT_EVERY_S = 120.0
STATS, SHEET, SETTINGS = "stats.jsonl", "samples.png", "settings.json"


@dataclass
class State:
    """Where a training is. `score` is the best so far, reached after `best_images`; `unimproved` looks came since."""

    step: int = 0
    images: int = 0
    seconds: float = 0.0
    score: float = math.inf
    best_images: int = 0
    unimproved: int = 0
    done: bool = False


def train(task: Task, settings: Settings, folder: Path, fabric: Fabric, control: Control, about: Provenance) -> Path:
    """Train until the images are used up or nothing gets better; returns the file of the best weights.

    folder: where checkpoints, `stats.jsonl`, TensorBoard's events, sample sheets and the model go. Stopping it by
    `control` (Cancelled) or killing it loses nothing but what came after the last checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_settings(folder, task, settings)
    average = copy.deepcopy(task.networks[task.shipped]).eval().requires_grad_(False)
    state = _resumed(folder, task, average, control)
    wrapped = {name: fabric.setup_module(net) for name, net in task.networks.items()}
    journal = Journal(folder, fabric, state.images)
    model = folder / f"{task.model.rpartition('/')[2]}.safetensors"
    clock = Clock(state, settings, control, fabric)
    baselines = task.baselines() if fabric.is_global_zero else {}
    try:
        while not state.done:
            control.check()
            clock.go_on()
            figures = _step(task, settings, fabric, wrapped, average, state)
            if state.images // settings.look_every != (state.images - _shown(settings, fabric)) // settings.look_every:
                clock.say("Looking at held-out families")
                figures |= _look(task, average, state, settings, journal, model, about, baselines, fabric)
                _save(folder, task, average, state, fabric)
                clock.saved()
            elif clock.checkpoint_is_due():
                _save(folder, task, average, state, fabric)
                clock.saved()
            state.done = state.done or state.images >= settings.images
            clock.tick(figures, journal.sheet)
        if not model.exists():
            _look(task, average, state, settings, journal, model, about, baselines, fabric)
        _save(folder, task, average, state, fabric)
    except (Cancelled, KeyboardInterrupt):
        _save(folder, task, average, state, fabric)
        raise
    finally:
        journal.close()
    return model


def _step(
    task: Task, settings: Settings, fabric: Fabric, wrapped: Mapping[str, Any], average: nn.Module, state: State
) -> dict[str, float]:
    """One batch: learn, and let the average follow."""
    number = state.step * fabric.world_size + fabric.global_rank
    generator = torch.Generator().manual_seed((settings.seed * 1_000_003 + number * 7919 + 1) % 2**63)
    for name, optimiser in task.optimisers.items():
        base = settings.rate if name == task.shipped else settings.critic_rate
        for group in optimiser.param_groups:
            group["lr"] = base * _schedule(settings, state.images)
    figures = task.step(fabric, wrapped, number, generator)
    if not all(map(math.isfinite, figures.values())):
        raise EngineError(
            f"The training diverged after {state.images} images: a loss is no finite number. "
            "Train again with a lower learning rate (--rate)."
        )
    state.step += 1
    shown = _shown(settings, fabric)
    state.images += shown
    _follow(average, task.networks[task.shipped], min(settings.ema_images, state.images / 4), shown)
    return figures


def _shown(settings: Settings, fabric: Fabric) -> int:
    return settings.batch * fabric.world_size


def _schedule(settings: Settings, images: int) -> float:
    """Factor of the learning rate: a warm-up, then a cosine to nearly nothing."""
    warm = min(1.0, (images + 1) / max(1, settings.warm_up))
    return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, images / settings.images))))


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, half_life: float, shown: int) -> None:
    keep = 0.5 ** (shown / max(half_life, 1e-8))
    for mean, now in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - keep)
    for held, new in zip(average.buffers(), network.buffers(), strict=True):
        held.copy_(new)


def _look(
    task: Task,
    average: nn.Module,
    state: State,
    settings: Settings,
    journal: Journal,
    model: Path,
    about: Provenance,
    baselines: Mapping[str, float],
    fabric: Fabric,
) -> dict[str, float]:
    """Judge the average on held-out families, draw samples, keep it if it is the best so far."""
    figures: dict[str, float] = {}
    if fabric.is_global_zero:
        figures = task.judge(average)
        journal.write(state, figures, task.sheet(average))
    figures = fabric.broadcast(figures)
    if figures["score"] < state.score:
        state.score, state.best_images, state.unimproved = figures["score"], state.images, 0
        if fabric.is_global_zero:
            write_model(model, task, average, settings, about, figures, baselines, state.images, state.seconds)
    else:
        state.unimproved += 1
    state.done = state.unimproved >= settings.patience
    return figures


def _save(folder: Path, task: Task, average: nn.Module, state: State, fabric: Fabric) -> None:
    if fabric.is_global_zero:
        networks = {**task.networks, "average": average}
        save_checkpoint(folder, networks, task.optimisers, task.tensors(), asdict(state))
    fabric.barrier()


def _resumed(folder: Path, task: Task, average: nn.Module, control: Control) -> State:
    """The state of the folder's checkpoint, taken up in place, or a fresh one."""
    found = load_checkpoint(folder, {**task.networks, "average": average}, task.optimisers)
    if found is None:
        return State()
    tensors, plain, faults = found
    task.restore(tensors)
    state = State(**plain)
    text = " ".join([*faults, f"Going on after {state.images} images."])
    control.report(Progress(state.images, max(1, state.images), 0.0, 0.0, text))
    return state


def _check_settings(folder: Path, task: Task, settings: Settings) -> None:
    """A folder belongs to one training: other settings there would make a model that nobody could explain."""
    path, mine = folder / SETTINGS, {"model": task.model, "config": task.config, **asdict(settings)}
    plain = json.loads(json.dumps(mine))
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        differ = [name for name in plain if before.get(name) != plain[name] and name not in ("images", "patience")]
        if differ:
            raise InputError(
                f"'{folder}' holds a training with another {', '.join(differ)}. Use the same settings to go on with it, "
                "or name another folder."
            )
    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")


class Journal:
    """What is written while a training runs: `stats.jsonl`, TensorBoard's events and the sheet of samples."""

    def __init__(self, folder: Path, fabric: Fabric, images: int) -> None:
        self._folder = folder
        self._writer: Any = None
        self.sheet: Path | None = folder / SHEET if (folder / SHEET).exists() else None
        if not fabric.is_global_zero:
            return
        self._forget_after(images)
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=images)

    def write(self, state: State, figures: Mapping[str, float], sheet: Any) -> None:
        """One line, the same figures for TensorBoard, and the sheet in place of the last one."""
        line = {
            "images": state.images,
            "seconds": round(state.seconds, 1),
            **{k: round(v, 6) for k, v in figures.items()},
        }
        with (self._folder / STATS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        for name, value in figures.items():
            self._writer.add_scalar(name, value, state.images)
        self.sheet = self._folder / SHEET
        write_image(self.sheet, np.round(np.clip(sheet, 0, 1) * 255).astype(np.uint8))
        self._writer.flush()

    def close(self) -> None:
        """Finish TensorBoard's file."""
        if self._writer is not None:
            self._writer.close()

    def _forget_after(self, images: int) -> None:
        """Lines that a killed run wrote after the checkpoint that this one goes on from."""
        path = self._folder / STATS
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(x for x in lines if json.loads(x)["images"] <= images), encoding="utf-8")


class Clock:
    """Rate, time left, and when to speak and to save."""

    def __init__(self, state: State, settings: Settings, control: Control, fabric: Fabric) -> None:
        self._state, self._settings, self._control, self._fabric = state, settings, control, fabric
        self._spoken = 0.0
        self._saved = self._last = time.monotonic()
        self._rate = 0.0

    def go_on(self) -> None:
        """After a pause: the time that it took does not count."""
        now = time.monotonic()
        if now - self._last > 60:
            self._last = now

    def say(self, text: str) -> None:
        """Report a stage that is no step."""
        self._report(text, {})

    def saved(self) -> None:
        """A checkpoint was written."""
        self._saved = time.monotonic()

    def checkpoint_is_due(self) -> bool:
        """Whether the last checkpoint is long ago; the same on every process."""
        due: bool = self._fabric.broadcast(time.monotonic() - self._saved > CHECKPOINT_EVERY_S)
        return due

    def tick(self, figures: Mapping[str, float], sheet: Path | None) -> None:
        """A step is done."""
        now = time.monotonic()
        took = max(now - self._last, 1e-6)
        self._last = now
        self._state.seconds += took
        now_rate = self._settings.batch * self._fabric.world_size / took
        self._rate = now_rate if self._rate == 0 else 0.95 * self._rate + 0.05 * now_rate
        if now - self._spoken >= REPORT_EVERY_S or self._state.done:
            self._spoken = now
            self._report("Training", figures, sheet)

    def _report(self, text: str, figures: Mapping[str, float], sheet: Path | None = None) -> None:
        if not self._fabric.is_global_zero:
            return
        left = max(0, self._settings.images - self._state.images) / self._rate if self._rate else 0.0
        self._control.report(
            Progress(self._state.images, self._settings.images, self._rate, left, text, figures, sheet)
        )
