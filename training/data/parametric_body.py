# SPDX-License-Identifier: GPL-3.0-or-later
"""The data pack's parametric body (MakeHuman hm08, CC0-1.0): natural bodies in any number, with joints and weights.

A body is the base mesh plus a weighted sum of morph targets. The macro targets stand at corners of a few attributes
(their names say which), and a body inside has the products of its attributes' weights. Adult and unsexed unless asked
otherwise: nothing here draws on the targets of breasts, genitals, expressions or asymmetry.

Shape letters: B bodies, T targets, V vertices of the body, J joints, L landmarks.
"""

from __future__ import annotations

import io
import json
import lzma
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from ...core.codec import show
from ...core.errors import InputError

ATTRIBUTES = ("gender", "age", "muscle", "weight", "height", "proportions", "african", "asian", "caucasian")
# an adult of the middle of everything; age runs from 0 (baby) over 0.5 (young) to 1 (old)
MIDDLE = np.array([0.5, 0.6, 0.5, 0.5, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3], np.float32)
EYES = {"left_eye": range(14598, 14670), "right_eye": range(14670, 14742)}
MAX_FILE_BYTES = 256 * 2**20
_LEFT_OUT = ("macrodetails", "breast", "expression", "asym", "genitals", "pelvis")
# of the unsided parts these two move them to one side
_SIDEWAYS = ("-trans-in", "-trans-out")
_OPPOSITES = ("decr", "incr"), ("down", "up"), ("in", "out"), ("backward", "forward"), ("concave", "convex")
_RIG = "game_engine"


@dataclass(frozen=True)
class Bodies:
    """Drawn bodies: `attributes` (B, 9) by `ATTRIBUTES` in [0, 1], and the `targets` (B, T) weights that make them."""

    attributes: np.ndarray
    targets: np.ndarray


class ParametricBody:
    """Base mesh, morph targets and rig, in metres, Z up, facing -Y.

    `quads` (F, 4) int32 of the body's V vertices; `weights` (V, J) float32 rows sum to 1; `joints_names` (J,) and
    `parents` (J,) of the rig; `landmarks_names` (L,): every joint cube's centre, the eyes' centres and
    foremost points.
    """

    def __init__(self, mesh: Any, targets: Any, weights: Any, rig: dict[str, Any]) -> None:
        base = _to_metres(mesh["verts"])
        groups = [str(name) for name in mesh["groups"]]
        body_index = groups.index("body")
        self.quads = mesh["quads"][mesh["quad_group"] == body_index].astype(np.int32)
        num_body = int(self.quads.max()) + 1
        cubes = {g: np.unique(mesh["quads"][mesh["quad_group"] == k]) for k, g in enumerate(groups)}
        parts = {name: rows for name, rows in cubes.items() if name.startswith("joint-")}
        parts |= {name: np.array(rows) for name, rows in EYES.items() if rows[-1] < len(base)}
        # the foremost vertex of an eye, so that its size can be told
        parts |= {f"{name}_front": rows[base[rows, 1].argmin()] for name, rows in list(parts.items()) if name in EYES}
        self.landmarks_names = tuple(parts)
        # landmarks are means of vertices, so they are as linear in the targets as the vertices are
        gather = np.zeros((len(parts), len(base)), np.float32)
        for row, members in zip(gather, parts.values(), strict=True):
            row[members] = 1 / np.size(members)
        names = [str(name) for name in targets["names"]]
        self.target_names = tuple(name for name in names if _is_used(name))
        self._row = {name: row for row, name in enumerate(self.target_names)}
        self._base = np.concatenate([base[:num_body], gather @ base])
        self._deltas = np.zeros((len(self.target_names), len(self._base), 3), np.float32)
        for row, name in enumerate(self.target_names):
            delta = _dense(targets, names.index(name), len(base))
            self._deltas[row] = np.concatenate([delta[:num_body], gather @ delta])
        self._num_body = num_body
        self._read_rig(weights, rig, base)
        self._pairs = tuple(_pairs(self.target_names))

    def _read_rig(self, weights: Any, rig: dict[str, Any], base: np.ndarray) -> None:
        order = _parents_first(rig)
        self.joints_names = tuple(order)
        self.parents = np.array([order.index(rig[n]["parent"]) if rig[n]["parent"] else -1 for n in order], np.int32)
        self._heads = np.array([self._landmark(rig[name]["head"]) for name in order])
        self._tails = np.array([self._landmark(rig[name]["tail"]) for name in order])
        self.weights = np.zeros((self._num_body, len(order)), np.float32)
        for k, bone in enumerate(str(name) for name in weights["bones"]):
            part = slice(int(weights["off"][k]), int(weights["off"][k + 1]))
            inside = weights["vert"][part] < self._num_body
            self.weights[weights["vert"][part][inside], order.index(bone)] = weights["weight"][part][inside]
        total = self.weights.sum(1, keepdims=True)
        self.weights = np.where(total > 0, self.weights / np.maximum(total, 1e-9), np.eye(len(order), dtype="f")[0])

    def _landmark(self, end: dict[str, Any]) -> int:
        name = end["cube_name"] if end["strategy"] == "CUBE" else "joint-ground"
        return self.landmarks_names.index(name)

    @classmethod
    def load(cls, folder: Path) -> ParametricBody:
        """Read the folder `characters/makehuman` of the data pack; a file that is missing is an InputError."""
        return cls(
            _npz(folder / "base_mesh.npz.xz"),
            _npz(folder / "targets.npz.xz"),
            _npz(folder / f"weights.{_RIG}.npz.xz"),
            json.loads(_bytes(folder / f"rig.{_RIG}.json")),
        )

    def sample(self, random: np.random.Generator, count: int, *, detail: float = 0.45) -> Bodies:
        """`count` adults of both genders and all ages over 0.5, with random details of strength `detail`.

        Heights keep to the middle three fifths: the outermost targets make bodies of over 2.4 m.
        """
        attributes = random.uniform(0, 1, (count, len(ATTRIBUTES))).astype(np.float32)
        attributes[:, 1] = 0.5 + attributes[:, 1] / 2
        attributes[:, 4] = 0.2 + attributes[:, 4] * 0.6
        races = np.exp(3 * random.standard_normal((count, 3)))
        attributes[:, 6:] = races / races.sum(1, keepdims=True)
        targets = self.targets_of(attributes)
        strengths = np.clip(detail * random.standard_normal((count, len(self._pairs))), -1, 1)
        strengths *= random.uniform(size=strengths.shape) < 0.5
        for column, (less, more) in enumerate(self._pairs):
            strength = strengths[:, column : column + 1]
            targets[:, less] += np.maximum(-strength, 0)
            targets[:, more] += np.maximum(strength, 0)
        return Bodies(attributes, targets.astype(np.float32))

    def targets_of(self, attributes: np.ndarray) -> np.ndarray:
        """Macro targets' weights (B, T) of attributes (B, 9): at each corner the product of what leads there."""
        gender, age, muscle, weight, height, proportions = (attributes[:, k] for k in range(6))
        genders = {"female": 1 - gender, "male": gender}
        ages = _steps(age, {"baby": 0.0, "child": 0.1875, "young": 0.5, "old": 1.0})
        muscles = _steps(muscle, {"minmuscle": 0.0, "averagemuscle": 0.5, "maxmuscle": 1.0})
        weights = _steps(weight, {"minweight": 0.0, "averageweight": 0.5, "maxweight": 1.0})
        heights = _steps(height, {"minheight": 0.0, "": 0.5, "maxheight": 1.0})
        shapes = _steps(proportions, {"uncommonproportions": 0.0, "": 0.5, "idealproportions": 1.0})
        races = {name: attributes[:, 6 + k] for k, name in enumerate(ATTRIBUTES[6:])}
        targets = np.zeros((len(attributes), len(self.target_names)), np.float32)
        for (sex, g), (old, a) in product(genders.items(), ages.items()):
            for race, r in races.items():
                self._add(targets, f"{race}-{sex}-{old}", r * g * a)
            for (m, mv), (w, wv) in product(muscles.items(), weights.items()):
                corner, value = f"{sex}-{old}-{m}-{w}", g * a * mv * wv
                self._add(targets, f"universal-{corner}", value)
                for kind, steps in (("height", heights), ("proportions", shapes)):
                    for name, step in steps.items():
                        if name:
                            self._add(targets, f"{kind}/{corner}-{name}", value * step)
        return targets

    def _add(self, targets: np.ndarray, name: str, values: np.ndarray) -> None:
        row = self._row.get(f"macrodetails/{name}")
        if row is not None:
            targets[:, row] += values

    def positions(self, targets: np.ndarray) -> np.ndarray:
        """Vertices (B, V, 3) float32 of the targets' weights (B, T); the soles stand on z = 0."""
        placed: np.ndarray = self._placed(targets)[:, : self._num_body]
        return placed

    def landmarks(self, targets: np.ndarray) -> np.ndarray:
        """Landmarks (B, L, 3) float32, by `landmarks_names`."""
        placed: np.ndarray = self._placed(targets)[:, self._num_body :]
        return placed

    def joints(self, targets: np.ndarray) -> np.ndarray:
        """Heads of the rig's joints (B, J, 3) float32."""
        heads: np.ndarray = self.landmarks(targets)[:, self._heads]
        return heads

    def tails(self, targets: np.ndarray) -> np.ndarray:
        """Tails of the rig's joints (B, J, 3) float32."""
        tails: np.ndarray = self.landmarks(targets)[:, self._tails]
        return tails

    def _placed(self, targets: np.ndarray) -> np.ndarray:
        used = np.flatnonzero(np.any(targets != 0, 0))
        flat = targets[:, used].astype(np.float32) @ self._deltas[used].reshape(len(used), self._base.size)
        placed: np.ndarray = self._base + flat.reshape(len(targets), *self._base.shape)
        soles = placed[:, : self._num_body, 2].min(1)
        placed[..., 2] -= soles[:, None]
        return placed

    def reach_of(self, target: str) -> np.ndarray:
        """(V,) how far in metres the target named moves each vertex."""
        if target not in self._row:
            raise InputError(f"The parametric body has no target {show(target)}.")
        distance: np.ndarray = np.linalg.norm(self._deltas[self._row[target], : self._num_body], axis=1)
        return distance

    def parts(self) -> np.ndarray:
        """(V,) str: head, body, arms, hands, legs or feet, by each vertex's strongest joint."""
        names = np.array([_part(name) for name in self.joints_names])
        parts: np.ndarray = names[self.weights.argmax(1)]
        return parts


def _part(joint: str) -> str:
    starts = {"head": "head", "neck": "head", "hand": "hands", "upperarm": "arms", "lowerarm": "arms"}
    starts |= {"thigh": "legs", "calf": "legs", "foot": "feet", "ball": "feet"}
    starts |= dict.fromkeys(("thumb", "index", "middle", "ring", "pinky"), "hands")
    return next((part for start, part in starts.items() if joint.startswith(start)), "body")


def _steps(value: np.ndarray, places: dict[str, float]) -> dict[str, np.ndarray]:
    """The share of each named place in a value between them, linear from one to the next."""
    at = list(places.values())
    return {name: np.interp(value, at, np.eye(len(at))[k]) for k, name in enumerate(places)}


def _is_used(name: str) -> bool:
    folder, _, rest = name.partition("/")
    if folder == "macrodetails":
        return "baby" not in rest and "child" not in rest
    unsided = not rest.startswith(("l-", "r-"))
    one_sided = unsided and rest.endswith(_SIDEWAYS)
    return folder not in _LEFT_OUT and not one_sided and "nipple" not in rest and "pregnant" not in rest


def _pairs(names: tuple[str, ...]) -> list[tuple[list[int], list[int]]]:
    """The local targets as (rows of less, rows of more), left and right together."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        if not name.startswith("macrodetails"):
            rows.setdefault(name.replace("/l-", "/").replace("/r-", "/"), []).append(row)
    pairs, seen = [], set()
    for name in rows:
        stem, _, ending = name.rpartition("-")
        opposite = dict(_OPPOSITES).get(ending)
        if opposite and f"{stem}-{opposite}" in rows:
            pairs.append((rows[name], rows[f"{stem}-{opposite}"]))
            seen |= {name, f"{stem}-{opposite}"}
    return pairs + [([], rows[name]) for name in rows if name not in seen]


def _parents_first(rig: dict[str, Any]) -> list[str]:
    order: list[str] = []
    while len(order) < len(rig):
        ready = [n for n, bone in rig.items() if n not in order and (not bone["parent"] or bone["parent"] in order)]
        if not ready:
            raise InputError("The parametric body's rig has a joint whose parent is not there. Get the data again.")
        order += ready
    return order


def _to_metres(positions: np.ndarray) -> np.ndarray:
    """Decimetres, Y up, facing +Z -> metres, Z up, facing -Y."""
    x, y, z = np.moveaxis(np.asarray(positions, np.float32) / 10, -1, 0)
    return np.stack([x, -z, y], -1)


def _dense(targets: Any, row: int, num_vertices: int) -> np.ndarray:
    part = slice(int(targets["off"][row]), int(targets["off"][row + 1]))
    delta = np.zeros((num_vertices, 3), np.float32)
    delta[targets["idx"][part]] = targets["d_milli"][part].astype(np.float32) / 1000
    return _to_metres(delta)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{show(path.name)} is larger than {MAX_FILE_BYTES >> 20} MiB. Get the data again.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The parametric body's {show(path.name)} cannot be read: {error.strerror}. "
            "Give the data pack's folder characters/makehuman."
        ) from error


def _npz(path: Path) -> dict[str, np.ndarray]:
    try:
        unpacked = lzma.LZMADecompressor().decompress(_bytes(path), MAX_FILE_BYTES)
        with np.load(io.BytesIO(unpacked), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (lzma.LZMAError, ValueError, OSError) as error:
        raise InputError(f"{show(path.name)} cannot be read: {error}. Get the data again.") from error
