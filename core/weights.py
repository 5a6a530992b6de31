# SPDX-License-Identifier: GPL-3.0-or-later
"""Learned weights as safetensors with their card inside: written whole or not at all, checked when read.

The metadata holds `card` (JSON: what the model is, data, licences, figures), `config` (JSON: how to build the network)
and `tensors_sha256`, the hash of the tensors' bytes. A file whose bytes or whose card beside it do not fit that hash is
refused.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from .codec import canonical_json, show
from .errors import InputError
from .models import MAX_HEADER_BYTES, Model, hash_in_card, read_header
from .whole_file import write_whole

MAX_WEIGHTS_BYTES = 2**30


@dataclass(frozen=True)
class Weights:
    """What a file of weights holds: the network's `tensors`, `config` to build it, and its `card`."""

    tensors: dict[str, torch.Tensor]
    config: dict[str, Any]
    card: dict[str, Any]


def save_weights(
    path: Path, tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any], card: Mapping[str, Any]
) -> str:
    """Write the file and return the hash of its tensors, which a card beside it names."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    digest = data_hash(save(plain))
    metadata = {
        "format": "pt",
        "tensors_sha256": digest,
        "config": canonical_json(config),
        "card": canonical_json(card),
    }
    write_whole(path, save(plain, metadata))
    return digest


def load_weights(path: Path) -> Weights:
    """Read and check a file of weights; anything that is not one, or not whole, is an InputError."""
    header = read_header(path)
    metadata = header.get("__metadata__", {})
    if path.stat().st_size > MAX_WEIGHTS_BYTES:
        raise InputError(
            f"The weights {show(path.name)} are larger than {MAX_WEIGHTS_BYTES >> 20} MiB. Use smaller ones."
        )
    data = path.read_bytes()
    digest = data_hash(data)
    if metadata.get("tensors_sha256") != digest:
        raise InputError(f"The weights {show(path.name)} are damaged: they do not fit their own hash. Get them again.")
    beside = hash_in_card(path)
    if beside is not None and beside != digest:
        raise InputError(
            f"The card beside {show(path.name)} belongs to other weights ({beside[:12]}, not {digest[:12]}). "
            "Put the card that was made with them back."
        )
    try:
        tensors = load(data)
        config, card = (json.loads(metadata.get(name, "{}")) for name in ("config", "card"))
    except (SafetensorError, ValueError) as error:
        raise InputError(f"The weights {show(path.name)} cannot be read: {error}. Get them again.") from error
    return Weights(tensors, config, card)


def load_network(model: Model, build: Any, device: torch.device) -> Any:
    """The model's network, built by `build(**config)`, in evaluation mode on the device."""
    weights = load_weights(model.path)
    try:
        network = build(**weights.config)
        network.load_state_dict(weights.tensors)
    except (TypeError, RuntimeError, KeyError, ValueError) as error:
        raise InputError(
            f"The model {show(model.name)} was made for another version of Maquette. Train it again, or choose another."
        ) from error
    return network.to(device).eval().requires_grad_(False)


def data_hash(data: bytes) -> str:
    """SHA-256 of the tensors in the bytes of a safetensors file: all that follows its header."""
    (length,) = struct.unpack("<Q", data[:8])
    return hashlib.sha256(memoryview(data)[8 + min(length, MAX_HEADER_BYTES) :]).hexdigest()
