# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains `photo`: from albedo, as it is or under a made-up light, to normals, roughness, metallic and that light.

    python -m maquette train texture photo --data DIR --out DIR

Shape letters: B batch, H, W rows and columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer

from ...core.texture.photo_network import (
    WIDTHS,
    PhotoNetwork,
    normals_of_slopes,
    read_outputs,
    settled_roughness,
)
from ..data.crops import NO_AUGMENTATION, Augmentation, CropStream
from ..data.material_folder import MaterialSet
from ..presets import Settings
from ..task import Split
from .lighting import Lighting, darkroom, random_lighting
from .photo_baselines import Judged, bump_normals, judge_set, plain_methods

# what each error weighs beside the normals'
SQUARES, LENGTHS, ROUGHNESS, METALLIC, LIGHT = 4.0, 3.0, 1.0, 0.2, 0.2
JUDGED_SIDE = 512
# share of crops that are shown as they are stored, with no light of ours
UNLIT = 0.75
LEAST_TILT = 0.05
TILTED_DEG = 4.0
SHEET_SETS = 6


class PhotoTask:
    """See `task.Task`."""

    model = "texture/photo"
    shipped = "network"

    def __init__(
        self, settings: Settings, split: Split[MaterialSet], device: torch.device, start: Mapping[str, Any] | None
    ) -> None:
        torch.manual_seed(settings.seed)
        train = _whole(split.train)
        self._plain = plain_methods(train)
        usual = round(float(np.median([float(maps[6].mean()) for _, maps, mask in train if mask[2]] or [0.5])), 4)
        self.config: dict[str, Any] = {"widths": list(WIDTHS), "usual_roughness": min(0.95, max(0.05, usual))}
        network = PhotoNetwork(**self.config).to(device)
        if start is not None:
            network.load_state_dict(dict(start))
        self.networks: dict[str, nn.Module] = {"network": network}
        optimiser = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=0.02)
        self.optimisers: dict[str, Optimizer] = {"network": optimiser}
        self._split, self._device = split, device
        self._batch, self._images = settings.batch, settings.images
        self._stream = CropStream(
            split.train, settings.crop, settings.batch, settings.seed, augmentation=Augmentation(scales=(0.6, 1.0))
        )
        self._judged = _whole(split.held_out)

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """One batch; see `_losses`."""
        batch = self._stream.batch(number)
        lightings = [random_lighting(generator, UNLIT) for _ in range(len(batch["maps"]))]
        picture, light = _photographed(batch["maps"], lightings, generator)
        moved = [tensor.to(self._device) for tensor in (picture, light, batch["maps"], batch["mask"])]
        losses = _losses(networks["network"](moved[0]).float(), *moved[1:])
        # squares first: with lengths alone the network never leaves flat normals, which are the median of what it sees
        late = min(1.0, 2 * number * self._batch / self._images)
        total = SQUARES * losses["squares"] + late * LENGTHS * losses["normal"] + ROUGHNESS * losses["roughness"]
        total = total + METALLIC * losses["metallic"] + LIGHT * losses["light"]
        self.optimisers["network"].zero_grad(set_to_none=True)
        fabric.backward(total)
        nn.utils.clip_grad_norm_(self.networks["network"].parameters(), 1.0)
        self.optimisers["network"].step()
        return {
            "loss": float(total.detach()),
            **{f"loss_{name}": float(value.detach()) for name, value in losses.items()},
        }

    @torch.no_grad()
    def judge(self, network: nn.Module) -> dict[str, float]:
        """Errors on the held-out families, each set whole, at its stored size."""
        judged = []
        for material, maps, mask in self._judged:
            outputs = self._predict(network, maps)
            judged.append(judge_set(material, maps, mask, normals_of_slopes(outputs["slopes"]), outputs["roughness"]))
        figures = _figures(judged)
        return figures

    def baselines(self) -> dict[str, float]:
        """Flat normals and the class's mean roughness; and the best bump from luminance under its own names."""
        flat, bump = [], []
        for material, maps, mask in self._judged:
            roughness = torch.full_like(maps[None, 6:7], self._plain.roughness_of(material.category))
            up = F.pad(torch.ones_like(roughness), (0, 0, 0, 0, 2, 0))
            flat.append(judge_set(material, maps, mask, up, roughness))
            bumped = bump_normals(maps[None, :3], self._plain.bump_strength)
            bump.append(judge_set(material, maps, mask, bumped, roughness))
        figures = _figures(flat)
        bumps = _figures(bump)
        return figures | {f"bump_{name}": value for name, value in bumps.items() if name.startswith("normal")}

    @torch.no_grad()
    def sheet(self, network: nn.Module) -> np.ndarray:
        """Held-out sets, one a row: picture, true normals, predicted normals, true and predicted roughness."""
        rows = []
        for _, maps, _ in self._judged[:: max(1, len(self._judged) // SHEET_SETS)][:SHEET_SETS]:
            outputs = self._predict(network, maps)
            normals = normals_of_slopes(outputs["slopes"])[0]
            cells = [maps[:3], maps[3:6] * 0.5 + 0.5, normals * 0.5 + 0.5]
            cells += [maps[6:7].expand(3, -1, -1), outputs["roughness"][0].expand(3, -1, -1)]
            rows.append(torch.cat([F.interpolate(c[None].float(), (192, 192), mode="area")[0] for c in cells], 2))
        return torch.cat(rows, 1).permute(1, 2, 0).cpu().numpy()

    def tensors(self) -> dict[str, torch.Tensor]:
        """Nothing besides the network."""
        return {}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Nothing besides the network."""

    def worries(self, figures: Mapping[str, float]) -> str:
        """Predictions worse than flat normals after all."""
        if figures.get("normal_error_ratio", 0.0) > 1.1:
            return "The predicted normals are worse than flat ones. Lower the learning rate or check the normal maps."
        return ""

    def _predict(self, network: nn.Module, maps: torch.Tensor) -> dict[str, torch.Tensor]:
        picture = maps[None, :3].to(self._device)
        height, width = picture.shape[2:]
        padded = F.pad(picture, (0, -width % 32, 0, -height % 32), mode="circular")
        outputs = read_outputs(network(padded).float())
        outputs = {name: image[..., :height, :width].cpu() for name, image in outputs.items()}
        usual = self.config["usual_roughness"]
        return {**outputs, "roughness": settled_roughness(outputs["roughness"], usual)}


def _whole(sets: Sequence[MaterialSet]) -> list[tuple[MaterialSet, torch.Tensor, torch.Tensor]]:
    """(set, maps (9, H, W), mask (5,)) of each set as it is stored."""
    found = []
    for material in sets:
        stream = CropStream([material], JUDGED_SIDE, 1, 0, augmentation=NO_AUGMENTATION)
        batch = stream.whole(0)
        found.append((material, batch["maps"][0], batch["mask"][0]))
    return found


def _photographed(
    maps: torch.Tensor, lightings: Sequence[Lighting], generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """(pictures (B, 3, H, W) sRGB, log2 of the light in them (B, 1, H, W)) of the maps (B, 9, H, W)."""
    pairs = [lit.photograph(crop[:3], crop[3:6]) for crop, lit in zip(maps, lightings, strict=True)]
    pictures = torch.stack([darkroom(picture, generator) for picture, _ in pairs])
    return pictures, torch.stack([light for _, light in pairs])


def _losses(raw: torch.Tensor, light: torch.Tensor, maps: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
    """Mean errors of the batch: the chord between true and predicted normals (the angle, for small ones); the square of
    its sideways part over the crop's tilt; absolute errors of roughness and light; cross-entropy of the metallic."""
    outputs = read_outputs(raw)
    normals, truth = normals_of_slopes(outputs["slopes"]), maps[:, 3:6]
    there = mask[:, :, None, None, None]
    count = mask.sum(0).clamp(min=1)
    difference = normals - truth
    # flat surfaces count as much as steep ones, of which little can be foreseen
    tilt = truth[:, :2].square().sum(1).mean((1, 2)).sqrt() + LEAST_TILT
    chord = (difference.square().sum(1, keepdim=True) + 1e-6).sqrt()
    metallic = outputs["metallic"].clamp(1e-4, 1 - 1e-4)
    entropy = F.binary_cross_entropy(metallic, maps[:, 7:8], reduction="none")
    return {
        "normal": (chord.mean((1, 2, 3)) * mask[:, 1]).sum() / count[1],
        "squares": (difference[:, :2].square().sum(1).mean((1, 2)) / tilt * mask[:, 1]).sum() / count[1],
        "roughness": ((outputs["roughness"] - maps[:, 6:7]).abs() * there[:, 2]).mean((1, 2, 3)).sum() / count[2],
        "metallic": (entropy * there[:, 3]).mean((1, 2, 3)).sum() / count[3],
        "light": (outputs["light"] - light).abs().mean(),
    }


def _figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Means over sets; the normals' over those that are tilted enough to see it."""
    tilted = [j for j in judged if j.flat_deg > TILTED_DEG] or list(judged)
    ratio = sum(j.normal_deg for j in tilted) / max(1e-6, sum(j.flat_deg for j in tilted))
    rough = [j for j in judged if math.isfinite(j.roughness)]
    roughness = float(np.mean([j.roughness for j in rough])) if rough else 0.0
    known = [j for j in judged if math.isfinite(j.normal_deg)]
    # of all sets, so that it is less a matter of chance
    overall = sum(j.normal_deg for j in known) / max(1e-6, sum(j.flat_deg for j in known))
    return {
        "score": overall + roughness,
        "normal_error_ratio_all": overall,
        "normal_error_deg": float(np.mean([j.normal_deg for j in tilted])),
        "normal_error_ratio": ratio,
        "better_than_flat_share": float(np.mean([j.normal_deg < j.flat_deg for j in tilted])),
        "slope_correlation": float(np.mean([j.correlation for j in tilted])),
        "roughness_error": roughness,
    }
