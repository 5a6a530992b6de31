# SPDX-License-Identifier: GPL-3.0-or-later
"""`code`: how long it takes from a code to a mesh, and from a Request to a character and its file, on one core."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from ....core import engine
from ....core.character.rig_space import RigSpace
from ....core.files import gltf
from ....core.models import models
from ....core.request import Request
from ...data.character_folder import packs_of
from .study import Study

EXPECTED = tuple(f"code.{name}" for name in ("ms_single", "ms_batched_64", "seconds_character", "seconds_glb"))
FAMILY = 8


def time_code(study: Study) -> None:
    """Takes up the figures `code.*`."""
    characters = study.spaces.usable(study.judged.characters)
    if not characters:
        return study.lack("code", "No judged character has a rig that can be deformed.")
    chosen = characters[:: max(1, len(characters) // 12)][:12]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        times = [_times(study.spaces.of(character)) for character in chosen]
    finally:
        torch.set_num_threads(threads)
    single, batched = np.mean(times, axis=0)
    study.give("code", {"ms_single": 1000 * float(single), "ms_batched_64": 1000 * float(batched)})
    study.note(
        f"code: processor milliseconds a character from code to positions on one core, {len(chosen)} characters, one "
        "at a time (the least of 5) and 64 at once."
    )
    time_character(study)


def _times(space: RigSpace) -> tuple[float, float]:
    """Processor seconds a character, alone and as one of 64; others' work on the machine does not count."""
    one = 0.01 * torch.randn(1, len(space.code.values), generator=torch.Generator().manual_seed(0))
    many = one.repeat(64, 1)
    single = []
    for _ in range(5):
        started = time.process_time()
        space.decode_many(one)
        single.append(time.process_time() - started)
    started = time.process_time()
    space.decode_many(many)
    return min(single), (time.process_time() - started) / 64


def time_character(study: Study) -> None:
    """Takes up `code.seconds_character` and `code.seconds_glb`."""
    packs = packs_of(study.spaces.usable(study.judged.characters))
    if not packs or not models("character", "family"):
        for name in ("seconds_character", "seconds_glb"):
            study.lack(f"code.{name}", "No judged character, or no weights of 'family'.")
        return
    largest = max(packs.values(), key=len)[:FAMILY]
    found = study.tried("code: a character", lambda: _seconds([str(character.path) for character in largest]))
    if found is not None:
        study.give("code", {"seconds_character": found[0], "seconds_glb": found[1]})
    study.note(
        f"code: seconds_character is a member of a family of {len(largest)} with its clips, warm; seconds_glb its "
        "file. Processor seconds, the least of 3."
    )


def _seconds(paths: list[str]) -> tuple[float, float]:
    """Processor seconds of a warm `family` Request, and of writing what it made."""
    plain = {"generator": "character", "method": "family", "references": paths}
    making, writing = [], []
    for _ in range(4):
        started = time.process_time()
        made = engine.generate(Request.from_plain(plain), device="cpu")
        making.append(time.process_time() - started)
        with tempfile.TemporaryDirectory() as folder:
            started = time.process_time()
            gltf.write(made, Path(folder), lambda fraction, text: None)
            writing.append(time.process_time() - started)
    return min(making[1:]), min(writing[1:])
