# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape code: what sets one character's proportions apart, in the coordinates of its bones.

Per bone the logarithm of its length, of its joint's distance from the parent, and of a map of radii around it (RINGS
along the bone x SECTORS around it), all as shares of the body height, and the logarithm of that height. A difference of
two codes is a multiplication of lengths, so that it can be carried from one character to another of other topology,
style or pose. Shape letters: B bones, D numbers of a code, ... any batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

RINGS, SECTORS = 6, 8
_PER_BONE = 2 + RINGS * SECTORS


def code_length(num_bones: int) -> int:
    """D: how many numbers a code of that many bones has."""
    return 1 + num_bones * _PER_BONE


@dataclass(frozen=True)
class CodeParts:
    """Views of codes `values` (..., D): `height` (...,), `lengths` (..., B), `offsets` (..., B), `radii`
    (..., B, RINGS, SECTORS); writing to a view writes to the codes."""

    height: torch.Tensor
    lengths: torch.Tensor
    offsets: torch.Tensor
    radii: torch.Tensor

    @classmethod
    def of(cls, values: torch.Tensor) -> CodeParts:
        """The parts of codes (..., D)."""
        count = (values.shape[-1] - 1) // _PER_BONE
        lengths, offsets = values[..., 1 : 1 + count], values[..., 1 + count : 1 + 2 * count]
        radii = torch.unflatten(values[..., 1 + 2 * count :], -1, (count, RINGS, SECTORS))
        return cls(values[..., 0], lengths, offsets, radii)


@dataclass(frozen=True)
class ShapeCode:
    """One character's code: `values` (D,) float32, natural logarithms, in the order height, lengths, offsets, radii.

    `space` says which codes may be compared: "humanoid", or the key of a skeleton family; `bones` names the B bones.
    The height is in metres, all else a share of it; the offset of a bone that begins where its parent ends is 0.
    """

    space: str
    bones: tuple[str, ...]
    values: torch.Tensor

    @property
    def parts(self) -> CodeParts:
        """The parts of the code."""
        return CodeParts.of(self.values)

    def zero(self) -> torch.Tensor:
        """The difference (D,) that changes nothing."""
        return torch.zeros_like(self.values)

    def difference_to(self, other: ShapeCode) -> torch.Tensor:
        """The difference (D,) from this character to `other`, 0 where the other has no such bone. Height too."""
        difference = self.zero()
        mine, theirs, own = CodeParts.of(difference), other.parts, self.parts
        mine.height.copy_(theirs.height - own.height)
        for here, name in enumerate(self.bones):
            if name in other.bones:
                there = other.bones.index(name)
                mine.lengths[here] = theirs.lengths[there] - own.lengths[here]
                mine.offsets[here] = theirs.offsets[there] - own.offsets[here]
                mine.radii[here] = theirs.radii[there] - own.radii[here]
        return difference

    def moved(self, difference: torch.Tensor) -> ShapeCode:
        """The code with a difference (D,) added."""
        return replace(self, values=self.values + difference)
