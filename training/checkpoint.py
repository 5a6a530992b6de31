# SPDX-License-Identifier: GPL-3.0-or-later
"""A training's whole state in one safetensors file: written whole, checked when read, the one before kept.

Nothing is pickled: tensors stand under names such as `networks/generator/stem.weight` or
`optimisers/generator/3/exp_avg`, all else as JSON in the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn
from torch.optim import Optimizer

from ..core.errors import InputError
from ..core.models import read_header
from ..core.weights import data_hash
from ..core.whole_file import write_whole

LATEST, BEFORE = "checkpoint.safetensors", "checkpoint-before.safetensors"


def save_checkpoint(
    folder: Path,
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, Optimizer],
    tensors: Mapping[str, torch.Tensor],
    plain: Mapping[str, Any],
) -> None:
    """Write the state of everything that changes; `plain` is JSON. The last checkpoint becomes the one before."""
    state = {f"networks/{n}/{k}": v for n, net in networks.items() for k, v in net.state_dict().items()}
    state |= {f"tensors/{name}": tensor for name, tensor in tensors.items()}
    groups = {}
    for name, optimiser in optimisers.items():
        described = optimiser.state_dict()
        groups[name] = described["param_groups"]
        state |= {f"optimisers/{name}/{i}/{k}": v for i, s in described["state"].items() for k, v in s.items()}
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    metadata = {"plain": json.dumps(plain), "groups": json.dumps(groups), "tensors_sha256": data_hash(save(state))}
    latest = folder / LATEST
    if latest.exists():
        latest.replace(folder / BEFORE)
    write_whole(latest, save(state, metadata))


def load_checkpoint(
    folder: Path,
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, Optimizer],
) -> tuple[dict[str, torch.Tensor], dict[str, Any], list[str]] | None:
    """Restore the latest whole checkpoint in place: (tensors, plain, what was wrong with a newer one), None if none.

    A damaged checkpoint is passed over for the one before; when neither is whole, or it belongs to another network,
    that is an InputError.
    """
    faults: list[str] = []
    for path in (folder / LATEST, folder / BEFORE):
        if not path.exists():
            continue
        try:
            state, metadata = _read(path)
        except InputError as error:
            faults.append(str(error))
            continue
        tensors = _restore(path, state, metadata, networks, optimisers)
        return tensors, json.loads(metadata["plain"]), faults
    if faults:
        raise InputError(
            f"{' '.join(faults)} Delete the folder's checkpoints to train from the start, or name another."
        )
    return None


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    metadata = read_header(path).get("__metadata__", {})
    data = path.read_bytes()
    if metadata.get("tensors_sha256") != data_hash(data):
        raise InputError(f"The checkpoint '{path.name}' is damaged: it does not fit its own hash.")
    try:
        return load(data), metadata
    except SafetensorError as error:
        raise InputError(f"The checkpoint '{path.name}' is damaged: {error}.") from error


def _restore(
    path: Path,
    state: dict[str, torch.Tensor],
    metadata: Mapping[str, str],
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, Optimizer],
) -> dict[str, torch.Tensor]:
    groups = json.loads(metadata["groups"])
    try:
        for name, network in networks.items():
            network.load_state_dict(dict(_below(state, f"networks/{name}/")))
        for name, optimiser in optimisers.items():
            slots: dict[int, dict[str, torch.Tensor]] = {}
            for key, tensor in _below(state, f"optimisers/{name}/"):
                number, _, slot = key.partition("/")
                slots.setdefault(int(number), {})[slot] = tensor
            optimiser.load_state_dict({"state": slots, "param_groups": groups[name]})
    except (KeyError, ValueError, RuntimeError) as error:
        raise InputError(
            f"The checkpoint '{path.name}' belongs to a training with other settings. Use those again, or name another "
            "folder."
        ) from error
    return dict(_below(state, "tensors/"))


def _below(state: Mapping[str, torch.Tensor], prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    return ((name[len(prefix) :], tensor) for name, tensor in state.items() if name.startswith(prefix))
