# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 its own documentation's name for it
import pytest

from maquette.core import bundle
from maquette.core.asset import Asset, Material, Provenance
from maquette.core.errors import Cancelled, EngineError, HostError, InputError
from maquette.core.files import blend, export
from maquette.core.request import Reference, Request
from maquette.core.texture.maps import MAP_KINDS, MAP_NAMES, MAPS
from maquette.core.texture.params import ExemplarParams

SIDE = 64
REQUEST = Request("texture", "exemplar", ExemplarParams(), 1, (Reference("albedo", "", "0" * 64),))


@pytest.fixture(scope="module")
def asset() -> Asset:
    """A material whose maps go from 0 to 1 in both directions."""
    ramp = np.linspace(0, 1, SIDE, dtype=np.float32)
    planes = np.stack(np.broadcast_arrays(ramp[None, :], ramp[:, None], ramp[::-1, None]), 2)
    maps = {kind.name: np.ascontiguousarray(planes[..., : kind.channels]) for kind in MAP_KINDS}
    plain = REQUEST.to_plain(with_paths=False)
    provenance = Provenance("0", REQUEST.key, 1, "", "cpu", plain)
    return Asset("ramp", (Material("ramp", maps, (2.0, 1.0), 0.02),), provenance=provenance)


def write(asset: Asset, folder: Path, *formats: str) -> tuple[str, ...]:
    folder.mkdir(exist_ok=True)
    return export.export(asset, folder, formats, progress=lambda fraction, text: None)


def read_raw(path: Path) -> np.ndarray:
    """The file's own numbers, in its own type."""
    source = oiio.ImageInput.open(str(path))
    spec = source.spec()
    pixels: np.ndarray = source.read_image(0, 0, 0, spec.nchannels, spec.format)
    source.close()
    return pixels.reshape(spec.height, spec.width, spec.nchannels)


def test_png_is_eight_bits_for_colour_and_sixteen_for_data(asset: Asset, tmp_path: Path) -> None:
    names = write(asset, tmp_path, "png")
    assert set(names) == {f"{name}.png" for name in MAP_NAMES}
    for name, image in asset.materials[0].maps.items():
        pixels = read_raw(tmp_path / f"{name}.png")
        assert pixels.dtype == (np.uint8 if MAPS[name].srgb else np.uint16)
        assert pixels.shape == image.shape
        top = np.iinfo(pixels.dtype).max
        np.testing.assert_array_equal(pixels, np.floor(image.astype(np.float64) * top + 0.5).astype(pixels.dtype))


def test_a_picture_lies_beside_the_files_and_belongs_to_no_manifest(asset: Asset, tmp_path: Path) -> None:
    names = write(asset, tmp_path, "png", export.PICTURE)
    assert set(names) == {f"{name}.png" for name in MAP_NAMES}
    assert read_raw(tmp_path / "thumbnail.png").shape == (256, 256, 3)
    assert "thumbnail.png" not in (tmp_path / "asset.json").read_text()


def test_exr_is_half_floats_with_linear_colour(asset: Asset, tmp_path: Path) -> None:
    assert set(write(asset, tmp_path, "exr")) == {f"{name}.exr" for name in MAP_NAMES}
    maps = asset.materials[0].maps
    height = read_raw(tmp_path / "height.exr")
    assert height.dtype == np.float16
    np.testing.assert_allclose(height, maps["height"], atol=5e-4)
    stored = maps["albedo"]
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(read_raw(tmp_path / "albedo.exr"), linear, atol=1e-3)


def test_the_same_asset_gives_the_same_bytes(asset: Asset, tmp_path: Path) -> None:
    write(asset, tmp_path / "first", "npy", "png", "exr", "glb")
    time.sleep(1.1)  # a clock in a header would differ
    write(asset, tmp_path / "second", "npy", "png", "exr", "glb")
    for path in (tmp_path / "first").iterdir():
        data = path.read_bytes()
        assert data == (tmp_path / "second" / path.name).read_bytes(), path.name
        assert b"OpenImageIO" not in data, "no software's name"


def test_the_manifest_lists_the_files(asset: Asset, tmp_path: Path) -> None:
    names = write(asset, tmp_path, "glb", "npy")
    assert bundle.read_manifest(tmp_path)["files"] == names == ("asset.glb",)
    loaded = bundle.load(tmp_path)
    np.testing.assert_array_equal(loaded.materials[0].maps["normal"], asset.materials[0].maps["normal"])
    bundle.check_place(tmp_path)


def test_several_materials_do_not_share_names(asset: Asset, tmp_path: Path) -> None:
    one = asset.materials[0]
    two = Asset("two", (one, Material("other", {"albedo": one.maps["albedo"]}, (1.0, 1.0), 0.0)))
    assert {"ramp_albedo.png", "other_albedo.png"} < set(write(two, tmp_path, "png"))


def test_an_unknown_format_is_said(asset: Asset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no export 'psd'. Known are npy, png, png8, png16, exr, glb"):
        write(asset, tmp_path, "psd")


def test_every_map_may_have_eight_or_sixteen_bits(asset: Asset, tmp_path: Path) -> None:
    for format_name, kind in (("png8", np.uint8), ("png16", np.uint16)):
        write(asset, tmp_path / format_name, format_name)
        for name, image in asset.materials[0].maps.items():
            pixels = read_raw(tmp_path / format_name / f"{name}.png")
            assert pixels.dtype == kind
            np.testing.assert_allclose(pixels / np.iinfo(kind).max, image, atol=0.51 / np.iinfo(kind).max)


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        (("png", "png8"), r"png and png8 would both write albedo.png. Name one of them."),
        (("unreal", "unreal:png16"), r"png and png16 would both write T_Name_BC.png"),
        (("unreal:psd",), r"There is no kind of file 'psd' for unreal. Known are png, png8, png16, exr."),
        (("png:exr",), r"There is no export 'png:exr'"),
        (("cryengine",), r"There is no export 'cryengine'"),
    ],
)
def test_exports_that_cannot_be_are_said_before_any_work(
    formats: tuple[str, ...], said: str, asset: Asset, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        write(asset, tmp_path, *formats)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_an_os_error(asset: Asset, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    for name in ("albedo.png", "height.exr"):
        (tmp_path / name).symlink_to("/dev/full")
        with pytest.raises(OSError, match=r"No space left"):
            write(asset, tmp_path, name.rpartition(".")[2])


def test_progress_may_stop_the_writing(asset: Asset, tmp_path: Path) -> None:
    def stop(fraction: float, text: str) -> None:
        if text == "Writing normal.png":
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        export.export(asset, tmp_path, ("png",), progress=stop)


def test_glb_is_a_plane_of_the_real_size(asset: Asset, tmp_path: Path) -> None:
    write(asset, tmp_path, "glb")
    data = (tmp_path / "asset.glb").read_bytes()
    magic, version, total, length, kind = struct.unpack_from("<4sIII4s", data)
    assert (magic, version, total, kind) == (b"glTF", 2, len(data), b"JSON")
    plain = json.loads(data[20 : 20 + length])
    position = plain["accessors"][plain["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert position["min"] == [-1.0, 0.0, -0.5] and position["max"] == [1.0, 0.0, 0.5]
    material = plain["materials"][0]
    assert material["occlusionTexture"] == material["pbrMetallicRoughness"]["metallicRoughnessTexture"]
    ends = [view["byteOffset"] + view["byteLength"] for view in plain["bufferViews"]]
    assert max(ends) <= plain["buffers"][0]["byteLength"] == len(data) - 20 - length - 8


needs_bpy = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="the package 'bpy' is not installed")


@needs_bpy
def test_blender_reads_the_glb(asset: Asset, tmp_path: Path) -> None:
    write(asset, tmp_path, "glb")
    said = subprocess.run(
        [sys.executable, "-c", IMPORT_GLB, str(tmp_path / "asset.glb")],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout.strip().splitlines()[-1])
    assert found["size"] == [2.0, 1.0, 0.0] and found["normal"] == [0.0, 0.0, 1.0]
    # the image's first row lies at the far end, where v is 1
    assert found["uv_of_far_left"] == [0.0, 1.0]
    assert found["inputs"] == ["Base Color", "Metallic", "Normal", "Roughness"]


IMPORT_GLB = """
import json, sys, bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[1])
thing = bpy.context.scene.objects[0]
mesh = thing.data
uvs = {tuple(round(x, 4) for x in mesh.vertices[l.vertex_index].co[:2]):
       [round(x, 4) for x in mesh.uv_layers[0].data[l.index].uv] for l in mesh.loops}
shader = next(n for n in mesh.materials[0].node_tree.nodes if n.type == 'BSDF_PRINCIPLED')
print()
print(json.dumps({"size": [round(x, 4) for x in thing.dimensions],
    "normal": [round(x, 4) for x in mesh.polygons[0].normal],
    "uv_of_far_left": uvs[(-1.0, 0.5)],
    "inputs": sorted(link.to_socket.name for link in mesh.materials[0].node_tree.links if link.to_node == shader)}))
"""


@needs_bpy
def test_a_blend_is_written_and_unasked_pngs_are_taken_away(asset: Asset, tmp_path: Path) -> None:
    assert write(asset, tmp_path, "blend") == ("asset.blend",)
    assert {path.name for path in tmp_path.iterdir()} == {"asset.blend", "asset.json"}
    assert bundle.read_manifest(tmp_path)["files"] == ("asset.blend",)


def test_without_a_blender_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("MAQUETTE_BLENDER", raising=False)
    with pytest.raises(HostError, match=r"A .blend needs Blender, and neither .* MAQUETTE_BLENDER."):
        blend.blender_command()
    monkeypatch.setenv("MAQUETTE_BLENDER", "/opt/blender")
    assert blend.blender_command()[:2] == ["/opt/blender", "-b"]


def test_what_blender_says_of_its_failure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [sys.executable, "-c", "print('no such node'); raise SystemExit(1)"]
    monkeypatch.setattr(blend, "blender_command", lambda: failing)
    with pytest.raises(EngineError, match=r"Blender could not write the .blend. It said: no such node"):
        blend.write(tmp_path, lambda fraction, text: None)


def test_a_stop_ends_blender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blend, "blender_command", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])

    def stop(fraction: float, text: str) -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        blend.write(tmp_path, stop)
