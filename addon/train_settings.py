# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Train panel edits, stored in the scene, and the wish that comes of it.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import re
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from ..core.errors import InputError
from ..core.generators import methods
from ..core.models import SHIPPED, check_name, models
from ..core.protocol import Train
from ..training.presets import PRESETS
from .package import preferences
from .properties import GENERATOR
from .training import checkpoint_folder

NEEDLESS = re.compile(r"[^A-Za-z0-9_.-]+")
LONGEST_NAME = 63
# Blender 4.5 asks properties to say that they understand '//'
_OPTIONS = {"ANIMATABLE", *({"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else ())}
# a model that learns from labelled base colours too
TAKES_LABELLED = "texture/family"
PRESET_TEXTS = {
    "quick": ("Quick", "Minutes: to see whether the folder is read as it should be"),
    "cpu": ("CPU", "Hours on a processor"),
    "gpu": ("GPU", "Hours on a graphics card, for the best result"),
}


def model_label(model: str) -> str:
    """A model as people know it: by its method's name, and what it makes where that is no material."""
    generator, _, name = model.partition("/")
    known = (method.label for method in methods().values() if (method.generator, method.name) == (generator, name))
    label = next(known, name.capitalize())
    return label if generator == GENERATOR else f"{label} ({generator}s)"


def _preset_items() -> list[tuple[str, str, str]]:
    names = dict.fromkeys(name for presets in PRESETS.values() for name in presets)
    return [(name, *PRESET_TEXTS.get(name, (name.capitalize(), ""))) for name in names]


class TrainSettings(PropertyGroup):
    """What to train, on what, and under which name."""

    folder: StringProperty(  # type: ignore[valid-type]
        name="Folder",
        description="A library of materials, their maps named as ambientCG, Poly Haven, Substance or glTF name them; "
        "or of rigged characters, where the method learns from those",
        subtype="DIR_PATH",
        options=_OPTIONS,
    )
    model: EnumProperty(  # type: ignore[valid-type]
        name="Method",
        description="Which method learns from the folder",
        items=[(model, model_label(model), f"Train a model for '{model_label(model)}'") for model in PRESETS],
    )
    preset: EnumProperty(name="Preset", description="How long to train", items=_preset_items())  # type: ignore[valid-type]
    title: StringProperty(  # type: ignore[valid-type]
        name="Name",
        description="What the model is called in the method's list. Empty: as the folder is called",
        maxlen=LONGEST_NAME,
    )
    from_shipped: BoolProperty(  # type: ignore[valid-type]
        name="Start from the Shipped Model",
        description="Go on from the weights that come with Maquette: better where the folder is small",
    )
    labelled: StringProperty(  # type: ignore[valid-type]
        name="Labelled Colours",
        description="A further folder of base colours with an index.json that says their classes. May be empty",
        subtype="DIR_PATH",
        options=_OPTIONS,
    )

    @property
    def model_name(self) -> str:
        """The name given, or one made of the folder's."""
        if self.title:
            return str(self.title)
        folder = re.split(r"[/\\]+", bpy.path.abspath(self.folder).rstrip("/\\"))[-1]
        return NEEDLESS.sub(" ", folder).strip(" _.-")[:LONGEST_NAME] or "My library"


def has_shipped(model: str) -> bool:
    """Whether weights of the model come with Maquette."""
    generator, _, name = model.partition("/")
    return any(found.name == SHIPPED for found in models(generator, name))


def read_wish(settings: Any) -> Train:
    """The panel's values as a wish; InputError where something is missing or wrong."""
    if not settings.folder:
        what = "materials" if settings.model.startswith(GENERATOR) else "characters"
        raise InputError(f"No folder is chosen. Choose the folder of your {what}.")
    name = settings.model_name
    check_name(name)
    labelled = settings.labelled if settings.model == TAKES_LABELLED else ""
    return Train(
        id="",
        model=settings.model,
        data=bpy.path.abspath(settings.folder),
        out=str(checkpoint_folder(settings.model, name)),
        name=name,
        preset=settings.preset,
        labelled=bpy.path.abspath(labelled) if labelled else "",
        start=SHIPPED if settings.from_shipped and has_shipped(settings.model) else "nothing",
        device=preferences().device,
    )


def register() -> None:
    """Add `scene.maquette_train`."""
    bpy.utils.register_class(TrainSettings)
    bpy.types.Scene.maquette_train = PointerProperty(type=TrainSettings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take `scene.maquette_train` away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_train  # type: ignore[attr-defined]
    bpy.utils.unregister_class(TrainSettings)
