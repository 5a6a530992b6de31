# SPDX-License-Identifier: GPL-3.0-or-later
"""Architecture: generate, change in place, another seed, more or fewer storeys, settings into the panel.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import contextlib
import math
import random
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import BoolProperty, FloatVectorProperty, IntProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ...core.params import ParamSpec, specs
from ...core.request import Request, next_seed
from ..building_delivery import BuildingDelivery, BuildingPlace
from ..building_live import OVER_OUTLINE, SHAPE, active_building, show_in_panel
from ..building_properties import GENERATOR, shown_method
from ..building_sources import made_from, scene_site, site_reference, title_of
from ..jobs import Job
from ..loop.locks import kept_for, with_locks
from ..package import cache_folder, preferences
from ..param_properties import read_params
from ..programme_list import fill_list
from ..properties import methods_of
from ..scene.building_levels import num_levels, show_level
from ..scene.building_parts import buildings, option_of
from ..scene.option_row import SAME_SITE, site_origin
from ..scene.ownership import why_locked
from ..scene.record import read_request
from ..scene.targets import Target
from ..scene.units import metres_per_unit
from .asking import AsksFirst
from .generate import JobOperator, has_engine

# what methods call the number of storeys
STOREYS = ("storeys", "num_storeys")


def place_of(context: Any, root: Any = None, origin: Any = (0.0, 0.0, 0.0)) -> BuildingPlace:
    """Where a result goes: in place of a building or row, or into the scene with its site's origin there."""
    scene = context.scene
    x, y, z = (float(value) for value in origin)
    return BuildingPlace(
        scene=Target(scene.name, scene.session_uid),
        root=Target(root.name, root.session_uid) if root is not None else None,
        per_metre=1.0 / metres_per_unit(scene),
        origin=(x, y, z),
    )


def panel_request(context: Any, root: Any = None) -> tuple[Request, Any, list[str]]:
    """(the panel's values and the site as it is drawn, its origin in Blender units, sentences for the designer).

    Where no site is drawn the origin is the 3D cursor's place."""
    scene = context.scene
    settings = scene.maquette_buildings
    method, group = shown_method(settings)
    params = read_params(group, method.params)
    found = scene_site(scene, method, params, None if root is None else site_origin(root))
    if found is None:
        return with_locks(scene, Request(GENERATOR, method.name, params, settings.seed)), scene.cursor.location, []
    request = Request(GENERATOR, method.name, params, settings.seed, (site_reference(found.text),))
    return with_locks(scene, request), found.origin_m / metres_per_unit(scene), list(found.said)


def make_job(request: Request, place: BuildingPlace, title: str, said: list[str] | None = None) -> Job:
    """A job for this Request, under the preferences of now."""
    return Job(
        title=title,
        request=request,
        delivery=BuildingDelivery(place),
        folder=cache_folder() / "buildings" / request.cache_key,
        device=preferences().device,
        kept=kept_for([request]),
        warnings=list(said or ()),
    )


def storeys_of(request: Request) -> ParamSpec | None:
    """The parameter that says how many storeys there are, None where a method has none or a massing brings its own."""
    if getattr(request.params, SHAPE, OVER_OUTLINE) != OVER_OUTLINE:
        return None
    return next((spec for spec in specs(request.declaration.params) if spec.name in STOREYS), None)


class MAQUETTE_OT_generate_architecture(JobOperator, Operator):  # noqa: N801 Blender's naming
    """Make what the panel says on the chosen site: options side by side in front of it, or a plan or building on it"""

    bl_idname = "maquette.generate_architecture"
    bl_label = "Generate Architecture"
    bl_options = {"REGISTER"}

    request: StringProperty(  # type: ignore[valid-type]
        name="Request",
        description="A Request as JSON, in place of the panel's values",
        options={"HIDDEN", "SKIP_SAVE"},
    )
    origin: FloatVectorProperty(  # type: ignore[valid-type]
        name="Origin",
        description="Where the site file's origin lies in the scene, for a Request that is given",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine, and a method."""
        if not methods_of(GENERATOR):
            cls.poll_message_set("There is no method that makes buildings")  # type: ignore[attr-defined]
            return False
        return has_engine(cls)

    def make_job(self, context: Any) -> Job:
        """From the Request that a script gave, or from the panel's values and what is drawn."""
        if self.request:
            given = Request.from_json(self.request).hashed()
            if given.generator != GENERATOR:
                raise InputError(f"This makes architecture; the Request is for '{given.generator}'.")
            return make_job(given, place_of(context, origin=self.origin), given.declaration.label)
        wish, origin, said = panel_request(context)
        said += _standing_there(context.scene, wish, origin)
        title = title_of(context.scene.maquette_buildings, wish.declaration)
        return make_job(wish, place_of(context, origin=origin), title, said)


def _standing_there(scene: Any, request: Request, origin: Any) -> list[str]:
    """A sentence where a building of the same method stands on the site already: the new one stands in it."""
    for root in buildings(scene):
        if option_of(root) or math.dist(root.location, origin) > SAME_SITE:
            continue
        with contextlib.suppress(MaquetteError):
            if read_request(root).method == request.method:
                return [f"'{root.name}' stands there too. Regenerate changes a building in place."]
    return []


def has_building(kind: Any, context: Any) -> bool:
    """Whether the active object belongs to a building of ours in this file; says why not."""
    root = active_building(context)
    if root is None:
        kind.poll_message_set("The active object belongs to no building that Maquette made")
        return False
    if reason := why_locked(root):
        kind.poll_message_set(reason)
        return False
    return True


class BuildingInPlace(AsksFirst, JobOperator):
    """What the operators share that change the active building, or its row of options, in place."""

    def thing(self, context: Any) -> Any:
        """The active building's root."""
        return active_building(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine and a building that Maquette made."""
        return has_building(cls, context) and has_engine(cls)


class MAQUETTE_OT_regenerate_building(BuildingInPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active building (or row of options) again with the panel's values. It changes in place: materials, moved
    parts and edited meshes that were changed by hand stay"""

    bl_idname = "maquette.regenerate_building"
    bl_label = "Regenerate"
    bl_options = {"REGISTER"}

    site: BoolProperty(  # type: ignore[valid-type]
        name="On the Site as It Is Now",
        description="Read the site that the panel names again; else the building keeps the one that it was made on",
        options={"SKIP_SAVE"},
    )

    def make_job(self, context: Any) -> Job:
        """The panel's values with the building's own site, or with the one that is drawn."""
        root, settings = active_building(context), context.scene.maquette_buildings
        old, (method, group) = made_from(root), shown_method(settings)
        if method.name != old.method or self.site:
            request, _, said = panel_request(context, root)
            if method.name == old.method:
                request = replace(request, code=old.code, parents=old.parents, locks=old.locks)
            return make_job(request, place_of(context, root), root.name, said)
        request = replace(old, params=read_params(group, method.params), seed=settings.seed)
        return make_job(request, place_of(context, root), root.name)


class MAQUETTE_OT_new_seed_building(BuildingInPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active building (or row of options) anew: its own settings and site, the next seed, changed in place"""

    bl_idname = "maquette.new_seed_building"
    bl_label = "New Seed"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """The building's own Request with the next seed."""
        root = active_building(context)
        old = made_from(root)
        request = replace(old, seed=next_seed(old.seed))
        return make_job(request, place_of(context, root), root.name)


class MAQUETTE_OT_change_storeys(BuildingInPlace, Operator):  # noqa: N801 Blender's naming
    """Give the active building more or fewer storeys; the rest follows"""

    bl_idname = "maquette.change_storeys"
    bl_label = "Change Storeys"
    bl_options = {"REGISTER"}

    by: IntProperty(name="By", description="So many storeys more", default=1, min=-100, max=100)  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building whose method is told how many storeys it has."""
        if not super().poll(context):
            return False
        try:
            known = storeys_of(read_request(active_building(context))) is not None
        except MaquetteError:
            known = False
        if not known:
            cls.poll_message_set("The storeys of this building follow from its massing")  # type: ignore[attr-defined]
        return known

    def make_job(self, context: Any) -> Job:
        """The building's own Request with other storeys."""
        root = active_building(context)
        old = made_from(root)
        spec = storeys_of(old)
        assert spec is not None
        wanted = getattr(old.params, spec.name) + self.by
        least, most = int(spec.minimum or 1), int(spec.maximum or 200)
        if not least <= wanted <= most:
            raise InputError(f"'{root.name}' would have {wanted} storeys; it may have {least} to {most}.")
        request = replace(old, params=replace(old.params, **{spec.name: wanted}))
        return make_job(request, place_of(context, root), root.name)


class MAQUETTE_OT_building_to_panel(Operator):  # noqa: N801 Blender's naming
    """Show the active building's settings and seed in the panel. Its site stays its own"""

    bl_idname = "maquette.building_to_panel"
    bl_label = "Settings to Panel"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building that Maquette made."""
        return has_building(cls, context)

    def execute(self, context: Any) -> set[str]:
        """Read the Request on the root."""
        settings = context.scene.maquette_buildings
        try:
            show_in_panel(settings, read_request(active_building(context)))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        fill_list(settings)
        return {"FINISHED"}


class MAQUETTE_OT_random_building_seed(Operator):  # noqa: N801 Blender's naming
    """Put a random seed into the panel"""

    bl_idname = "maquette.random_building_seed"
    bl_label = "Random Seed"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Small numbers are easier to tell each other."""
        context.scene.maquette_buildings.seed = random.randrange(9999)
        return {"FINISHED"}


class MAQUETTE_OT_show_building_level(Operator):  # noqa: N801 Blender's naming
    """Show one level of detail of the active building"""

    bl_idname = "maquette.show_building_level"
    bl_label = "Show Level of Detail"
    bl_options = {"REGISTER", "UNDO"}

    level: IntProperty(name="Level", description="0 is the finest", default=0, min=0, max=8)  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building with levels."""
        if not has_building(cls, context):
            return False
        if num_levels(active_building(context)) < 2:
            cls.poll_message_set("The building has no coarser levels of detail: ask for some, then Regenerate")  # type: ignore[attr-defined]
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """A level that is not there shows the coarsest."""
        root = active_building(context)
        show_level(root, min(self.level, num_levels(root) - 1))
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_generate_architecture,
    MAQUETTE_OT_regenerate_building,
    MAQUETTE_OT_new_seed_building,
    MAQUETTE_OT_change_storeys,
    MAQUETTE_OT_building_to_panel,
    MAQUETTE_OT_random_building_seed,
    MAQUETTE_OT_show_building_level,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
