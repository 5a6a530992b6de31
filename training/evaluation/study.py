# SPDX-License-Identifier: GPL-3.0-or-later
"""What an evaluation has found so far, kept on disk item by item, so that the same command goes on after a stop."""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ...core.errors import HostError, MaquetteError

# results of another version of the measurements are measured again
PROTOCOL = 1
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
Item = TypeVar("Item")


@dataclass(kw_only=True)
class Study:
    """The folder for results and the time that is left (monotonic clock); what is judged is added by each generator.

    `generator` is the folder of `core` whose methods are judged, `hashes` those of all that is judged.
    """

    generator: str
    hashes: tuple[str, ...]
    out: Path
    say: Callable[[str], None]
    deadline: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    protocol: list[str] = field(default_factory=list)

    def part(self, name: str, **settings: Any) -> Part:
        """The kept results of a part, if they were made by the same methods and settings from the same data."""
        made_with = {"protocol": PROTOCOL, "methods": methods_sha256(self.generator), **settings}
        return Part(self.out / "parts" / f"{name}.json", {"data": list(self.hashes), **made_with})

    def in_time(self, items: Iterable[Item], share: float, what: str) -> Iterator[Item]:
        """The items, as long as time lasts: `share` is how much of what is left now may be used."""
        remaining = list(items)
        end = time.monotonic() + share * max(0.0, self.deadline - time.monotonic())
        for number, item in enumerate(remaining):
            if number and time.monotonic() > end:
                self.note(f"{what}: {number} of {len(remaining)} were judged before the time was up; run it again.")
                return
            yield item

    def tried(self, what: str, attempt: Callable[[], Item]) -> Item | None:
        """What the attempt gives; one that fails is noted and left out, so that one bad item spoils no figure."""
        try:
            return attempt()
        except (MaquetteError, ValueError, ArithmeticError, RuntimeError) as error:
            self.note(f"{what} was left out: {error}")
            return None

    def give(self, prefix: str, figures: Mapping[str, float | None]) -> None:
        """Take figures up under their part's name; what is no finite number is absent."""
        for name, value in figures.items():
            if value is None or not math.isfinite(value):
                self.lack(f"{prefix}.{name}", "It came out as no finite number.")
            else:
                self.figures[f"{prefix}.{name}"] = float(f"{value:.6g}")

    def lack(self, key: str, reason: str) -> None:
        """Say why a figure is absent."""
        self.absent.setdefault(key, reason)

    def note(self, text: str) -> None:
        """Say how something was measured."""
        if text not in self.protocol:
            self.protocol.append(text)


class Part:
    """Figures by item, as JSON on disk; begun anew when the settings differ from those kept."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self._path, self._settings = path, json.loads(json.dumps(settings))
        self.items: dict[str, dict[str, float]] = {}
        kept = _read(path)
        if kept.get("settings") == self._settings and isinstance(kept.get("items"), dict):
            self.items = kept["items"]

    def measured(self, key: str, measure: Callable[[], Mapping[str, float]]) -> dict[str, float]:
        """The kept figures of an item, else those that `measure` finds now."""
        if key not in self.items:
            found = {name: float(value) for name, value in measure().items()}
            self.items[key] = {name: value for name, value in found.items() if math.isfinite(value)}
            write_json(self._path, {"settings": self._settings, "items": self.items})
        return self.items[key]


def training_folder() -> Path:
    """The folder of the training data, there or not."""
    return Path(os.environ.get("MAQUETTE_DATA") or SHARED / "data")


@functools.cache
def methods_sha256(generator: str) -> str:
    """The hash of the source of all methods of a generator: what other methods made says nothing about these."""
    package = importlib.import_module(f"maquette.core.{generator}")
    digest = hashlib.sha256()
    for path in sorted(Path(str(package.__file__)).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_json(path: Path, content: Any) -> None:
    """Write strict JSON (finite numbers only), under a temporary name and renamed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise HostError(f"'{path}' cannot be written: {error.strerror}. Choose another --out.") from error


def mean(rows: Iterable[Mapping[str, float]], name: str) -> float | None:
    """The mean of one figure over the items that have it; None where none has."""
    values = [row[name] for row in rows if name in row]
    return float(np.mean(values)) if values else None


def highest(rows: Iterable[Mapping[str, float]], name: str) -> float | None:
    """The highest of one figure over the items that have it; None where none has."""
    return max((row[name] for row in rows if name in row), default=None)


def _read(path: Path) -> dict[str, Any]:
    """A kept part; one that is missing or damaged is simply measured again."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
