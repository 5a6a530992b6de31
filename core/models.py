# SPDX-License-Identifier: GPL-3.0-or-later
"""The learned models there are: those that come with Maquette, and those trained on one's own library.

A model is `NAME.safetensors` and, beside it, its card `NAME.md`. The add-on lists models too, so nothing here needs
more than the standard library: a safetensors file begins with the length of a JSON header and that header.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .codec import show
from .errors import InputError

SHIPPED = "shipped"
FOLDER_VARIABLE = "MAQUETTE_MODELS"
MAX_HEADER_BYTES = 2**24
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}")
_CARD_HASH = re.compile(r"^Weights: ([0-9a-f]{64})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Model:
    """One set of weights of a method; `name` is "shipped" for those that come with Maquette."""

    generator: str
    method: str
    name: str
    path: Path

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes."""
        status = self.path.stat()
        return _file_hash(self.path, status.st_size, status.st_mtime_ns)

    @property
    def card(self) -> dict[str, Any]:
        """What the model is, from the file's metadata."""
        card: dict[str, Any] = json.loads(read_header(self.path).get("__metadata__", {}).get("card", "{}"))
        return card


def models_folder() -> Path:
    """Where trained models are kept: MAQUETTE_MODELS, else the user's own data folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else data_folder() / "models"


def data_folder() -> Path:
    """Where the user's own models and characters are kept."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "maquette"


def method_folder(generator: str, method: str) -> Path:
    """Where the user's models of a method are kept."""
    return models_folder() / f"{generator}-{method}"


def models(generator: str, method: str) -> tuple[Model, ...]:
    """Every model of a method: the shipped one first, then the user's by name."""
    shipped = Path(__file__).parent / generator / "weights" / f"{method}.safetensors"
    found = [Model(generator, method, SHIPPED, shipped)] if shipped.is_file() else []
    folder = method_folder(generator, method)
    own = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    names = (path for path in own if _NAME.fullmatch(path.stem) and path.stem != SHIPPED and path.is_file())
    return (*found, *(Model(generator, method, path.stem, path) for path in names))


def find_model(generator: str, method: str, name: str) -> Model:
    """The model of that name, or an InputError that lists what there is."""
    known = models(generator, method)
    for model in known:
        if model.name == name:
            return model
    listed = ", ".join(model.name for model in known) or "none"
    raise InputError(
        f"The method '{method}' has no model {show(name)}; there is: {listed}. Train one, or choose another."
    )


def check_name(name: str) -> None:
    """Raise InputError unless a model may have this name."""
    if not _NAME.fullmatch(name) or name == SHIPPED:
        raise InputError(
            f"A model cannot be named {show(name)}. Use letters, digits, spaces, dots, '-' and '_', 63 at most, "
            f"and not '{SHIPPED}'."
        )


def read_header(path: Path) -> dict[str, Any]:
    """The JSON header of a safetensors file, or an InputError."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 0 < length <= min(MAX_HEADER_BYTES, path.stat().st_size - 8):
                raise InputError(f"{show(path.name)} is no safetensors file, or is cut short. Get it again.")
            header = json.loads(file.read(length).decode("utf-8"))
    except OSError as error:
        raise InputError(f"The model {show(str(path))} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{show(path.name)} is no safetensors file, or is damaged. Get it again.") from error
    if not isinstance(header, dict):
        raise InputError(f"{show(path.name)} is no safetensors file. Get it again.")
    return header


def hash_in_card(weights: Path) -> str | None:
    """The hash that the card beside the weights names; None where there is no card, or it names none."""
    try:
        text = weights.with_suffix(".md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = _CARD_HASH.search(text)
    return found.group(1) if found else None


@functools.lru_cache(maxsize=64)
def _file_hash(path: Path, size: int, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
