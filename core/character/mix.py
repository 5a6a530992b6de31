# SPDX-License-Identifier: GPL-3.0-or-later
"""`character` / `mix`: one character of the parts of several, joined without gaps and without skin poking through.

The body's character lends its skeleton and clips; every other part is put on its bones, and moved by them. A mix whose
joins cannot be mended is drawn anew, or refused where nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from ..asset import Asset, Material, Mesh, Skin
from ..context import Context
from ..errors import InputError
from ..explore import Code
from ..fixed_threads import fixed_threads
from ..request import Request
from .character_request import DEVICE, finished, moving_reference, spaces_of
from .decoding import moved_mesh
from .given_code import difference_of, lender, mixed_of_lenders, numbers_of
from .mix_joining import ALLOWED, Join, Side, faults, joined_before, mended
from .mix_parts import BODY, FEET, HEAD, LEGS, Piece, slots_of, taken
from .mix_placing import fits, joints_on, placed
from .params import MIXED, MixParams
from .rig_space import RigSpace
from .variation import drawn

# parts that meet
_MEET = ((HEAD, BODY), (BODY, LEGS), (LEGS, FEET))
_DRAWS = 12
# what a join may still show after mending: metres over the height, share of vertices
_GAP, _POKE = 2 * ALLOWED, 0.005
_ROUNDS = 3


def generate(request: Request, context: Context) -> Asset:
    """The character that the Request asks for; see `MixParams`."""
    params = request.params
    assert isinstance(params, MixParams)
    if len(request.references) < 2:
        raise InputError("'mix' needs at least two characters to take parts from, and one was given. Add another.")
    spaces = spaces_of(request.references, context)
    slots = [slots_of(space.asset) for space in spaces]
    chosen, space, difference = _joined(request, spaces, slots, context)
    moving = request.references[chosen[BODY]]
    if params.clips:
        rigs = [one.asset.rig for one in spaces if one.asset.rig is not None]
        moving = moving_reference(request.references, rigs, chosen[BODY])
    made = finished(request, context, space, moving, params.variety * difference)
    return replace(made, code=_code(chosen, difference))


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """Codes by chance, of full variety: consecutive seeds from the Request's on."""
    spaces = spaces_of(request.references, context)
    slots = [slots_of(space.asset) for space in spaces]
    found = []
    for step in range(count):
        chosen, _, difference = _joined(replace(request, seed=request.seed + step), spaces, slots, context)
        found.append(_code(chosen, difference))
    return found


def mixed_code(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """Between mixes of the same parts; those of others count only where none weighs more."""
    return mixed_of_lenders(codes, weights, len(MIXED))


def _code(chosen: Sequence[int], difference: torch.Tensor) -> Code:
    return (*map(float, chosen), *numbers_of(difference))


def _joined(
    request: Request, spaces: Sequence[RigSpace], slots: Sequence[list[np.ndarray]], context: Context
) -> tuple[list[int], RigSpace, torch.Tensor]:
    """(who lends each of MIXED, the joined character, a difference of full variety): as the code says, else by chance
    until the parts fit."""
    params = request.params
    assert isinstance(params, MixParams)
    random = torch.Generator().manual_seed(request.seed)
    reasons: list[str] = []
    for number in range(_DRAWS):
        context.progress(0.5 + 0.2 * number / _DRAWS, "Joining parts")
        chosen = choose(params, slots, random, request.code)
        for part, key in (request.locks or {}).items():
            slot = MIXED.index(part if part in MIXED else MIXED[BODY])
            chosen[slot] = lender(context.kept(key).code[slot], len(slots), -1)
        with fixed_threads(DEVICE):
            made, reason = mixed(spaces, slots, chosen)
            space = None if made is None else RigSpace.of(made)
        if space is not None and request.code is not None:
            return chosen, space, difference_of(request.code[len(MIXED) :], space.code)
        if space is not None:
            return chosen, space, drawn(space.code, space.bones, random)
        reasons.append(reason)
        if request.code is not None or all(getattr(params, f"{part}_of") for part in MIXED):
            break
    raise InputError(f"These characters' parts do not fit together: {reasons[-1]}. Choose others.")


def choose(
    params: MixParams, slots: Sequence[list[np.ndarray]], random: torch.Generator, code: Code | None = None
) -> list[int]:
    """The character, from 0, that lends each of MIXED: as asked for, else as the `code` begins, else by chance among
    those that have the part; -1 for legs that come with the body, and feet that come with the legs."""
    given = None
    if code is not None:
        # a code that is too short names nobody
        given = [lender(one, len(slots), -1) for one in (*code, *[-2.0] * len(MIXED))[: len(MIXED)]]
    owners = [[k for k, own in enumerate(slots) if any((s == slot).any() for s in own)] for slot in range(len(MIXED))]
    chosen = []
    for slot, part in enumerate(MIXED):
        asked = getattr(params, f"{part}_of")
        if asked > len(slots):
            raise InputError(f"'{part}_of' is {asked}, and only {len(slots)} characters were given.")
        if asked and asked - 1 not in owners[slot]:
            raise InputError(f"The character {asked} has no {part} of its own. Choose another for '{part}_of'.")
        # drawn even where it is not used: what is asked for one part leaves chance's others as they are
        number = int(torch.randint(max(len(owners[slot]), 1), (1,), generator=random))
        by_chance = owners[slot][number] if owners[slot] else -1
        if given is not None and given[slot] not in (-1, *owners[slot]):
            raise InputError(
                f"The code takes the {part} of the character {given[slot] + 1}, which has none of its own."
            )
        chosen.append(asked - 1 if asked else by_chance if given is None else given[slot])
    if chosen[BODY] < 0:
        raise InputError("None of the characters has a body. Choose others.")
    if chosen[BODY] not in owners[LEGS]:
        chosen[LEGS] = -1
    if chosen[LEGS] not in owners[FEET]:
        chosen[FEET] = -1
    return chosen


def mixed(
    spaces: Sequence[RigSpace], slots: Sequence[list[np.ndarray]], chosen: Sequence[int]
) -> tuple[Asset | None, str]:
    """(the character of the chosen parts, "") or (None, why they do not fit)."""
    base = spaces[chosen[BODY]]
    pieces: list[list[Piece]] = []
    joins: dict[tuple[int, int], Join] = {}
    for slot, number in enumerate(chosen):
        if number < 0:
            pieces.append([])
            continue
        space = spaces[number]
        reason = fits(space, base)
        if reason:
            return None, f"'{space.asset.name}' does not fit on '{base.asset.name}': {reason}"
        own = on_base(space, base)
        pieces.append(taken(own, slots[number], slot))
        for pair in _MEET:
            if slot in pair:
                other = pair[1] if slot == pair[0] else pair[0]
                joins[slot, other] = _join(pieces[slot], taken(own, slots[number], other), base.extent.height)
    reason = join_up(pieces, joins, base.extent.height)
    return (None, reason) if reason else (_assembled(base, spaces, chosen, pieces), "")


def on_base(space: RigSpace, base: RigSpace) -> Asset:
    """A character whose meshes lie on the bones of `base` and hang on its joints."""
    rig = base.asset.rig
    assert rig is not None and space.asset.rig is not None
    if space is base:
        return space.asset
    there, joints = placed(space, base), joints_on(space, base)
    meshes = tuple(
        moved_mesh(
            mesh, there.positions[start : start + len(mesh.positions)], there.bend[start : start + len(mesh.positions)]
        )
        for mesh, start in zip(space.asset.meshes, space.surface.starts, strict=False)
    )
    skins = tuple(Skin(skin.mesh, joints[skin.joint_indices], skin.weights) for skin in space.asset.rig.skins)
    return replace(space.asset, meshes=meshes, rig=replace(rig, skins=skins), clips=())


def _join(part: list[Piece], neighbour: list[Piece], height: float) -> Join:
    ends = [piece for piece in part if piece.ends]
    hidden = np.concatenate([np.zeros(0, bool), *(piece.hidden for piece in ends)])
    return joined_before(
        Side.of([p.mesh for p in ends]), Side.of([p.mesh for p in neighbour if p.ends]), hidden, height
    )


def join_up(pieces: list[list[Piece]], joins: dict[tuple[int, int], Join], height: float) -> str:
    """Mend the pieces where parts meet; why that does not do, or "" where it does."""
    for number in range(_ROUNDS + 1):
        worst = 0.0
        for (slot, other), join in joins.items():
            ends = [index for index, piece in enumerate(pieces[slot]) if piece.ends]
            side = Side.of([pieces[slot][index].mesh for index in ends])
            beside = Side.of([piece.mesh for piece in pieces[other] if piece.ends])
            mend, gap, poke = faults(side, beside, join, height)
            worst = max(worst, gap / height / _GAP, poke / _POKE)
            if number == _ROUNDS and (gap > _GAP * height or poke > _POKE):
                return f"{MIXED[slot]} and {MIXED[other]} leave a gap of {gap / height:.1%} of the height between them"
            _move(pieces[slot], ends, mended(side, mend, height))
        if worst == 0:
            break
    return ""


def _move(pieces: list[Piece], ends: Sequence[int], positions: np.ndarray) -> None:
    start = 0
    for index in ends:
        mesh = pieces[index].mesh
        stop = start + len(mesh.positions)
        shift = positions[start:stop] - mesh.positions
        keys = {name: (key + shift).astype(np.float32) for name, key in mesh.shape_keys.items()}
        moved = replace(mesh, positions=positions[start:stop].astype(np.float32), shape_keys=keys)
        pieces[index] = replace(pieces[index], mesh=moved)
        start = stop


def _assembled(
    base: RigSpace, spaces: Sequence[RigSpace], chosen: Sequence[int], pieces: Sequence[list[Piece]]
) -> Asset:
    """One Asset: meshes and materials of a name that is taken get the name of their character too."""
    rig = base.asset.rig
    assert rig is not None
    meshes: list[Mesh] = []
    skins: list[Skin] = []
    materials: dict[str, Material] = {}
    taken_names: set[str] = set()
    for number, own in zip(chosen, pieces, strict=True):
        asset = spaces[number].asset
        known = {material.name: material for material in asset.materials}
        for piece in own:
            name = _free(piece.mesh.name, asset.name, taken_names)
            renamed = []
            for material in piece.mesh.materials:
                label = material
                if materials.get(label, known.get(material)) is not known.get(material):
                    label = f"{asset.name} {material}"
                if material in known:
                    materials[label] = known[material]
                renamed.append(label)
            meshes.append(replace(piece.mesh, name=name, materials=tuple(renamed)))
            skins.append(replace(piece.skin, mesh=name))
    listed = tuple(replace(material, name=name) for name, material in materials.items())
    return Asset(base.asset.name, listed, tuple(meshes), replace(rig, skins=tuple(skins)))


def _free(name: str, of: str, names: set[str]) -> str:
    """A name that no mesh has yet: its own, with its character's, with a number."""
    tried, number = name, 1
    while tried in names:
        tried = f"{of} {name}" if number == 1 else f"{of} {name} {number}"
        number += 1
    names.add(tried)
    return tried
