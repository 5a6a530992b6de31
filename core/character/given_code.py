# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that a Request's code holds for a character: a difference of shape codes, and who lends what before it.

Shape letters: D numbers of a shape code.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..errors import InputError
from ..explore import Code, mean_code
from .shape_code import ShapeCode

# beyond this no skin is left; the bounds of `plausibility` come after
_MOST = 20.0


def difference_of(numbers: Sequence[float], own: ShapeCode) -> torch.Tensor:
    """(D,) float32: a difference from the character with the code `own`; InputError for numbers that are none."""
    if len(numbers) != len(own.values):
        raise InputError(
            f"The code has {len(numbers)} numbers for the shape; this character's has {len(own.values)}. "
            "Take the code of a character that was made from the same one, or leave it out."
        )
    if numbers and max(abs(number) for number in numbers) > _MOST:
        raise InputError(f"The code holds a number beyond {_MOST:g}, and no shape is that far off. Leave it out.")
    return torch.tensor(numbers, dtype=torch.float32)


def numbers_of(difference: torch.Tensor) -> Code:
    """What a Request carries of a difference (D,)."""
    return tuple(difference.tolist())


def lender(number: float, count: int, least: int = 0) -> int:
    """The number of a character, from 0, that a code names; InputError where there is none such."""
    if not least <= number < count or number != int(number):
        raise InputError(f"The code names the character {number + 1:g} of {count}. Give the same characters with it.")
    return int(number)


def mixed_of_lenders(codes: Sequence[Code], weights: Sequence[float], lenders: int) -> Code:
    """The mean of the codes whose first `lenders` numbers are the heaviest's: others' shapes are of other bones."""
    totals: dict[Code, float] = {}
    for code, weight in zip(codes, weights, strict=True):
        totals[code[:lenders]] = totals.get(code[:lenders], 0.0) + weight
    best = max(totals, key=lambda head: totals[head])
    same = [
        (code, weight) for code, weight in zip(codes, weights, strict=True) if code[:lenders] == best and weight > 0
    ]
    shapes = mean_code([code[lenders:] for code, _ in same], [weight for _, weight in same])
    return (*best, *shapes)
