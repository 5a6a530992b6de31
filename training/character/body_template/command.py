# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m maquette.training.character.body_template`: make the weights of the method `base` and their card."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from ....core.character.base_pose import mirrored_name
from ....core.weights import save_weights
from ...data.parametric_body import ParametricBody
from .skinning import even, learned, own_name, transferred
from .space import COEFFICIENTS, Space, drawn, learned_space
from .template import MATERIALS, Template, build_template

BODIES, UNSEEN, SEED = 600, 96, 0


def main(arguments: list[str] | None = None) -> int:
    """Build the template, learn its space and weights, and write `base.safetensors` and `base.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", required=True, type=Path, metavar="DIR", help="the data pack, or its makehuman folder"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the weights and their card go")
    parser.add_argument("--bodies", type=int, default=BODIES, help=f"bodies to learn from (default: {BODIES})")
    options = parser.parse_args(arguments)
    inner = options.data / "characters" / "makehuman"
    body = ParametricBody.load(inner if inner.is_dir() else options.data)
    template, _ = build_template(body)
    random = np.random.default_rng(SEED)
    space = learned_space(template, body, random, options.bodies)
    indices, weights = _skin(template, body, space, random)
    error = unseen_error_mm(template, body, space)
    write(options.out, template, body, space, indices, weights, error, options.bodies)
    print(f"{options.out / 'base.safetensors'}: {len(template.whole.quads)} faces, {error:.2f} mm on unseen bodies")
    return 0


def unseen_error_mm(template: Template, body: ParametricBody, space: Space) -> float:
    """Mean distance in mm between the template on bodies of another seed and what the coefficients keep of it."""
    _, unseen, _, _ = drawn(template, body, np.random.default_rng(SEED + 1), UNSEEN)
    again = space.positions(space.coefficients(unseen))
    return float(np.linalg.norm(again - unseen, axis=2).mean() * 1000)


def _skin(
    template: Template, body: ParametricBody, space: Space, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(indices (H, 4), weights (H, 4)) of the half; an eyeball hangs on its own joint, the last but one."""
    truth = transferred(template.binding, body)
    names = [own_name(name) for name in body.joints_names]
    across = np.array([names.index(mirrored_name(name)) for name in names])
    line = np.array(template.half.midline)
    truth[line] = (truth + truth[:, across])[line] / 2
    indices, weights = learned(space.mean.astype(np.float64), truth, space.joints, body.parents, random)
    indices[line], weights[line] = even(indices[line], weights[line], across)
    indices[template.eyeball], weights[template.eyeball] = len(body.joints_names), [1, 0, 0, 0]
    return indices, weights


def write(
    folder: Path,
    template: Template,
    body: ParametricBody,
    space: Space,
    indices: np.ndarray,
    weights: np.ndarray,
    error: float,
    bodies: int,
) -> None:
    """Write the weights and the card."""
    whole, half = template.whole, len(template.half.points)
    names = [own_name(name) for name in body.joints_names]
    each = np.arange(len(whole.positions))
    twin = np.where(each < half, each, whole.mirror)
    tensors = {
        "mean": space.mean.astype(np.float32),
        "basis": space.basis.astype(np.float16),
        "joints": space.joints.astype(np.float32),
        "joint_basis": space.joint_basis.astype(np.float32),
        "tails": space.tails.astype(np.float32),
        "tail_basis": space.tail_basis.astype(np.float32),
        "parents": body.parents.astype(np.int32),
        "twin": twin.astype(np.int32),
        "quads": whole.quads.astype(np.int32),
        "uvs": template.uvs.astype(np.float32),
        "material_of_face": template.material_of_face.astype(np.int32),
        "joint_indices": indices.astype(np.int32),
        "skin_weights": weights.astype(np.float32),
        "eyeball": template.eyeball,
        "spread": space.spread.astype(np.float32),
        **{f"slider_{name}": values.astype(np.float32) for name, values in space.sliders.items()},
    }
    config = {"joints": names, "materials": list(MATERIALS), "coefficients": COEFFICIENTS}
    card = {
        "model": "character/base",
        "data": f"{bodies} bodies drawn from the MakeHuman hm08 parametric body, adults of both genders",
        "licence": "CC0-1.0 (MakeHuman team)",
        "command": "python -m maquette.training.character.body_template --data DIR --out DIR",
        "seed": SEED,
        "reconstruction_mm": round(error, 3),
    }
    as_torch = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in tensors.items()}
    digest = save_weights(folder / "base.safetensors", as_torch, config, card)
    (folder / "base.md").write_text(_card(card, digest, template, names), encoding="utf-8")


def _card(card: dict[str, object], digest: str, template: Template, names: list[str]) -> str:
    whole = template.whole
    return f"""# character/base

Weights: {digest}

- What: Maquette's own base body: {len(whole.quads):,} quads, {len(whole.positions):,} vertices,
  {len(names) + 2} joints, {COEFFICIENTS} shape coefficients. The topology is built by
  `training/character/body_template`: rings, junctions and loops along the joints, laid on the surface by rays and
  relaxed; no other mesh is in it.
- Data: {card["data"]}
- Licence of the data: {card["licence"]}
- Command: `{card["command"]}`
- Seed {card["seed"]}

| figure | this model |
| --- | --- |
| mean error on {UNSEEN} unseen bodies of another seed, mm | {card["reconstruction_mm"]} |

## Verdict

Adult, unsexed, under a plain suit: chest and crotch are smoothed, toes are one block inside the boot, ears are simple
shells, teeth and tongue are not there. Sliders are linear in the space, so the far ends of several at once look less
natural than one. Skin weights reproduce the parametric body's own with four joints a vertex.
"""
