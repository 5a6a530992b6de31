# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate, Regenerate, New Seed, Cancel.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from dataclasses import replace
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ...core.errors import MaquetteError
from ...core.request import Request, next_seed
from .. import engine
from ..jobs import Job, State
from ..loop.locks import kept_for, with_locks
from ..material_delivery import MaterialDelivery
from ..package import cache_folder, preferences
from ..param_properties import read_params
from ..presentation import presentation
from ..properties import shown_method
from ..references import read_slots
from ..scene.apply import Place
from ..scene.draft import made_of
from ..scene.ownership import why_locked
from ..scene.record import Picture, applied, is_made, kept_pictures, read_request, with_paths
from ..scene.targets import Target, selected_targets
from ..scene.units import metres_per_unit
from .asking import AsksFirst


def active_material(context: Any) -> Any:
    """The material of the active object's active slot if Maquette made it, else None."""
    item = context.active_object
    material = item.active_material if item is not None else None
    return material if is_made(material) else None


def panel_request(scene: Any, material: Any = None) -> tuple[Request, list[Picture]]:
    """The panel's values as a Request with hashes, and its pictures.

    Where the panel lacks a picture that the method needs, those of `material`, if it is one of ours, are taken.
    """
    settings = scene.maquette
    method, group = shown_method(settings)
    params = read_params(group, method.params)
    lacking = [role for role in method.required if not getattr(settings.references, role).filled]
    if lacking and material is not None and lacking[0] in _roles_of(material):
        pictures = [
            picture for picture in kept_pictures(material, read_request(material)) if picture.role in method.roles
        ]
    else:
        pictures = read_slots(settings.references, method)
    references = tuple(picture.reference for picture in pictures)
    request = Request(method.generator, method.name, params, settings.seed, references)
    if material is not None:
        request = _with_origin(request, read_request(material))
    return with_locks(scene, with_paths(request, pictures, cache_folder())), pictures


def _with_origin(request: Request, old: Request) -> Request:
    """With what the panel does not show, as long as the method and its pictures are those of the old Request."""
    hashes = [[(r.role, r.sha256) for r in given.references] for given in (request, old)]
    if request.method != old.method or hashes[0] != hashes[1]:
        return request
    return replace(request, code=old.code, parents=old.parents, locks=old.locks)


def _roles_of(material: Any) -> set[str]:
    return {reference.role for reference in read_request(material).references}


def given_request(text: str) -> tuple[Request, list[Picture]]:
    """A Request given as JSON, and its pictures read from their paths."""
    request = Request.from_json(text).hashed()
    pictures = []
    for reference in request.references:
        with open(reference.path, "rb") as file:
            pictures.append(Picture.of(reference.role, reference.path, file.read(), reference.weight))
    return request, pictures


def make_job(context: Any, request: Request, pictures: list[Picture], place: Place) -> Job:
    """A job for this Request, under the preferences of now."""
    albedo = next((picture.path for picture in pictures if picture.role == "albedo"), "")
    stem = bpy.path.display_name_from_filepath(albedo) if albedo else ""
    chosen = preferences()
    return Job(
        title=stem[:50] or request.declaration.label,
        request=request,
        delivery=MaterialDelivery(pictures, place, chosen.storage == "BESIDE", metres_per_unit(context.scene)),
        folder=cache_folder() / "results" / request.cache_key,
        device=chosen.device,
        kept=kept_for([request]),
    )


def new_job(
    context: Any, request: Request, pictures: list[Picture], targets: tuple[Target, ...], refused: list[str]
) -> Job:
    """The job of a new material on these targets, a preview plane where there is none, as the panel says; `refused`
    are sentences about what was left out."""
    settings = context.scene.maquette
    place = Place(
        scene=Target(context.scene.name, context.scene.session_uid),
        targets=targets,
        plane=not targets,
        mapping=settings.mapping,
        relief_as=settings.relief_as,
    )
    job = make_job(context, request, pictures, place)
    job.warnings.extend(refused)
    return job


def place_in(context: Any, material: Any, mapping: str, relief_as: str) -> Place:
    """In place of what a material shows now."""
    scene = Target(context.scene.name, context.scene.session_uid)
    target = Target(material.name, material.session_uid)
    return Place(scene=scene, material=target, mapping=mapping, relief_as=relief_as)


class JobOperator:
    """What all operators share that make something: `invoke` starts it, `execute` sees it to its end."""

    def make_job(self, context: Any) -> Job:
        """The job that this operator stands for; raises MaquetteError before any work is done."""
        raise NotImplementedError

    def make_jobs(self, context: Any) -> list[Job]:
        """Where an operator stands for several."""
        return [self.make_job(context)]

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start the jobs and return; the panel shows how it goes."""
        try:
            for job in self.make_jobs(context):
                engine.submit(job)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))  # type: ignore[attr-defined]
            return {"CANCELLED"}
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        """Make it here and now."""
        try:
            jobs = self.make_jobs(context)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))  # type: ignore[attr-defined]
            return {"CANCELLED"}
        for job in jobs:
            engine.studio.run(job)
            if job.notice is not None:
                self.report({job.notice.level}, job.notice.text)  # type: ignore[attr-defined]
        return {"FINISHED"} if all(job.state is State.DONE for job in jobs) else {"CANCELLED"}


def has_engine(kind: Any) -> bool:
    """Whether an operator has an engine to work with; says why not."""
    if engine.found() is None:
        kind.poll_message_set("Maquette has no engine yet: make one in its preferences")
        return False
    return True


class MAQUETTE_OT_generate(JobOperator, Operator):  # noqa: N801 Blender's naming
    """Make a material as the panel says and put it on the selected objects, or on the faces that are selected in Edit
    Mode; with nothing selected, on a new preview plane"""

    bl_idname = "maquette.generate"
    bl_label = "Generate"
    bl_options = {"REGISTER"}

    request: StringProperty(  # type: ignore[valid-type]
        name="Request",
        description="A Request as JSON, in place of the panel's values",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine."""
        return has_engine(cls)

    def make_job(self, context: Any) -> Job:
        """From the panel's values, or from the Request that a script gave."""
        targets, refused = selected_targets(context)
        request, pictures = given_request(self.request) if self.request else panel_request(context.scene)
        return new_job(context, request, pictures, targets, refused)


class InPlace(AsksFirst, JobOperator):
    """What the operators share that change the active material in place."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine and a material that Maquette made."""
        material = active_material(context)
        if material is None:
            cls.poll_message_set("The active object has no material that Maquette made")  # type: ignore[attr-defined]
            return False
        if reason := why_locked(material):
            cls.poll_message_set(reason)  # type: ignore[attr-defined]
            return False
        return has_engine(cls)

    def thing(self, context: Any) -> Any:
        """The active material."""
        return active_material(context)


class MAQUETTE_OT_regenerate(InPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active material again with the panel's values. It changes in place: objects keep it, and nodes that were
    added or changed by hand stay"""

    bl_idname = "maquette.regenerate"
    bl_label = "Regenerate"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """The panel's values; where the panel has no picture, the material's own."""
        material, settings = active_material(context), context.scene.maquette
        request, pictures = panel_request(context.scene, material)
        place = place_in(context, material, settings.mapping, settings.relief_as)
        return make_job(context, request, pictures, place)


def seed_matters(thing: Any) -> bool:
    """Whether another seed gives another result; True where the Request of what was made cannot be read."""
    try:
        return bool(presentation(made_of(thing).declaration).seed)
    except MaquetteError:
        return True


class MAQUETTE_OT_new_seed(InPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active material anew: its own settings and pictures, the next seed, changed in place"""

    bl_idname = "maquette.new_seed"
    bl_label = "New Seed"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a material whose method makes something else of another seed."""
        if not super().poll(context):
            return False
        if not seed_matters(active_material(context)):
            cls.poll_message_set("The method of this material knows no chance: another seed gives the same")
            return False
        return True

    def make_job(self, context: Any) -> Job:
        """The material's own Request with the next seed."""
        material = active_material(context)
        old = read_request(material)
        pictures = kept_pictures(material, old)
        request = replace(old, seed=next_seed(old.seed))
        chosen = applied(material)
        place = place_in(context, material, chosen.get("mapping", "AUTO"), chosen.get("relief_as", "SHADING"))
        return make_job(context, with_paths(request, pictures, cache_folder()), pictures, place)


class MAQUETTE_OT_cancel(Operator):  # noqa: N801 Blender's naming
    """Stop what Maquette is making; the scene stays as it is"""

    bl_idname = "maquette.cancel"
    bl_label = "Cancel"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs something under way."""
        if not engine.studio.busy:
            cls.poll_message_set("Maquette is making nothing")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Ask the engine to stop; it is killed if it does not answer."""
        engine.studio.cancel()
        return {"FINISHED"}


class MAQUETTE_OT_halve_size(Operator):  # noqa: N801 Blender's naming
    """Halve the size in the panel and generate again: a quarter of the memory"""

    bl_idname = "maquette.halve_size"
    bl_label = "Generate at Half the Size"
    bl_options = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method whose size is in the panel."""
        if not getattr(shown_method(context.scene.maquette)[1], "size", 0):
            cls.poll_message_set("The size is the picture's: give a smaller picture")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Change the panel's size, then generate as the panel says."""
        _, group = shown_method(context.scene.maquette)
        group.size //= 2
        result: set[str] = bpy.ops.maquette.generate("INVOKE_DEFAULT")
        return result


_CLASSES = (
    MAQUETTE_OT_generate,
    MAQUETTE_OT_regenerate,
    MAQUETTE_OT_new_seed,
    MAQUETTE_OT_cancel,
    MAQUETTE_OT_halve_size,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
