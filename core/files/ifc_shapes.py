# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of IFC: extruded plans, triangles, and shapes that many things share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Mesh
from .gltf_mesh_writing import triangulated
from .ifc_materials import Materials
from .ifc_model import Model, axes
from .ifc_step import Enum, Line, Plain, number

_UP = (0.0, 0.0, 1.0)
SWEPT, TRIANGLES, MAPPED = "SweptSolid", "Tessellation", "MappedRepresentation"
_SAME_M = 1e-6
_STRETCHED = 1e-5


def extrusion(model: Model, rings: Sequence[np.ndarray], height: float) -> Line:
    """The solid over `rings` (N, 2), the outer one first, from 0 up to `height`."""
    curves = [_curve(model, ring) for ring in rings]
    kind = "IFCARBITRARYPROFILEDEFWITHVOIDS" if len(curves) > 1 else "IFCARBITRARYCLOSEDPROFILEDEF"
    more = (tuple(curves[1:]),) if len(curves) > 1 else ()
    profile = model.step.add(kind, Enum("AREA"), None, curves[0], *more)
    return _raised(model, profile, height)


def box(model: Model, width: float, front: float, back: float, height: float) -> Line:
    """The solid from -width / 2 to width / 2 along x, from `front` to `back` along y, from 0 up to `height`."""
    step = model.step
    middle = step.shared("IFCAXIS2PLACEMENT2D", step.point((0.0, (front + back) / 2)), None)
    profile = step.shared("IFCRECTANGLEPROFILEDEF", Enum("AREA"), None, middle, width, back - front)
    return _raised(model, profile, height)


def outline(model: Model, ring: np.ndarray) -> Line:
    """A representation of a plan's outline (N, 2)."""
    curves = model.step.add("IFCGEOMETRICCURVESET", (_curve(model, ring),))
    return model.step.add("IFCSHAPEREPRESENTATION", model.plan, "FootPrint", "GeometricCurveSet", (curves,))


def triangles(model: Model, materials: Materials, mesh: Mesh, move: np.ndarray | None = None) -> list[Line]:
    """A set of triangles for each material of a mesh, painted; `move` (4, 4) takes the positions to their place."""
    positions = mesh.positions.astype(np.float64)
    if move is not None:
        positions = positions @ move[:3, :3].T + move[:3, 3]
    corners, faces = triangulated(mesh)
    vertices = mesh.corners[corners]
    slots = mesh.material_of_face[faces] if len(mesh.material_of_face) else np.zeros(len(faces), np.int32)
    items = []
    for slot in np.unique(slots):
        used, again = np.unique(vertices[slots == slot], return_inverse=True)
        text = ",".join("(" + ",".join(map(number, place)) + ")" for place in positions[used].tolist())
        points = model.step.add("IFCCARTESIANPOINTLIST3D", Plain(f"({text})"))
        rows = ",".join(f"({a},{b},{c})" for a, b, c in (again.reshape(-1, 3) + 1).tolist())
        item = model.step.add("IFCTRIANGULATEDFACESET", points, None, None, Plain(f"({rows})"), None)
        materials.paint(item, name_of_slot(mesh, int(slot)))
        items.append(item)
    return items


def shared_map(model: Model, items: Sequence[Line], kind: str = TRIANGLES) -> Line:
    """A shape that several things can show."""
    body = model.step.add("IFCSHAPEREPRESENTATION", model.body, "Body", kind, tuple(items))
    return model.step.add("IFCREPRESENTATIONMAP", axes(model.step, np.eye(4)), body)


def shown(model: Model, shape: Line, stretch: np.ndarray | None = None) -> Line:
    """One that shows a shared shape, stretched by (3, 3) where it is."""
    step, origin = model.step, model.step.point((0.0, 0.0, 0.0))
    if stretch is None:
        target = step.shared("IFCCARTESIANTRANSFORMATIONOPERATOR3D", None, None, origin, 1.0, None)
    else:
        sizes = np.linalg.norm(stretch, axis=0)
        x, y, z = (step.direction(stretch[:, n] / sizes[n]) for n in range(3))
        scales = (float(sizes[0]), z, float(sizes[1]), float(sizes[2]))
        target = step.shared("IFCCARTESIANTRANSFORMATIONOPERATOR3DNONUNIFORM", x, y, origin, *scales)
    item = step.add("IFCMAPPEDITEM", shape, target)
    return model.shape([item], MAPPED)


def parted(transform: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """(rigid (4, 4), what is left (3, 3) or None) of a copy's transform: mirrored and scaled ones keep their place."""
    turn = transform[:3, :3]
    if np.abs(turn.T @ turn - np.eye(3)).max() < _STRETCHED and np.linalg.det(turn) > 0:
        return transform, None
    rigid = np.eye(4)
    rigid[:3, 3] = transform[:3, 3]
    return rigid, turn


def name_of_slot(mesh: Mesh, slot: int) -> str:
    """The material of a slot, "" where it has none."""
    return mesh.materials[slot] if slot < len(mesh.materials) else ""


def ring_area(ring: np.ndarray) -> float:
    """Square metres of a plan (N, 2), positive counter-clockwise."""
    if len(ring) < 3:
        return 0.0
    x, y = (ring - ring[0]).T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def _raised(model: Model, profile: Line, height: float) -> Line:
    step = model.step
    return step.add("IFCEXTRUDEDAREASOLID", profile, axes(step, np.eye(4)), step.direction(_UP), height)


def _curve(model: Model, ring: np.ndarray) -> Line:
    """A closed line through the corners, doubled ones once."""
    away = np.abs(ring - np.roll(ring, 1, axis=0)).max(axis=1) > _SAME_M
    points = [model.step.point(place) for place in ring[away].tolist()]
    return model.step.add("IFCPOLYLINE", (*points, points[0]))
