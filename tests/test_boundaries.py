# SPDX-License-Identifier: GPL-3.0-or-later
"""The one direction of the architecture, read from the source: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import maquette

ROOT = Path(maquette.__file__).resolve().parent
HEAVY = {"torch", "scipy", "PIL", "OpenImageIO", "skimage", "safetensors", "rich"}
STANDARD = set(sys.stdlib_module_names)


def python_files(folder: str) -> list[Path]:
    return sorted(ROOT.joinpath(folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("maquette", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imports(path: Path, *, top_level_only: bool) -> Iterator[str]:
    """Absolute names of the modules that a file imports; with `top_level_only`, when it is itself imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(run_on_import(tree.body)) if top_level_only else list(ast.walk(tree))
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            target = ".".join(part for part in (base, node.module or "") if part)
            yield target
            yield from (f"{target}.{alias.name}" for alias in node.names)


def run_on_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that importing a module runs: not those inside functions or `if TYPE_CHECKING`."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        for inner in ("body", "orelse", "finalbody"):
            yield from run_on_import(getattr(node, inner, []))
        for handler in getattr(node, "handlers", []):
            yield from run_on_import(handler.body)


def reached_from(start: list[Path]) -> dict[str, Path]:
    """Every module of Maquette that importing the files would import, by name."""
    by_name = {module_name(path): path for folder in ("core", "addon", "training") for path in python_files(folder)}
    reached: dict[str, Path] = {}
    waiting = [module_name(path) for path in start]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in by_name:
            continue
        reached[name] = by_name[name]
        # importing a module imports the packages around it
        waiting += [".".join(name.split(".")[:n]) for n in range(2, name.count(".") + 1)]
        waiting += list(imports(by_name[name], top_level_only=True))
    return reached


@pytest.mark.parametrize("path", python_files("core"), ids=module_name)
def test_core_never_imports_blender_training_or_addon(path: Path) -> None:
    for name in imports(path, top_level_only=False):
        assert name.split(".")[0] not in {"bpy", "bmesh", "mathutils", "gpu"}, name
        assert not name.startswith(("maquette.addon", "maquette.training")), name


def test_what_the_addon_imports_is_light() -> None:
    reached = reached_from([p for p in python_files("addon") if p.parent.name != "tests"])
    assert "maquette.core.request" in reached
    for module, path in reached.items():
        for name in imports(path, top_level_only=True):
            assert name.split(".")[0] not in HEAVY, f"{module} imports {name}"


@pytest.mark.parametrize("path", python_files("addon"), ids=module_name)
def test_addon_needs_only_blender_numpy_and_the_standard_library(path: Path) -> None:
    blender = {"bpy", "bpy_extras", "bmesh", "mathutils", "gpu", "gpu_extras", "blf", "addon_utils", "bl_operators"}
    # `script` is the neighbour that lone scripts of addon/scene begin with
    allowed = STANDARD | blender | {"numpy", "maquette", "script"}
    for name in imports(path, top_level_only=False):
        assert name.split(".")[0] in allowed, name


@pytest.mark.parametrize("path", [p for f in ("core", "addon", "training") for p in python_files(f)], ids=module_name)
def test_no_unsafe_reader(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for name in imports(path, top_level_only=False):
        assert name.split(".")[0] not in {"pickle", "marshal", "shelve", "dill", "joblib"}, name
    assert "torch.load(" not in source
    assert "allow_pickle=True" not in source


def test_importing_maquette_needs_neither_blender_nor_torch() -> None:
    code = (
        "import sys; sys.modules['bpy'] = sys.modules['torch'] = None; "
        "import maquette, maquette.core.request, maquette.core.bundle, maquette.core.client, maquette.core.protocol"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_pyproject_lists_every_package() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    found = {module_name(path) for folder in ("core", "addon", "training") for path in python_files(folder)}
    packages = {name for name in found if (ROOT / name.replace(".", "/").replace("maquette/", "", 1)).is_dir()}
    assert listed == packages | {"maquette"}


def test_pyproject_takes_every_data_file_along() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    listed = {
        path
        for package, patterns in tool["package-data"].items()
        for pattern in patterns
        for path in (ROOT / Path(*package.split(".")[1:])).glob(pattern)
    }
    files = (path for folder in ("core", "addon", "training") for path in (ROOT / folder).rglob("*") if path.is_file())
    assert {path for path in files if path.suffix not in {".py", ".pyc"}} == listed


def test_versions_agree() -> None:
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text(encoding="utf-8"))
    assert manifest["version"] == maquette.__version__
    assert "wheels" not in manifest


@pytest.mark.parametrize("path", [p for f in ("core", "addon", "training", "tests") for p in python_files(f)], ids=str)
def test_every_file_names_its_licence(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text or text.startswith("# SPDX-License-Identifier: GPL-3.0-or-later\n")
