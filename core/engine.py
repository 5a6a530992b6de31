# SPDX-License-Identifier: GPL-3.0-or-later
"""Request to Asset: picks the device, runs the method, and steps down when memory runs out. Imports torch."""

from __future__ import annotations

import functools
import importlib
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch

from .asset import Asset, Provenance
from .codec import canonical_json, show
from .context import Context
from .errors import InputError, OutOfMemory
from .kept import Kept
from .protocol import DEVICES
from .request import Request
from .version import VERSION

# rows worked on at once, in the order tried after the first attempt ran out of memory
SMALLER_TILES = (512, 128)

Say = Callable[[str], None]


def available_devices() -> tuple[str, ...]:
    """The devices that torch can use here, the fastest first."""
    found = [name for name, there in (("cuda", torch.cuda.is_available()), ("mps", _has_mps())) if there]
    return (*found, "cpu")


def pick_device(name: str) -> str:
    """`auto` is the fastest there is; a device that is not there is an InputError."""
    if name not in DEVICES:
        raise InputError(f"There is no device {show(name)}. Known are {', '.join(DEVICES)}.")
    there = available_devices()
    if name == "auto":
        return there[0]
    if name not in there:
        raise InputError(f"torch does not find the device '{name}' here, only {', '.join(there)}. Choose one of them.")
    return name


def generate(
    request: Request,
    *,
    device: str = "auto",
    progress: Callable[[float, str], None] | None = None,
    warn: Say | None = None,
    preview: int | None = None,
    kept: Mapping[str, Request] | None = None,
) -> Asset:
    """Make what the Request asks for.

    `progress(fraction, text)` may raise Cancelled; `warn(text)` hears of fallbacks. Out of memory is answered by
    smaller tiles, then by the CPU; only then by OutOfMemory. `preview` is the longest side, in pixels, of a quick look
    at the same design. `kept` are the Requests that `locks` name, and those that theirs name, by their keys; a lock
    whose Request is not there, or a part that the method cannot lock, is an InputError.
    """
    request = request.hashed()
    locked = Kept(request, kept or {})
    progress, warn = progress or (lambda fraction, text: None), warn or (lambda text: None)
    run = importlib.import_module(f".{request.declaration.module}", __package__).generate
    chosen, fallbacks = pick_device(device), []
    for where, tile, said in _ladder(chosen):
        if said:
            fallbacks.append(f"{where}, {f'{tile} rows at a time' if tile else 'whole'}")
            warn(f"{platform_name(chosen)} ran out of memory; going on {said}.")
        try:
            with torch.inference_mode():
                made = functools.partial(_made, device=where)
                keeping = functools.partial(_made_kept, locked, device=where, preview=preview)
                context = Context(torch.device(where), tile, progress, warn, made, preview, keeping)
                asset: Asset = run(request, context)
            return replace(asset, provenance=_provenance(request, where, tuple(fallbacks)))
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
        # outside the except block: the traceback no longer holds the failed attempt's tensors
        _empty_cache()
    raise OutOfMemory(
        "There is not enough memory for this result, even in small steps. Make it smaller, or close other programs."
    )


def platform_name(device: str) -> str:
    """The device as people call it."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    return "The Apple GPU" if device == "mps" else "The CPU"


def _made(request: Mapping[str, Any], device: str) -> Asset:
    return _kept(canonical_json(request), device)


@functools.lru_cache(maxsize=8)
def _kept(request: str, device: str) -> Asset:
    return generate(Request.from_json(request), device=device)


def _made_kept(kept: Kept, key: str, device: str, preview: int | None) -> Asset:
    """What a lock holds on to, made anew: the same Request gives the same bytes."""
    request, below = kept.of(key)
    return _locked(request.to_json(), tuple(sorted((k, r.to_json()) for k, r in below.items())), device, preview)


@functools.lru_cache(maxsize=4)
def _locked(request: str, kept: tuple[tuple[str, str], ...], device: str, preview: int | None) -> Asset:
    below = {key: Request.from_json(text) for key, text in kept}
    return generate(Request.from_json(request), device=device, preview=preview, kept=below)


def _ladder(device: str) -> Iterator[tuple[str, int | None, str]]:
    """(device, tile, what is said when this rung is reached) from fastest to thriftiest."""
    yield device, None, ""
    for tile in SMALLER_TILES:
        yield device, tile, f"with {tile} rows at a time"
    if device != "cpu":
        yield "cpu", None, "on the CPU"
        for tile in SMALLER_TILES:
            yield "cpu", tile, f"on the CPU with {tile} rows at a time"


def _is_out_of_memory(error: BaseException) -> bool:
    # torch's CPU and MPS allocators raise a plain RuntimeError
    words = ("out of memory", "not enough memory", "can't allocate memory", "alloc_cpu", "cannot allocate memory")
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(w in str(error).lower() for w in words)


def _empty_cache() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif _has_mps():
        torch.mps.empty_cache()


def _has_mps() -> bool:
    return platform.system() == "Darwin" and torch.backends.mps.is_available()


def _provenance(request: Request, device: str, fallbacks: tuple[str, ...]) -> Provenance:
    plain: dict[str, Any] = request.to_plain(with_paths=False)
    method = request.declaration
    return Provenance(VERSION, request.key, method.version, request.weights_sha256, device, plain, fallbacks)
