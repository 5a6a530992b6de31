# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a trained model: what it was made from and how, and how it does against the plain methods.

It stands in the metadata of the weights, for programs, and beside them as a page for people.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..core.version import VERSION
from ..core.weights import save_weights
from ..core.whole_file import write_whole
from .presets import Settings
from .task import Item, Split, Task

MAX_INDEX_BYTES = 2**26


@dataclass(frozen=True)
class Provenance:
    """Where a training came from: its command, data and licences. No paths of the machine.

    `noun` says what the items of its split are.
    """

    command: str
    licence: str
    sources: str
    split: Split[Item]
    noun: str = "materials"


def write_model(
    path: Path,
    task: Task,
    network: nn.Module,
    settings: Settings,
    about: Provenance,
    figures: Mapping[str, float],
    baselines: Mapping[str, float],
    images: int,
    seconds: float,
) -> None:
    """Write the weights with their card inside, and the card as a page beside them."""
    card: dict[str, Any] = {
        "model": task.model,
        "maquette": VERSION,
        "commit": commit(),
        "command": about.command,
        "data": about.sources,
        "licence": about.licence,
        "seed": settings.seed,
        "settings": asdict(settings),
        "hardware": hardware(),
        "items": about.noun,
        "images": images,
        "hours": round(seconds / 3600, 2),
        "parameters": sum(p.numel() for p in network.parameters()),
        "figures": {name: round(value, 5) for name, value in figures.items()},
        "baselines": {name: round(value, 5) for name, value in baselines.items()},
        "families": sorted({s.family for s in about.split.train}),
        "held_out_families": sorted({s.family for s in about.split.held_out}),
        "training_sha256": sorted(s.sha256 for s in about.split.train),
    }
    # the page first: weights without the page that belongs to them would be refused
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".md").unlink(missing_ok=True)
    digest = save_weights(path, network.state_dict(), task.config, card)
    write_whole(path.with_suffix(".md"), page(card, digest).encode("utf-8"))


def page(card: Mapping[str, Any], digest: str) -> str:
    """The card for people, in Markdown."""
    rows = [f"| {name} | {value:.4g} | {_beside(card, name)} |" for name, value in card["figures"].items()]
    others = [f"| {n} | - | {v:.4g} |" for n, v in card["baselines"].items() if n not in card["figures"]]
    lines = [
        f"# {card['model']}",
        "",
        f"Weights: {digest}",
        "",
        f"- Data: {card['data']}",
        f"- Licence of the data: {card['licence']}",
        f"- Trained on {len(card['training_sha256'])} {card['items']} of {len(card['families'])} families; judged on "
        f"{len(card['held_out_families'])} families that were not trained on.",
        f"- Command: `{card['command']}`",
        f"- Maquette {card['maquette']}, commit {card['commit']}, seed {card['seed']}",
        f"- {card['images']} images in {card['hours']} hours on {card['hardware']}; {card['parameters']:,} parameters",
        "",
        "| figure (held-out families) | this model | plain method |",
        "| --- | --- | --- |",
        *rows,
        *others,
        "",
        f"Held out: {', '.join(card['held_out_families'])}.",
    ]
    return "\n".join(lines) + "\n"


def licences(folder: Path, items: Sequence[Item]) -> str:
    """What the data's `index.json` says of licences and providers, else that nothing is said."""
    index = folder / "index.json"
    try:
        readable = index.is_file() and index.stat().st_size <= MAX_INDEX_BYTES
        entries = json.loads(index.read_text(encoding="utf-8")) if readable else []
    except (OSError, ValueError):
        entries = []
    names = {item.name for item in items}
    said = Counter(
        f"{entry['license']} ({entry.get('provider') or entry.get('author') or 'provider not stated'})"
        for entry in entries
        if isinstance(entry, dict) and entry.get("license") and _named(entry) in names
    )
    return ", ".join(f"{text}: {count}" for text, count in said.most_common()) or "not stated by the data"


def _named(entry: Mapping[str, Any]) -> str:
    """The item that an entry of the index is about: by its name, else by its file without the ending."""
    name = entry.get("name") or str(entry.get("file", "")).rpartition(".")[0]
    return str(name)


def commit() -> str:
    """The commit of this checkout, with '+' where files differ from it; "none" outside of one."""
    folder = Path(__file__).parent

    def git(*arguments: str) -> str:
        ran = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
        return ran.stdout.strip() if ran.returncode == 0 else ""

    try:
        head = git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if head and git("status", "--porcelain", "--untracked-files=no") else "") or "none"
    except OSError:
        return "none"


def hardware() -> str:
    """The processor or the GPUs, in words."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} CPU cores ({platform.machine()}), {torch.get_num_threads()} used"


def _beside(card: Mapping[str, Any], name: str) -> str:
    value = card["baselines"].get(name)
    return "-" if value is None else f"{value:.4g}"
