# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells of buildings: every part is a closed solid, in metres, with the openings that were asked for."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from closed_mesh import is_closed, volume, worst_uv_stretch
from synthetic_outlines import BLOCK, L_SHAPE, RECTANGLE, U_SHAPE, skyline, star, star_with_courtyards

from maquette.core.architecture.facade import STYLES, FacadeStyle, Opening
from maquette.core.architecture.shell import Shell, build_shell
from maquette.core.architecture.storeys import stack
from maquette.core.architecture.wall_columns import columns
from maquette.core.architecture.wall_offset import inner_rings, signed_area
from maquette.core.architecture.wall_solid import FaceKind, wall_solid
from maquette.core.errors import InputError

OUTLINES = [(RECTANGLE,), (L_SHAPE,), (U_SHAPE,), BLOCK]
OUTLINES += [(star(seed),) for seed in range(4)] + [(skyline(seed),) for seed in range(4)]
OUTLINES += [star_with_courtyards(seed) for seed in range(4)]
HEIGHTS = [4.0, 3.2, 3.2, 3.0]


def assert_whole(shell: Shell) -> None:
    names = [mesh.name for mesh in shell.meshes]
    assert len(set(names)) == len(names)
    for mesh in shell.meshes:
        assert is_closed(mesh), mesh.name
        assert volume(mesh) > 0, mesh.name
        assert worst_uv_stretch(mesh) < 1e-4, mesh.name
        assert mesh.material_of_face.max() < len(mesh.materials)
        assert len(mesh.material_of_face) == len(mesh.face_starts) - 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("rings", OUTLINES)
def test_every_part_is_a_closed_solid_laid_out_in_metres(rings: tuple[np.ndarray, ...], style: str) -> None:
    assert_whole(build_shell(rings, stack(HEIGHTS), STYLES[style]))


@pytest.mark.parametrize("rings", OUTLINES)
def test_walls_hold_the_outline_less_rooms_and_openings(rings: tuple[np.ndarray, ...]) -> None:
    shell = build_shell(rings, stack(HEIGHTS), STYLES["rhythmic"])
    plan = sum(signed_area(ring) for ring in rings) - sum(signed_area(ring) for ring in shell.inner)
    for storey, height in enumerate(HEIGHTS):
        here = shell.openings.kind[shell.openings.storey == storey]
        cut = sum(shell.openings.kinds[n].opening.width_m * shell.openings.kinds[n].opening.height_m for n in here)
        walls = [mesh for mesh in shell.meshes if mesh.name.startswith(f"storey {storey}") and "wall" in mesh.name]
        assert len(walls) == len(rings)
        assert sum(volume(mesh) for mesh in walls) == pytest.approx(plan * height - cut * shell.wall_m, rel=1e-5)


def any_style(rng: np.random.Generator) -> FacadeStyle:
    """A style of measures by chance, most of which no architect would draw."""

    def opening(panes: int) -> Opening:
        return Opening(rng.uniform(0.3, 4), rng.uniform(0.3, 4), rng.uniform(0, 1.5), panes)

    return FacadeStyle(
        bay_m=rng.uniform(0.8, 6),
        corner_m=rng.uniform(0, 2),
        rhythm="".join(rng.choice(list("wn."), rng.integers(1, 6))),
        symmetric=bool(rng.integers(2)),
        narrow=rng.uniform(0.2, 1),
        base=opening(1),
        middle=opening(int(rng.integers(1, 6))),
        top=opening(2),
        door=opening(0),
        recess_m=rng.uniform(0, 0.5),
        frame_m=rng.uniform(0.02, 0.3),
        band_m=rng.uniform(0, 0.5),
    )


@pytest.mark.parametrize("seed", range(16))
def test_any_measures_give_whole_shells(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rings = OUTLINES[seed % len(OUTLINES)]
    storeys = stack(rng.uniform(2, 6, rng.integers(1, 9)).tolist())
    assert_whole(build_shell(rings, storeys, any_style(rng), wall_m=rng.uniform(0.05, 1), slab_m=rng.uniform(0.05, 1)))


def test_slabs_fill_the_rooms() -> None:
    shell = build_shell(BLOCK, stack(HEIGHTS), STYLES["plain"], slab_m=0.2)
    room = sum(signed_area(ring) for ring in shell.inner)
    made = [mesh for mesh in shell.meshes if mesh.name.endswith((" floor", " slab"))]
    assert [float(mesh.positions[:, 2].max()) for mesh in made] == pytest.approx([0.0, 4.0, 7.2, 10.4, 13.4])
    for mesh in made:
        assert volume(mesh) == pytest.approx(room * 0.2, rel=1e-5)


def plain_quads(is_open: np.ndarray, outer: np.ndarray) -> set[frozenset[int]]:
    """The quads of a wall's grid, one cell and neighbour after another."""
    rows, count = is_open.shape
    inner = outer + outer.size
    quads = set()
    for r in range(rows):
        for c in range(count):
            if is_open[r, c]:
                continue
            n = (c + 1) % count
            for face in (outer, inner):
                quads.add(frozenset(face[a, b] for a, b in ((r, c), (r, n), (r + 1, n), (r + 1, c))))
            if is_open[r, (c - 1) % count]:
                quads.add(frozenset(face[a, c] for a in (r, r + 1) for face in (outer, inner)))
            if is_open[r, n]:
                quads.add(frozenset(face[a, n] for a in (r, r + 1) for face in (outer, inner)))
            if r == 0 or is_open[r - 1, c]:
                quads.add(frozenset(face[r, b] for b in (c, n) for face in (outer, inner)))
            if r == rows - 1 or is_open[r + 1, c]:
                quads.add(frozenset(face[r + 1, b] for b in (c, n) for face in (outer, inner)))
    return {frozenset(int(vertex) for vertex in quad) for quad in quads}


@pytest.mark.parametrize("seed", range(6))
def test_wall_grid_agrees_with_a_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inner, thickness = inner_rings((L_SHAPE,), 0.3)
    edge, centre = np.array([0, 0, 1, 3, 5]), np.array([4.0, 9.0, 4.0, 5.0, 8.0])
    grid = columns(L_SHAPE, inner[0], thickness, edge, centre, np.full(5, 1.5))
    heights = np.array([0.0, 0.9, 2.1, 2.5, 3.0])
    is_open = np.zeros((4, len(grid.edge)), bool)
    at = np.nonzero(grid.opening >= 0)[0]
    is_open[1, at] = True
    is_open[0, at] = rng.random(5) < 0.5
    is_open[2, at] = rng.random(5) < 0.5
    solid = wall_solid(grid, heights, is_open, FaceKind(0, 1, 2, 3))
    made = {frozenset(quad) for quad in solid.quads.tolist()}
    assert len(made) == len(solid.quads)
    assert made == plain_quads(is_open, np.arange(5 * len(grid.edge)).reshape(5, -1))


def test_what_stands_in_openings_faces_outwards() -> None:
    shell = build_shell((RECTANGLE,), stack(HEIGHTS), STYLES["classical"], front_edge=0)
    assert sum(len(copies.transforms) for copies in shell.instances) == len(shell.openings.kind)
    middle = RECTANGLE.mean(0)
    for copies in shell.instances:
        mesh = next(mesh for mesh in shell.meshes if mesh.name == copies.mesh)
        assert np.allclose(np.linalg.det(copies.transforms[:, :3, :3]), 1, atol=1e-5)
        place, inwards = copies.transforms[:, :2, 3], copies.transforms[:, :2, 1]
        assert ((middle - place) * inwards).sum(1).min() > 0
        # all but sills and handles stays within the wall
        assert mesh.positions[:, 1].max() < shell.wall_m
        assert mesh.positions[:, 2].min() >= 0


def test_one_door_on_the_front_at_the_floor() -> None:
    shell = build_shell((L_SHAPE,), stack(HEIGHTS), STYLES["shopfront"], front_edge=5)
    door = next(n for n, kind in enumerate(shell.openings.kinds) if kind.name == "door")
    row = np.nonzero(shell.openings.kind == door)[0]
    assert len(row) == 1 == shell.report["num_doors"]
    assert (shell.openings.storey[row[0]], shell.openings.ring[row[0]], shell.openings.edge[row[0]]) == (0, 0, 5)
    copies = next(copies for copies in shell.instances if copies.mesh == "door")
    assert copies.transforms[0, :3, 3] == pytest.approx([0.0, 9.0, 0.0])


def test_storeys_of_other_heights_bring_kinds_of_their_own() -> None:
    shell = build_shell((RECTANGLE,), stack([4.0, 3.2, 2.4, 3.2, 3.0]), STYLES["classical"])
    assert_whole(shell)
    assert {"window middle", "window middle 2"} <= {mesh.name for mesh in shell.meshes}


def test_heads_that_meet_share_a_row() -> None:
    shell = build_shell((RECTANGLE,), stack([2.5]), STYLES["classical"], slab_m=0.05)
    heads = {kind.opening.sill_m + kind.opening.height_m for kind in shell.openings.kinds}
    assert max(heads) - min(heads) < 1e-6
    walls = next(mesh for mesh in shell.meshes if mesh.name == "storey 0 walls")
    rows = np.unique(walls.positions[:, 2])
    assert rows == pytest.approx([0.0, 0.8, 2.35, 2.5])
    # a thin slab leaves less room for the band, which stays above the openings
    band = next(mesh for mesh in shell.meshes if mesh.name == "storey 0 band")
    assert band.positions[:, 2].min() >= max(heads) - 1e-6


def test_party_walls_stay_blind_and_without_bands() -> None:
    mask = np.array([True, False, True, False])
    shell = build_shell((RECTANGLE,), stack(HEIGHTS), STYLES["plain"], open_edges=[mask])
    assert set(shell.openings.edge.tolist()) == {0, 2}
    assert not any(mesh.name.endswith("band") for mesh in shell.meshes)
    blind = build_shell((RECTANGLE,), stack(HEIGHTS), STYLES["plain"], open_edges=[np.zeros(4, bool)])
    assert_whole(blind)
    assert blind.instances == ()
    assert blind.report["glazed_share"] == 0


def test_report_counts_what_is_there() -> None:
    shell = build_shell(BLOCK, stack(HEIGHTS), STYLES["plain"])
    assert shell.report["gross_floor_area_m2"] == pytest.approx((24 * 18 - 8 * 6) * 4)
    assert shell.report["height_m"] == pytest.approx(13.4)
    assert shell.report["num_windows"] + shell.report["num_doors"] == len(shell.openings.kind)
    assert 0.05 < shell.report["glazed_share"] < 0.5


def test_same_input_same_bytes() -> None:
    one, two = (build_shell((star(5),), stack(HEIGHTS), STYLES["house"]) for _ in range(2))
    for left, right in zip(one.meshes, two.meshes, strict=True):
        assert left.positions.tobytes() == right.positions.tobytes()
        assert left.uvs["UVMap"].tobytes() == right.uvs["UVMap"].tobytes()


def test_thin_walls_hold_their_frames() -> None:
    strip = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 0.5), (0.0, 0.5)])
    shell = build_shell((strip,), stack([3.0]), replace(STYLES["plain"], corner_m=0.0))
    assert_whole(shell)
    assert shell.wall_m < 0.25
    for mesh in shell.meshes:
        if mesh.name.startswith("window"):
            assert mesh.positions[:, 1].max() <= shell.wall_m


@pytest.mark.parametrize(
    "changes",
    [
        {"wall_m": 0.0},
        {"slab_m": 3.0},
        {"front_edge": 4},
        {"front_edge": 1, "open_edges": [np.array([True, False, True, True])]},
        {"open_edges": [np.ones(3, bool)]},
        {"storeys": ()},
        {"rings": (RECTANGLE[::-1],)},
    ],
)
def test_what_no_building_can_have_is_told(changes: dict) -> None:
    given = {"rings": (RECTANGLE,), "storeys": stack(HEIGHTS), "style": STYLES["plain"], **changes}
    with pytest.raises(InputError):
        build_shell(**given)


def real_footprints(count: int) -> list[np.ndarray]:
    """Footprints of real buildings in metres, chosen evenly; skips where the data is not at hand."""
    for folder in (os.environ.get("MAQUETTE_DATA"), Path(__file__).parents[4] / "shared" / "data"):
        path = Path(folder or "") / "architecture" / "city" / "nyc_da1.npz"
        if folder and path.is_file():
            break
    else:
        pytest.skip("No real footprints: set MAQUETTE_DATA to a folder that holds architecture/city.")
    with np.load(path, allow_pickle=False) as data:
        starts, points, metre = data["fp_off"].astype(np.int64), data["fp_q"], float(data["quant_m"])
    chosen = np.linspace(0, len(starts) - 2, count).astype(int)
    return [points[starts[n] : starts[n + 1]] * metre for n in chosen]


def test_real_footprints() -> None:
    thickness = []
    for number, ring in enumerate(real_footprints(200)):
        style = list(STYLES.values())[number % len(STYLES)]
        shell = build_shell((ring,), stack([4.0, *[3.2] * (number % 4)]), style)
        assert_whole(shell)
        thickness.append(shell.wall_m)
    assert np.mean(np.array(thickness) > 0.299) > 0.97
