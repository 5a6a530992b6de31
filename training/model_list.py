# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a trained model where its method lists it."""

from __future__ import annotations

from pathlib import Path

from ..core.errors import HostError
from ..core.models import check_name, method_folder
from ..core.whole_file import write_whole


def put_into_list(weights: Path, model: str, name: str) -> Path:
    """Copy weights and card into the user's models of `model` ("texture/photo") as `name`; returns the copy's path.

    One that has the name already is replaced. HostError where the folder cannot be written.
    """
    check_name(name)
    generator, _, method = model.partition("/")
    target = method_folder(generator, method) / f"{name}.safetensors"
    try:
        # weights beside another's card are refused, those without a card are not
        target.with_suffix(".md").unlink(missing_ok=True)
        write_whole(target, weights.read_bytes())
        write_whole(target.with_suffix(".md"), weights.with_suffix(".md").read_bytes())
    except OSError as error:
        raise HostError(f"The model could not be put into '{target.parent}': {error.strerror}.") from error
    return target
