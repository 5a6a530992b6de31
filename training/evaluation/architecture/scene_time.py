# SPDX-License-Identifier: GPL-3.0-or-later
"""`kernel.seconds_in_scene`: how long Blender takes to show a building of five storeys and sixty windows."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from ....core import bundle
from ....core.asset import Asset
from ....core.errors import MaquetteError
from ....core.files import blend, export
from .study import Study

SCRIPT = Path(__file__).with_name("scene_script.py")


def time_in_scene(study: Study, asset: Asset) -> None:
    """Takes up the figure for a building's Asset with its provenance; without a Blender it is absent."""
    try:
        times = seconds_in_scene(asset)
    except MaquetteError as error:
        return study.lack("kernel.seconds_in_scene", str(error))
    study.give("kernel", {"seconds_in_scene": times["stage"] + times["apply"]})
    openings = sum(len(copies.transforms) for copies in asset.instances)
    study.note(
        f"kernel.seconds_in_scene: a building with {openings} openings, {times['objects']:.0f} objects, from arrays in "
        f"memory to the scene; processor seconds, the least of {times['runs']:.0f} times, each in an empty file. Its "
        f"files were read in {times['read']:.3f} s before, which a thread does while the window goes on."
    )


def seconds_in_scene(asset: Asset) -> dict[str, float]:
    """The least over `runs` of the processor seconds to `read`, `stage` and `apply`, and the number of `objects`;
    HostError without a Blender."""
    command = blend.blender_command(SCRIPT, "Timing a building in the scene")
    with tempfile.TemporaryDirectory(prefix="maquette-") as temporary:
        folder, out = Path(temporary) / "building", Path(temporary) / "times.json"
        with bundle.writing(folder) as making:
            export.export(asset, making, (export.SCENE,), progress=lambda fraction, text: None)
        blend.run_blender([*command, "--", str(folder), str(out)], lambda: None)
        times = json.loads(out.read_text(encoding="utf-8"))
    # others' work on the machine does not count
    found = {name: min(values) for name, values in times.items()}
    return {**found, "runs": float(len(times["stage"]))}
