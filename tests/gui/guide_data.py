# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide's walks start from, made by the engine itself: `guide_data.py OUT`.

OUT/characters holds six bodies as GLB, OUT/materials a folder of maps for each of eight materials.
"""

import shutil
import subprocess
import sys
from pathlib import Path

BODIES = (
    ("runner", ["--muscle", "0.6", "--variety", "0.5", "--build", "0.6"]),
    ("giant", ["--height", "0.9", "--weight", "0.6", "--variety", "0.5"]),
    ("elder", ["--age", "0.9", "--height", "-0.4", "--variety", "0.5"]),
    ("child", ["--height", "-0.8", "--head", "0.5", "--variety", "0.5"]),
    ("heavy", ["--weight", "0.9", "--variety", "0.6"]),
    ("slender", ["--weight", "-0.7", "--legs", "0.4", "--variety", "0.5"]),
)
CATEGORIES = ("stone", "wood", "brick", "ground", "fabric", "concrete", "tiles", "bark")


def main() -> None:
    """Make both folders."""
    out = Path(sys.argv[1])
    for seed, (name, sliders) in enumerate(BODIES):
        made = _made(out / "making" / name, "character", "base", "--seed", str(seed), "--export", "glb", *sliders)
        (out / "characters").mkdir(parents=True, exist_ok=True)
        shutil.copy(next(made.glob("*.glb")), out / "characters" / f"{name}.glb")
    for seed, name in enumerate(CATEGORIES):
        made = _made(
            out / "making" / name, "texture", "family", "--seed", str(seed), "--size", "256", "--category", name
        )
        for path in made.glob("*.png"):
            (out / "materials" / name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, out / "materials" / name / f"{name}_{path.name}")
    shutil.rmtree(out / "making")


def _made(folder: Path, *wish: str) -> Path:
    command = [sys.executable, "-m", "maquette", "generate", *wish, "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


if __name__ == "__main__":
    main()
