# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings out of the scene: GLB and .blend as they are now, IFC and CSV as the engine made them; as assets.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty
from bpy.types import Operator

from ...core.errors import HostError, InputError, MaquetteError
from .. import engine
from ..building_live import active_building
from ..building_sources import made_from
from ..file_delivery import FileDelivery
from ..jobs import Job, State
from ..loop.locks import kept_for
from ..package import cache_folder, preferences
from ..scene.building_asset import mark_as_asset, write_blend, write_glb
from ..scene.units import metres_per_unit
from .building import has_building

# what the engine writes from the building's Request, and what Blender writes from the scene
FROM_ENGINE = ("ifc", "csv")
KIND_ITEMS = [
    ("glb", "glTF (.glb)", "As it is now, in metres: meshes, materials, windows that share their meshes"),
    ("ifc", "IFC4 (.ifc)", "Storeys, spaces, walls, slabs, openings and quantities as they were made"),
    ("csv", "Areas (.csv)", "The areas of storeys, rooms and parts as a table"),
    ("blend", "Blender (.blend)", "As it is now, its collection in a file of its own"),
]


class MAQUETTE_OT_export_building(Operator):  # noqa: N801 Blender's naming
    """Write the active building to a file: glTF for game engines, IFC for other programs of architects, its areas as a
    table, or a .blend. glTF and .blend hold what was changed by hand too"""

    bl_idname = "maquette.export_building"
    bl_label = "Export Building"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="File", description="Where it is written", subtype="FILE_PATH")  # type: ignore[valid-type]
    kind: EnumProperty(name="Format", description="What kind of file it is", items=KIND_ITEMS)  # type: ignore[valid-type]
    check_existing: BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]
    filter_glob: StringProperty(default="*.glb;*.ifc;*.csv;*.blend", options={"HIDDEN"})  # type: ignore[valid-type]
    wait: BoolProperty(  # type: ignore[valid-type]
        description="See it to its end before returning", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building that Maquette made."""
        return has_building(cls, context)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file; it begins with the building's name, beside the .blend."""
        self.wait = False
        folder = Path(bpy.path.abspath("//")) if bpy.data.filepath else Path.home()
        self.filepath = str(folder / f"{bpy.path.clean_name(active_building(context).name)}.{self.kind}")
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: Any) -> bool:
        """The ending follows the format."""
        wanted = bpy.path.ensure_ext(str(Path(self.filepath).with_suffix("")), f".{self.kind}")
        if self.filepath == wanted or not Path(self.filepath).name:
            return False
        self.filepath = wanted
        return True

    def draw(self, context: Any) -> None:
        """Beside the file browser."""
        self.layout.prop(self, "kind", expand=True)

    def execute(self, context: Any) -> set[str]:
        """Write it; in a window the engine writes while one goes on working."""
        root = active_building(context)
        try:
            if not self.filepath:
                raise InputError("No file was named. Give 'filepath'.")
            path = Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), f".{self.kind}"))
            if self.kind in FROM_ENGINE:
                return self._by_engine(root, path)
            _make_folder(path)
            if self.kind == "blend":
                write_blend(root, path)
            else:
                write_glb(root, path, metres_per_unit(context.scene))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"'{path.name}' is in '{path.parent}'.")
        return {"FINISHED"}

    def _by_engine(self, root: Any, path: Path) -> set[str]:
        if engine.found() is None:
            raise HostError("This format is written by the engine, and there is none yet: make one in the preferences.")
        request = made_from(root)
        folder = cache_folder() / "exports" / f"{request.cache_key}-{self.kind}"
        delivery, kept = FileDelivery(self.kind, path), kept_for([request])
        job = Job(path.name, request, delivery, folder, preferences().device, kept)
        if not self.wait:
            engine.submit(job)
            return {"FINISHED"}
        engine.studio.run(job)
        if job.notice is not None:
            self.report({job.notice.level}, job.notice.text)  # type: ignore[arg-type]
        return {"FINISHED"} if job.state is State.DONE else {"CANCELLED"}


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HostError(f"'{path.parent}' cannot be made: {error.strerror}. Choose another folder.") from error


class MAQUETTE_OT_mark_building(Operator):  # noqa: N801 Blender's naming
    """Show the active building in the Asset Browser, with a picture: its collection, so that all of it comes along"""

    bl_idname = "maquette.mark_building"
    bl_label = "Mark as Asset"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building that Maquette made."""
        return has_building(cls, context)

    def execute(self, context: Any) -> set[str]:
        """The building's collection becomes an asset."""
        try:
            mark_as_asset(active_building(context))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


_CLASSES = (MAQUETTE_OT_export_building, MAQUETTE_OT_mark_building)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
