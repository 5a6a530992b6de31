# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a result as short sentences: what is as it should be, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.texture.quality import FIGURES

_REACHES = {figure.name: figure for figure in FIGURES}


@dataclass(frozen=True)
class Line:
    """One sentence of the card; `fine` is False where the designer should look."""

    fine: bool
    text: str


def card(report: Mapping[str, float]) -> list[Line]:
    """The sentences that a result's figures allow; figures that are not known here are left out."""
    lines = [*_seam(report), *_copy(report), *_albedo(report), *_metallic(report), *_faults(report)]
    return sorted(lines, key=lambda line: line.fine)


def _is_fine(report: Mapping[str, float], name: str) -> bool:
    return _REACHES[name].is_fine(report[name])


def _seam(report: Mapping[str, float]) -> list[Line]:
    if "seam_z" not in report:
        return []
    fine = _is_fine(report, "seam_z")
    return [Line(fine, "Seam: none visible" if fine else "Seam: the tile's border may show")]


def _copy(report: Mapping[str, float]) -> list[Line]:
    if "copy_share" not in report:
        return []
    fine = _is_fine(report, "copy_share")
    text = f"Largest copy: {_percent(report['copy_share'])} of the tile"
    return [Line(fine, text if fine else f"{text}. Another seed may vary more")]


def _albedo(report: Mapping[str, float]) -> list[Line]:
    if not {"albedo_low", "albedo_high"} <= set(report):
        return []
    lines = []
    if not _is_fine(report, "albedo_low"):
        lines.append(Line(False, f"Albedo darker than charcoal ({report['albedo_low']:.2f})"))
    if not _is_fine(report, "albedo_high"):
        lines.append(Line(False, f"Albedo brighter than snow ({report['albedo_high']:.2f})"))
    reach = f"{report['albedo_low']:.2f} to {report['albedo_high']:.2f}"
    return lines or [Line(True, f"Albedo plausible ({reach})")]


def _metallic(report: Mapping[str, float]) -> list[Line]:
    if "metallic_between" not in report:
        return []
    fine = _is_fine(report, "metallic_between")
    share = _percent(report["metallic_between"])
    return [Line(fine, "Metalness 0 or 1" if fine else f"Metalness: {share} is neither metal nor not")]


def _faults(report: Mapping[str, float]) -> list[Line]:
    """What is only said where it is wrong."""
    lines = []
    if "clipped" in report and not _is_fine(report, "clipped"):
        lines.append(Line(False, f"Colour at the end of its range: {_percent(report['clipped'])} of the texels"))
    if "normal_length_fault" in report and not _is_fine(report, "normal_length_fault"):
        lines.append(Line(False, "Normals are not of unit length"))
    return lines


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 or share == 0 else "less than 1 %"
