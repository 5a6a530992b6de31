# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with one option of a row: go to it, pick it, search around it, make a building of it.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from dataclasses import replace
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ...core.generators import find_method
from ...core.request import Request, next_seed
from .. import presentation
from ..building_live import SHAPE, active_building
from ..building_properties import GENERATOR
from ..building_sources import made_from
from ..jobs import Job
from ..param_properties import MODEL, group_name, read_params
from ..properties import methods_of
from ..scene.building_parts import code_of, option_of, option_roots, row_of
from ..scene.option_pick import pick
from ..scene.option_row import site_origin
from ..scene.record import read_request
from .building import has_building, make_job, place_of
from .generate import JobOperator, has_engine

BUILDING = "building"


def has_option(kind: Any, context: Any) -> bool:
    """Whether the active object belongs to an option of a row; says why not."""
    if not has_building(kind, context):
        return False
    if row_of(active_building(context)) is None:
        kind.poll_message_set("The active object belongs to no row of options")
        return False
    return True


def chosen_code(root: Any) -> tuple[float, ...]:
    """What a Request carries to make what a root shows: an option's code, or the one that it was made with."""
    return code_of(root) or (made_from(root).code or ())


def refines(root: Any) -> bool:
    """Whether the method of what a root shows can search around it."""
    try:
        return read_request(root).method in presentation.REFINING
    except MaquetteError:
        return False


class MAQUETTE_OT_activate_option(Operator):  # noqa: N801 Blender's naming
    """Make this option the active one"""

    bl_idname = "maquette.activate_option"
    bl_label = "Activate Option"
    bl_options = {"INTERNAL", "UNDO"}

    name: StringProperty(name="Option", description="The option's name in its row")  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a row."""
        return has_option(cls, context)

    def execute(self, context: Any) -> set[str]:
        """Select its root alone."""
        row = row_of(active_building(context))
        found = next((root for root in option_roots(row) if option_of(root) == self.name), None)
        if found is None:
            self.report({"ERROR"}, f"'{row.name}' has no option '{self.name}'.")
            return {"CANCELLED"}
        for item in context.selected_objects:
            item.select_set(False)
        if context.view_layer.objects.get(found.name) is not None:
            found.select_set(True)
            context.view_layer.objects.active = found
        return {"FINISHED"}


class MAQUETTE_OT_pick_option(Operator):  # noqa: N801 Blender's naming
    """Keep this option alone: it comes onto the site, the others of the row go"""

    bl_idname = "maquette.pick_option"
    bl_label = "Pick"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an option of a row."""
        return has_option(cls, context)

    def execute(self, context: Any) -> set[str]:
        """In one undo step."""
        try:
            root = pick(active_building(context))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.view_layer.update()
        if context.view_layer.objects.get(root.name) is not None:
            context.view_layer.objects.active = root
            root.select_set(True)
        self.report({"INFO"}, f"'{root.name}' stands on its site.")
        return {"FINISHED"}


class WithCode(JobOperator):
    """What the operators share that go on from an option's code."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine and an option that was searched for."""
        if not has_building(cls, context) or not has_engine(cls):
            return False
        root = active_building(context)
        try:
            known = bool(chosen_code(root))
        except MaquetteError:
            known = False
        if not known:
            cls.poll_message_set("This option is a rule of thumb for comparison: choose one that was searched for")  # type: ignore[attr-defined]
        return known


class MAQUETTE_OT_refine_option(WithCode, Operator):  # noqa: N801 Blender's naming
    """Search again around this option, with the panel's values of its method: its row shows what is found"""

    bl_idname = "maquette.refine_option"
    bl_label = "Refine"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an option that was searched for, in its row, by a method that can search around it."""
        if not has_option(cls, context) or not super().poll(context):
            return False
        if not refines(active_building(context)):
            cls.poll_message_set("The method of this option does not search around one")  # type: ignore[attr-defined]
            return False
        return True

    def make_job(self, context: Any) -> Job:
        """The row's Request, begun from the option's code; its parent is the row that it came from."""
        root = active_building(context)
        old = made_from(root)
        group = getattr(context.scene.maquette_buildings, group_name(old.declaration))
        request = replace(
            old,
            params=read_params(group, old.declaration.params),
            seed=next_seed(old.seed),
            code=chosen_code(root),
            parents=(old.key,),
        )
        return make_job(request, place_of(context, root), row_of(root).name)


class MAQUETTE_OT_build_option(WithCode, Operator):  # noqa: N801 Blender's naming
    """Make a building of this option, with storeys, walls, openings and rooms: it stands on the site"""

    bl_idname = "maquette.build_option"
    bl_label = "Build"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method that builds."""
        if all(method.name != BUILDING for method in methods_of(GENERATOR)):
            cls.poll_message_set("There is no method that makes a building of an option")  # type: ignore[attr-defined]
            return False
        return super().poll(context)

    def make_job(self, context: Any) -> Job:
        """The building's values in the panel, the option's site and code."""
        root = active_building(context)
        old = made_from(root)
        request = building_request(context.scene.maquette_buildings, old, chosen_code(root))
        return make_job(request, place_of(context, origin=site_origin(root)), f"{root.name} Building")


def building_request(settings: Any, old: Request, code: tuple[float, ...]) -> Request:
    """The Request for a building on an option's site, from its code. What both methods call the same is the option's:
    a storey is as high in the building as in the massing."""
    method = find_method(GENERATOR, BUILDING)
    panel = read_params(getattr(settings, group_name(method)), method.params).to_plain()
    given = old.params.to_plain()
    shared = {name: given[name] for name in panel if name in given and name != MODEL}
    if old.method == BUILDING:
        raise InputError("This is a building already. Change it with Regenerate.")
    if SHAPE in panel:
        shared[SHAPE] = old.method
    params = method.params.from_plain({**panel, **shared})
    return Request(GENERATOR, BUILDING, params, old.seed, old.references, code)


_CLASSES = (
    MAQUETTE_OT_activate_option,
    MAQUETTE_OT_pick_option,
    MAQUETTE_OT_refine_option,
    MAQUETTE_OT_build_option,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
