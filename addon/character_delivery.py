# SPDX-License-Identifier: GPL-3.0-or-later
"""A made character on its way into the scene: its files, its bones and clips one a tick, then all of it at once.

The shape alone, for a slider in motion, takes the short way: vertices and bones, nothing else.
"""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ..core import bundle
from ..core.asset import Asset
from ..core.errors import EngineError, InputError, MaquetteError
from ..core.files.export import PICTURE, SCENE, SHAPE
from ..core.request import Request
from .delivery import LOST, Delivery, StagesNothing, files_are_there
from .scene.action import new_action
from .scene.armature import bone_names, new_armature
from .scene.bundle_character import Textures, read_character
from .scene.character import MadeCharacter, add_character, change_character
from .scene.clips import bring_clips
from .scene.decisions import hands_of
from .scene.record import is_character
from .scene.targets import Target, find_by_uid

POLL_S, QUICK_POLL_S = 0.1, 0.01
# characters in a row stand so far from each other at least, and so many times as far as they would touch
LEAST_ROOM_M, ELBOW_ROOM = 0.5, 1.1


@dataclass(eq=False)
class Row:
    """Characters side by side along x as they come: where the last one stands, and how far it reaches from there."""

    at_m: float = 0.0
    reach_m: float | None = None

    def next_place(self, asset: Asset) -> float:
        """Where this one stands, in metres from the first: beside the last, as wide as both are."""
        across = [mesh.positions[:, 0] for mesh in asset.meshes if len(mesh.positions)]
        left, right = (min(float(x.min()) for x in across), max(float(x.max()) for x in across)) if across else (0, 0)
        if self.reach_m is not None:
            self.at_m += max(LEAST_ROOM_M, ELBOW_ROOM * (self.reach_m - left))
        self.reach_m = right
        return self.at_m


@dataclass(frozen=True)
class CharacterPlace:
    """Where a character goes: `armature` is changed in place, else a new one comes into `scene`, the next of a
    `row` from its 3D cursor on; how many Blender units are a metre there, and frames a second. `replaced` are the parts
    whose changes by hand are given up."""

    scene: Target
    armature: Target | None = None
    per_metre: float = 1.0
    frames_per_s: float = 24.0
    row: Row | None = None
    replaced: frozenset[str] = frozenset()

    def after_load(self, same_file: bool) -> CharacterPlace:
        """By names in the same file, nowhere in another."""
        if not same_file:
            lost = self.armature and Target("", 0)
            return replace(self, scene=Target("", 0), armature=lost)
        return replace(self, scene=self.scene.after_load(), armature=self.armature and self.armature.after_load())

    def as_new(self, scene: Target) -> CharacterPlace:
        """A new character in this scene, whatever it was for."""
        return replace(self, scene=scene, armature=None, row=None, replaced=frozenset())

    def is_there(self) -> bool:
        """Whether what it is for can be found."""
        if self.armature is not None:
            return is_character(self.armature.find())
        return self.scene.find_in(bpy.data.scenes) is not None

    def find(self) -> Any:
        """The armature that is to be changed; None where a new one is made, InputError where it is gone."""
        if self.armature is None:
            return None
        found = self.armature.find()
        if not is_character(found):
            raise InputError("The character that was to be changed is gone. Nothing was changed.")
        return found


class CharacterReader(threading.Thread):
    """Reads a character's folder, so that no tick of the window waits for the disk; touches nothing of Blender."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="maquette-character-reader", daemon=True)
        self._folder = folder
        self.result: tuple[Asset, Textures] | None = None
        self.error: MaquetteError | None = None

    def run(self) -> None:
        """Thread body."""
        try:
            self.result = read_character(self._folder)
        except MaquetteError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 a thread that ends without a word would be waited for without end
            self.error = EngineError(f"'{self._folder}' could not be read ({type(error).__name__}: {error}).")


class CharacterDelivery:
    """Puts a whole character at `place`."""

    formats: tuple[str, ...] = (SCENE, PICTURE)
    quiet = False
    undo = True
    poll_s = POLL_S
    again, smaller = "maquette.generate_character", ""

    def __init__(self, place: CharacterPlace) -> None:
        self.place = place
        self._title = ""
        self._request: Request | None = None
        self._reader: CharacterReader | None = None
        self._bones: Target | None = None
        self._actions: list[Target] = []

    def is_whole(self, folder: Path) -> bool:
        """Whether an earlier run left the character there."""
        return files_are_there(folder)

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """Begin to read."""
        self._title, self._request = title, request
        self._reader = CharacterReader(folder)
        self._reader.start()
        return []

    def read(self) -> bool:
        """Whether everything is in memory."""
        assert self._reader is not None
        if self._reader.error is not None:
            raise self._reader.error
        return self._reader.result is not None

    def stage(self) -> bool:
        """The bones first, then one clip after the other."""
        made = self._made()
        made.check()
        rig = made.asset.rig
        assert rig is not None
        armature = self.place.find()
        data = armature.data if armature is not None else self._staged_bones()
        if data is None:
            data = new_armature(made.title, rig, self.place.per_metre)
            self._bones, self._actions = Target(data.name, data.session_uid), []
            return True
        if len(self._actions) == len(made.asset.clips):
            return False
        clip = made.asset.clips[len(self._actions)]
        bones, name = bone_names(data, rig), f"{made.title} {clip.name}"
        action = new_action(name, clip, rig, bones, self.place.per_metre, self.place.frames_per_s)
        self._actions.append(Target(action.name, action.session_uid))
        return True

    def apply(self) -> tuple[str, list[str]]:
        """Meshes, weights, materials; a character in place keeps what was done to it by hand."""
        made, armature = self._made(), self.place.find()
        said: list[str] = []
        if armature is not None:
            said += change_character(armature, made, self.place.per_metre, self.place.replaced)
        else:
            armature = add_character(made, self.place.scene, self._staged_bones(), self.place.per_metre)
            self._bones = None
            if self.place.row is not None:
                armature.location.x += self.place.row.next_place(made.asset) * self.place.per_metre
        found = [target.find_in(bpy.data.actions) for target in self._actions]
        hands = hands_of(armature, self.place.replaced)
        said += bring_clips(armature, [action for action in found if action is not None], hands)
        self._actions = []
        return armature.name, said

    def discard(self) -> None:
        """Take bones and clips out again."""
        for action in [target.find_in(bpy.data.actions) for target in self._actions]:
            if action is not None:
                bpy.data.actions.remove(action)
        if (data := self._staged_bones()) is not None:
            bpy.data.armatures.remove(data)
        self._bones, self._actions = None, []

    def after_load(self, same_file: bool) -> None:
        """What was staged is gone with the file that it was in."""
        self.place = self.place.after_load(same_file)
        self._bones, self._actions = None, []

    def fresh(self, scene: Target | None = None) -> Delivery:
        """From its start."""
        return CharacterDelivery(self.place if scene is None else self.place.as_new(scene))

    def lost(self) -> str:
        """Where neither the character nor the scene is there."""
        return "" if self.place.is_there() else LOST

    def _made(self) -> MadeCharacter:
        assert self._reader is not None and self._reader.result is not None and self._request is not None
        asset, textures = self._reader.result
        # of several the engine knows after whom the new one takes
        several = self._request.declaration.repeatable and len(self._request.references) > 1
        return MadeCharacter(asset.name if several and asset.name else self._title, self._request, asset, textures)

    def _staged_bones(self) -> Any:
        return find_by_uid(bpy.data.armatures, self._bones.uid, self._bones.name) if self._bones else None


class ShapeDelivery(StagesNothing):
    """Brings a character to another shape in place, quickly; `request` is what it is made from then."""

    formats: tuple[str, ...] = (SHAPE,)
    quiet = True
    poll_s = QUICK_POLL_S

    def __init__(self, place: CharacterPlace, request: Request) -> None:
        self.place, self.request = place, request
        self._title, self._folder = "", Path()

    def begin(self, title: str, request: Request, folder: Path) -> list[str]:
        """A few files: they are read where they are used."""
        self._title, self._folder = title, folder
        return []

    def apply(self) -> tuple[str, list[str]]:
        """Vertices and bones; the folder is not needed again."""
        armature = self.place.find()
        made = MadeCharacter(self._title, self.request, bundle.load(self._folder), whole=False)
        try:
            said = change_character(armature, made, self.place.per_metre)
        finally:
            del made
            shutil.rmtree(self._folder, ignore_errors=True)
        return armature.name, said

    def discard(self) -> None:
        """The folder goes."""
        if self._folder != Path():
            shutil.rmtree(self._folder, ignore_errors=True)

    def after_load(self, same_file: bool) -> None:
        """By name in the same file, lost in another."""
        self.place = self.place.after_load(same_file)

    def fresh(self, scene: Target | None = None) -> Delivery:
        """For the same place: a slider moves nothing new."""
        return ShapeDelivery(self.place, self.request)

    def lost(self) -> str:
        """Where the character is gone."""
        return "" if self.place.is_there() else LOST
