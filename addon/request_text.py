# SPDX-License-Identifier: GPL-3.0-or-later
"""A Request as text to take along: JSON, a line for Blender's console, a script for the engine alone."""

from __future__ import annotations

import json

from ..core.request import Request
from .method_settings import GENERATE

_ENGINE = """\
# makes this result without Blender: run it in the engine's environment, with the pictures where they are now
from pathlib import Path

from maquette.core import bundle, engine
from maquette.core.files import export
from maquette.core.request import Request

request = Request.from_json({request})
asset = engine.generate(request)
with bundle.writing(Path({folder}).resolve()) as folder:
    export.export(asset, folder, ({file},), progress=lambda fraction, text: None)
"""


def as_json(request: Request) -> str:
    """Indented JSON, as the command line reads it."""
    return json.dumps(request.to_plain(), indent=2, ensure_ascii=True) + "\n"


def as_blender_python(request: Request) -> str:
    """The operator that makes this result in Blender."""
    return f"import bpy\n\nbpy.ops.{GENERATE[request.generator]}(\n    request={_quoted(request)},\n)\n"


def as_engine_python(request: Request) -> str:
    """A script that makes this result with the engine alone and writes its files into a folder."""
    name = f"{request.generator}-{request.key[:8]}"
    return _ENGINE.format(request=_quoted(request), folder=repr(name), file=repr(request.declaration.export))


def _quoted(request: Request) -> str:
    return repr(request.to_json())
