# SPDX-License-Identifier: GPL-3.0-or-later
"""The parametric body, on a made-up one of a few vertices, and on the data pack's where it is there."""

from __future__ import annotations

import io
import json
import lzma
import os
from pathlib import Path

import numpy as np
import pytest

import maquette
from maquette.core.errors import InputError
from maquette.training.data.parametric_body import ATTRIBUTES, MIDDLE, ParametricBody

# 8 corners of a box 2 dm wide, 4 dm high, 1 dm deep, and a cube for each of two joints
BOX = np.array([[x, y, z] for x in (-1, 1) for y in (0, 4) for z in (0, 1)], np.float32)
CUBE = np.array([[x, y, z] for x in (-0.1, 0.1) for y in (-0.1, 0.1) for z in (-0.1, 0.1)], np.float32)
FACES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]], np.uint16)


def write_npz(path: Path, **arrays: np.ndarray) -> None:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    path.write_bytes(lzma.compress(stream.getvalue()))


def bone(cube: str, parent: str) -> dict[str, object]:
    end = {"strategy": "CUBE", "cube_name": cube}
    return {"head": end, "tail": end, "parent": parent}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A box that a macro target makes 1 dm taller and a local one 1 dm wider or narrower, on two joints."""
    quads = np.concatenate([FACES, FACES + 8, FACES + 16])
    write_npz(
        tmp_path / "base_mesh.npz.xz",
        verts=np.concatenate([BOX, CUBE, CUBE + np.array([0, 4, 0])]).astype(np.float32),
        quads=quads,
        quad_group=np.repeat([0, 1, 2], 6).astype(np.uint16),
        groups=np.array(["body", "joint-ground", "joint-head"]),
    )
    up = [2, 3, 6, 7, *range(16, 24)]
    names = ["macrodetails/height/male-young-averagemuscle-averageweight-maxheight"]
    names += ["hip/hip-scale-horiz-decr", "hip/hip-scale-horiz-incr", "genitals/none"]
    moved = [up, range(8), range(8), range(8)]
    wider = np.sign(BOX[:, :1]) * [1000, 0, 0]
    deltas = [np.tile([0, 1000, 0], (len(up), 1)), -wider, wider, wider]
    write_npz(
        tmp_path / "targets.npz.xz",
        names=np.array(names),
        off=np.cumsum([0, *map(len, moved)]).astype(np.uint32),
        idx=np.concatenate([list(m) for m in moved]).astype(np.uint16),
        d_milli=np.concatenate(deltas).astype(np.int16),
    )
    write_npz(
        tmp_path / "weights.game_engine.npz.xz",
        bones=np.array(["Root", "head"]),
        off=np.array([0, 4, 8], np.uint32),
        vert=np.array([0, 1, 4, 5, 2, 3, 6, 7], np.uint16),
        weight=np.full(8, 0.5, np.float32),
    )
    rig = {"head": bone("joint-head", "Root"), "Root": bone("joint-ground", "")}
    (tmp_path / "rig.game_engine.json").write_text(json.dumps(rig))
    return tmp_path


def test_a_box_stands_in_metres_with_z_up_and_faces_minus_y(folder: Path) -> None:
    body = ParametricBody.load(folder)
    placed = body.positions(np.zeros((1, len(body.target_names))))
    assert placed.shape == (1, 8, 3) and placed.dtype == np.float32
    assert np.allclose(placed[0].min(0), [-0.1, -0.1, 0]) and np.allclose(placed[0].max(0), [0.1, 0, 0.4])
    assert body.joints_names == ("Root", "head") and body.parents.tolist() == [-1, 0]
    assert np.allclose(body.joints(np.zeros((1, 3)))[0], [[0, 0, 0], [0, 0, 0.4]], atol=1e-6)
    assert np.allclose(body.weights, np.repeat([[1, 0], [0, 1]], [4, 4], 0)[[0, 1, 4, 5, 2, 3, 6, 7]])


def test_a_corner_of_the_attributes_draws_on_its_own_target_alone(folder: Path) -> None:
    body = ParametricBody.load(folder)
    tall = np.array([[1, 0.5, 0.5, 0.5, 1, 0.5, 0, 0, 1], [0, 0.5, 0.5, 0.5, 1, 0.5, 0, 0, 1]])
    half = tall[:1] * [1, 1, 1, 1, 0.75, 1, 1, 1, 1]
    targets = body.targets_of(np.concatenate([tall, half]))
    assert targets[:, 0].tolist() == [1, 0, 0.5]
    assert np.allclose(np.ptp(body.positions(targets)[..., 2], 1), [0.5, 0.4, 0.45])


def test_the_same_seed_draws_the_same_adults(folder: Path) -> None:
    body = ParametricBody.load(folder)
    first, again = (body.sample(np.random.default_rng(3), 20) for _ in range(2))
    assert np.array_equal(first.targets, again.targets)
    assert first.attributes.shape == (20, len(ATTRIBUTES)) and first.attributes[:, 1].min() >= 0.5
    assert "genitals/none" not in body.target_names
    # narrower and wider exclude each other
    assert np.all(first.targets[:, 1] * first.targets[:, 2] == 0) and first.targets[:, 1:].any()


def test_a_folder_without_the_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"base_mesh.npz.xz' cannot be read"):
        ParametricBody.load(tmp_path)
    (tmp_path / "base_mesh.npz.xz").write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="Get the data again"):
        ParametricBody.load(tmp_path)


def test_the_data_packs_middle_adult_is_a_person() -> None:
    root = Path(maquette.__file__).resolve().parent
    folder = Path(os.environ.get("MAQUETTE_DATA") or root.parent / "shared" / "data") / "characters" / "makehuman"
    if not folder.is_dir():
        pytest.skip(f"the data pack's parametric body is not in {folder}")
    body = ParametricBody.load(folder)
    targets = body.targets_of(MIDDLE[None])
    placed = body.positions(targets)[0]
    joints = dict(zip(body.joints_names, body.joints(targets)[0], strict=True))
    assert 1.5 < placed[:, 2].max() < 1.9 and placed[:, 2].min() == 0
    assert joints["hand_l"][0] > joints["upperarm_l"][0] > 0 > joints["upperarm_r"][0]
    assert joints["ball_l"][1] < joints["foot_l"][1]
    assert np.allclose(body.weights.sum(1), 1, atol=1e-5)
    assert set(body.parts()) == {"head", "body", "arms", "hands", "legs", "feet"}
