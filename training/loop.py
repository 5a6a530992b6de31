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
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from ..core.errors import Cancelled, EngineError, InputError
from .card import Provenance, write_model
from .checkpoint import load_checkpoint, save_checkpoint
from .clock import Clock, State
from .control import Control, Progress
from .journal import Journal
from .presets import Settings
from .processes import over_all
from .task import Task

SETTINGS = "settings.json"


def train(task: Task, settings: Settings, folder: Path, fabric: Fabric, control: Control, about: Provenance) -> Path:
    """Train until the images are used up or nothing gets better; returns the file of the best weights.

    folder: where checkpoints, `stats.jsonl`, TensorBoard's events, sample sheets and the model go. Stopping it by
    `control` (Cancelled) or killing it loses nothing but what came after the last checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_settings(folder, task, settings, fabric)
    average = copy.deepcopy(task.networks[task.shipped]).eval().requires_grad_(False)
    state = _resumed(folder, task, settings, average, control, fabric)
    wrapped = {name: fabric.setup_module(net) for name, net in task.networks.items()}
    journal, clock = Journal(folder, fabric, state.images), Clock(state, settings, control, fabric)
    judge = Judge(task, settings, average, state, fabric, journal, folder, about)
    try:
        while not state.done:
            clock.wait()
            figures = _step(task, settings, fabric, wrapped, average, state)
            state.done = state.images >= settings.images
            if state.done or _passes(settings.look_every, state.images, _shown(settings, fabric)):
                clock.say("Looking at held-out families")
                figures |= judge.look()
                clock.worry = task.worries(figures)
            if state.done or judge.just_looked(state.images) or clock.checkpoint_is_due():
                _save(folder, task, average, state, fabric)
                clock.saved()
            clock.tick(figures, journal.sheet)
    except (Cancelled, KeyboardInterrupt):
        _save(folder, task, average, state, fabric)
        raise
    finally:
        journal.close()
    return judge.model


class Judge:
    """Looks at the averaged weights now and then, and keeps the best of them as the model."""

    def __init__(
        self,
        task: Task,
        settings: Settings,
        average: nn.Module,
        state: State,
        fabric: Fabric,
        journal: Journal,
        folder: Path,
        about: Provenance,
    ) -> None:
        self._task, self._settings, self._average, self._state = task, settings, average, state
        self._fabric, self._journal, self._about = fabric, journal, about
        self._baselines = task.baselines() if fabric.is_global_zero and not state.done else {}
        self._looked_at = -1
        self.model = folder / f"{task.model.rpartition('/')[2]}.safetensors"

    def just_looked(self, images: int) -> bool:
        """Whether the last look was at this very state."""
        return self._looked_at == images

    def look(self) -> dict[str, float]:
        """Figures on held-out families, written down with a sheet of samples; the state learns whether to go on."""
        state, figures = self._state, {}
        if self._fabric.is_global_zero:
            figures = self._task.judge(self._average)
            self._journal.write(state.images, state.seconds, figures, self._task.sheet(self._average))
        figures = self._fabric.broadcast(figures)
        self._looked_at = state.images
        if figures["score"] < state.score:
            state.score, state.best_images, state.unimproved = figures["score"], state.images, 0
            self._keep(figures)
        else:
            state.unimproved += 1
        state.done = state.done or state.unimproved >= self._settings.patience
        return figures

    def _keep(self, figures: Mapping[str, float]) -> None:
        if self._fabric.is_global_zero:
            made = (figures, self._baselines, self._state.images, self._state.seconds)
            write_model(self.model, self._task, self._average, self._settings, self._about, *made)


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
    figures = _agreed(task.step(fabric, wrapped, number, generator), fabric)
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


def _agreed(figures: dict[str, float], fabric: Fabric) -> dict[str, float]:
    """The means over all processes, so that each of them draws the same conclusions."""
    means = over_all(fabric, torch.tensor(list(figures.values()), dtype=torch.float64))
    return dict(zip(figures, means.tolist(), strict=True))


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


def _passes(every: int, images: int, shown: int) -> bool:
    """Whether a multiple of `every` was reached by the last `shown` images."""
    return images // every != (images - shown) // every


def _save(folder: Path, task: Task, average: nn.Module, state: State, fabric: Fabric) -> None:
    if fabric.is_global_zero:
        networks = {**task.networks, "average": average}
        save_checkpoint(folder, networks, task.optimisers, task.tensors(), asdict(state))
    fabric.barrier()


def _resumed(
    folder: Path, task: Task, settings: Settings, average: nn.Module, control: Control, fabric: Fabric
) -> State:
    """The state of the folder's checkpoint, taken up in place, or a fresh one."""
    found = load_checkpoint(folder, {**task.networks, "average": average}, task.optimisers)
    if found is None:
        return State()
    tensors, plain, faults = found
    task.restore(tensors)
    state = State(**plain)
    # more images than last time may be wished for
    state.done = state.done and state.images >= settings.images
    text = " ".join([*faults, f"Going on after {state.images} images."])
    if fabric.is_global_zero:
        control.report(Progress(state.images, settings.images, 0.0, 0.0, text))
    return state


def _check_settings(folder: Path, task: Task, settings: Settings, fabric: Fabric) -> None:
    """A folder belongs to one training: other settings there would make a model that nobody could explain."""
    path, mine = folder / SETTINGS, {"model": task.model, "config": task.config, **asdict(settings)}
    plain = json.loads(json.dumps(mine))
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        differ = [name for name in plain if before.get(name) != plain[name] and name not in ("images", "patience")]
        if differ:
            raise InputError(
                f"'{folder}' holds a training with another {', '.join(differ)}. Use the same settings to go on with "
                "it, or name another folder."
            )
    # not before everybody has read it
    fabric.barrier()
    if fabric.is_global_zero:
        path.write_text(json.dumps(plain, indent=1), encoding="utf-8")
