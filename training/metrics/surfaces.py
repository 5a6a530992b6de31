# SPDX-License-Identifier: GPL-3.0-or-later
"""What deforming did to a character's surface: a made Asset against its source, which has the same vertices and faces.

Shape letters: V vertices, T triangles, J joints.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from ...core.asset import Asset, Rig, Skin
from .intersections import intersecting_faces
from .posing import NUM_POSES, clip_world, posed, poses, random_world
from .triangles import face_normals, joined, pieces, triangles_of, welded, whole

# shares of the height: how deep a vertex is covered, how far it comes out, how near a seam is, how wide a gap is
COVERED, OUTSIDE, TOUCHING, GAP = 0.03, 0.002, 0.005, 0.01
VANISHED = 0.2
# pieces with a smaller share of the vertices than this are no part that one would miss
SMALLEST_PART = 0.01


def inverted_share(source: Asset, made: Asset) -> float:
    """Share of the triangles whose side is turned over: more than a right angle from their source's normal, once that
    has turned with the joint that has the most weight."""
    before, triangles, _ = whole(source)
    after = whole(made)[0]
    old, new = face_normals(before, triangles), face_normals(after, triangles)
    turned = np.einsum("tij,tj->ti", _turns(source, made)[triangles[:, 0]], old) if source.rig else old
    lengths = np.linalg.norm(old, axis=1)
    seen = lengths > 1e-9 * float(np.ptp(before[:, 2])) ** 2
    flipped = (turned * new).sum(1) < 0
    return float(flipped[seen].mean()) if seen.any() else 0.0


def extra_intersections(source: Asset, made: Asset, count: int = NUM_POSES, seed: int = 0) -> float:
    """Share of triangles that run through another one in the made character and not in its source, mean over poses.

    The poses are frames of the clips, the same for both; by chance where there are no clips.
    """
    shares = []
    for number in range(count):
        faces = []
        for asset in (source, made):
            positions, triangles, _ = _in_pose(asset, source, number, count, seed)
            faces.append(intersecting_faces(positions, triangles))
        shares.append(float((faces[1] & ~faces[0]).mean()) if len(faces[0]) else 0.0)
    return float(np.mean(shares))


def unweighted_share(asset: Asset) -> float:
    """Share of the vertices of rigged meshes whose weights do not sum to 1."""
    skins = asset.rig.skins if asset.rig else ()
    sums = np.concatenate([np.zeros(0), *(skin.weights.sum(1) for skin in skins)])
    return float((np.abs(sums - 1) > 1e-3).mean()) if len(sums) else 0.0


def missing_parts(source: Asset, made: Asset) -> int:
    """How many connected pieces, and parts that hang on one joint, are gone or shrunk below a fifth of their extent."""
    before, triangles, _ = whole(source)
    after = whole(made)[0]
    if before.shape != after.shape:
        return 1
    groups = [pieces(before, triangles)]
    if source.rig is not None:
        groups.append(_dominant_joints(source))
    scale = _height(after) / _height(before)
    return sum(_shrunk(before * scale, after, group) for group in groups)


def gaps(source: Asset, made: Asset) -> float:
    """Share of the places where pieces, or split vertices, touched in the source and stand apart when made."""
    before, triangles, _ = whole(source)
    after = whole(made)[0]
    piece, place, height = pieces(before, triangles), welded(before), _height(before)
    pairs = cKDTree(before).query_pairs(TOUCHING * height, output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    pairs = pairs[(piece[one] != piece[other]) | (place[one] == place[other])]
    if not len(pairs):
        return 0.0
    apart = np.linalg.norm(after[pairs[:, 0]] - after[pairs[:, 1]], axis=1) / _height(after)
    return float((apart > TOUCHING + GAP).mean())


def poke_through_share(source: Asset, made: Asset) -> float:
    """Share of the vertices that another piece of the surface covered in the source and that come out when made.

    A vertex is covered if the nearest triangle of another piece has it behind itself, within 3 % of the height; it
    comes out where it stands in front of the same triangle by more than 0.2 %.
    """
    before, triangles, _ = whole(source)
    after = whole(made)[0]
    vertices, covers = _covered(before, triangles)
    if not len(vertices):
        return 0.0
    depth = _depth(after, triangles, vertices, covers) / _height(after)
    return float((depth > OUTSIDE).mean())


def foot_errors(source: Asset, made: Asset, frames: int = 4) -> np.ndarray:
    """(N,) difference of the lowest point above the ground from the source's, in shares of the height, over frames of
    all clips that both have."""
    if source.rig is None or made.rig is None:
        return np.zeros(0)
    known = {clip.name: clip for clip in made.clips}
    heights = [_height(whole(asset)[0]) for asset in (source, made)]
    grounds = [float(whole(asset)[0][:, 2].min()) for asset in (source, made)]
    errors = []
    for clip in source.clips:
        if clip.name not in known or len(known[clip.name].times_s) != len(clip.times_s):
            continue
        for frame in np.unique(np.linspace(0, len(clip.times_s) - 1, frames).astype(int)):
            worlds = clip_world(source.rig, clip, int(frame)), clip_world(made.rig, known[clip.name], int(frame))
            low = [min(float(p[:, 2].min()) for p in posed(a, w)) for a, w in zip((source, made), worlds, strict=True)]
            errors.append(abs((low[0] - grounds[0]) / heights[0] - (low[1] - grounds[1]) / heights[1]))
    return np.array(errors)


def _in_pose(
    asset: Asset, source: Asset, number: int, count: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All meshes of an Asset as one, in the given pose of its own clips; which pose is decided by the source."""
    triangles = [triangles_of(mesh) for mesh in asset.meshes]
    if asset.rig is None:
        return joined([mesh.positions for mesh in asset.meshes], triangles)
    frames = poses(source, count, seed)
    clips = {clip.name: clip for clip in asset.clips}
    if frames and frames[number][0] in clips:
        name, frame = frames[number]
        world = clip_world(asset.rig, clips[name], frame)
    else:
        world = random_world(asset.rig, seed + number)
    return joined(posed(asset, world), triangles)


def _turns(source: Asset, made: Asset) -> np.ndarray:
    """(V, 3, 3) how the joint with the most weight turned between the two rest poses, for every vertex."""
    assert source.rig is not None and made.rig is not None
    turns = made.rig.rest_pose[:, :3, :3] @ source.rig.rest_pose[:, :3, :3].transpose(0, 2, 1)
    found: np.ndarray = np.concatenate([turns, np.eye(3)[None]]).astype(np.float64)[_dominant_joints(source)]
    return found


def _dominant_joints(asset: Asset) -> np.ndarray:
    """(V,) the joint of the largest weight for every vertex of all meshes; J where a mesh has no skin."""
    rig = asset.rig
    assert rig is not None
    skins = {skin.mesh: skin for skin in rig.skins}
    return np.concatenate([_dominant(rig, skins.get(mesh.name), len(mesh.positions)) for mesh in asset.meshes])


def _dominant(rig: Rig, skin: Skin | None, count: int) -> np.ndarray:
    if skin is None:
        return np.full(count, len(rig.joints))
    dominant: np.ndarray = skin.joint_indices[np.arange(count), skin.weights.argmax(1)].astype(np.int64)
    return dominant


def _shrunk(before: np.ndarray, after: np.ndarray, group: np.ndarray) -> int:
    """How many groups of vertices (V,) have less than a fifth of the extent that they had."""
    number, counts = np.unique(group, return_inverse=True, return_counts=True)[1:]
    extents = [_extents(points, number, len(counts)) for points in (before, after)]
    worth = (counts >= max(4, SMALLEST_PART * len(before))) & (extents[0] > 1e-3 * _height(before))
    return int((extents[1][worth] < VANISHED * extents[0][worth]).sum())


def _extents(points: np.ndarray, number: np.ndarray, count: int) -> np.ndarray:
    """(count,) diagonal of the box around every group."""
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, number, points)
    np.maximum.at(high, number, points)
    extents: np.ndarray = np.linalg.norm(high - low, axis=1)
    return extents


def _covered(positions: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices behind the surface of another piece, and the triangle that covers each."""
    piece, height = pieces(positions, triangles), _height(positions)
    centres, owner = positions[triangles].mean(1), piece[triangles[:, 0]]
    vertices = _one_of_each_place(positions, triangles)
    near = cKDTree(centres).query(positions[vertices], k=min(8, len(centres)))[1].reshape(len(vertices), -1)
    foreign = owner[near] != piece[vertices][:, None]
    first = foreign.argmax(1)
    covers = near[np.arange(len(vertices)), first]
    depth = _depth(positions, triangles, vertices, covers)
    off = np.linalg.norm(positions[vertices] - centres[covers], axis=1)
    behind = foreign.any(1) & (depth < 0) & (depth > -COVERED * height) & (off < 2 * COVERED * height)
    return vertices[behind], covers[behind]


def _one_of_each_place(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    used = np.unique(triangles)
    chosen: np.ndarray = used[np.unique(welded(positions)[used], return_index=True)[1]]
    return chosen


def _depth(positions: np.ndarray, triangles: np.ndarray, vertices: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """(N,) how far vertices stand in front of the planes of triangles, negative behind."""
    chosen = triangles[covers]
    normals = face_normals(positions, chosen)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    offset = positions[vertices] - positions[chosen[:, 0]]
    depth: np.ndarray = (offset * normals).sum(1)
    return depth


def _height(positions: np.ndarray) -> float:
    return max(float(np.ptp(positions[:, 2])), 1e-9)


MEASURES: dict[str, Callable[[Asset, Asset], float]] = {
    "inverted_share": inverted_share,
    "extra_intersections": extra_intersections,
    "missing_parts": missing_parts,
    "gaps": gaps,
    "poke_through_share": poke_through_share,
}
