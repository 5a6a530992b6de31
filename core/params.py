# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters declared once: the source of the panel, the flags, the JSON form, the tests and the reference table.

A method declares one frozen dataclass that derives from `Params`, each field made by `param`:

    @dataclass(frozen=True)
    class ExemplarParams(Params):
        size: int = param(1024, "Width and height of the result", minimum=64, maximum=8192, unit="px")
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .codec import from_plain, refuse_unknown, show, to_plain, type_hints
from .errors import InputError


@dataclass(frozen=True)
class ParamSpec:
    """One parameter as the panel and the command line need to know it.

    `kind` is int, float, bool, str (one of `choices` where there are any) or tuple: several of `choices`, or
    where there are none, `length` numbers or no number at all. `steers` is the share of its range that moves on
    candidates go over (see `explore`), 0 for what they leave alone: sizes, briefs, what comes with a result.
    """

    name: str
    kind: type
    default: Any
    description: str
    minimum: float | None
    maximum: float | None
    unit: str
    choices: tuple[str, ...]
    label: str
    length: int = 0
    steers: float = 1.0


def param(
    default: Any,
    description: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
    choices: tuple[str, ...] = (),
    label: str = "",
    length: int = 0,
    steers: float = 1.0,
) -> Any:
    """A dataclass field that carries its range, unit and description."""
    details = {
        "minimum": minimum,
        "maximum": maximum,
        "unit": unit,
        "choices": choices,
        "label": label,
        "length": length,
        "steers": steers,
    }
    return dataclasses.field(default=default, metadata={"description": description, **details})


@dataclass(frozen=True)
class Params:
    """Base of every method's parameters: checked when made, so that a Params that exists is valid."""

    def __post_init__(self) -> None:
        hints = type_hints(type(self))
        for spec in specs(type(self)):
            value = from_plain(hints[spec.name], getattr(self, spec.name), f"The parameter '{spec.name}'")
            object.__setattr__(self, spec.name, _checked(spec, value))

    @classmethod
    def from_plain(cls, given: Mapping[str, Any], where: str = "'params'") -> Self:
        """Parameters from a plain JSON object; what is left out takes its default."""
        if not isinstance(given, Mapping):
            raise InputError(f"{where} must be an object, and {show(given)} was given.")
        refuse_unknown(given, [spec.name for spec in specs(cls)], where)
        return cls(**given)

    def to_plain(self) -> dict[str, Any]:
        """Every parameter, defaults too, in its declared type."""
        plain: dict[str, Any] = to_plain(self)
        return plain


def specs(kind: type[Params]) -> tuple[ParamSpec, ...]:
    """The declared parameters of a Params class, in order; read once, for panels ask with every drawing."""
    # a class is hashable, though those of dataclasses do not say so
    hashable: Any = kind
    found: tuple[ParamSpec, ...] = _specs(hashable)
    return found


@functools.lru_cache(maxsize=256)
def _specs(kind: Any) -> tuple[ParamSpec, ...]:
    hints = type_hints(kind)
    return tuple(
        ParamSpec(
            name=field.name,
            kind=typing.get_origin(hints[field.name]) or hints[field.name],
            default=field.default,
            description=field.metadata["description"],
            minimum=field.metadata["minimum"],
            maximum=field.metadata["maximum"],
            unit=field.metadata["unit"],
            choices=field.metadata["choices"],
            label=field.metadata["label"] or _label(field.name, field.metadata["unit"]),
            length=field.metadata["length"],
            steers=field.metadata["steers"],
        )
        for field in dataclasses.fields(kind)
    )


def _label(name: str, unit: str) -> str:
    """A parameter's name as people read it: its unit is shown beside the value."""
    return name.removesuffix(f"_{unit}").replace("_", " ").capitalize()


def _checked(spec: ParamSpec, value: Any) -> Any:
    where = f"The parameter '{spec.name}'"
    if spec.kind in (int, float):
        _check_reach(spec, where, value)
    elif spec.choices:
        chosen = value if isinstance(value, tuple) else (value,)
        for item in chosen:
            if item not in spec.choices:
                raise InputError(f"{where} knows {', '.join(spec.choices)}; {show(item)} was given.")
        if isinstance(value, tuple):
            # one spelling of a set: declared order, nothing twice
            return tuple(choice for choice in spec.choices if choice in value)
    elif spec.kind is tuple:
        if len(value) not in (0, spec.length):
            raise InputError(f"{where} takes {spec.length} numbers, or none; {len(value)} were given.")
        for number in value:
            _check_reach(spec, where, number)
    return value


def _check_reach(spec: ParamSpec, where: str, value: float) -> None:
    below = spec.minimum is not None and value < spec.minimum
    if below or (spec.maximum is not None and value > spec.maximum):
        reach = f"between {spec.minimum} and {spec.maximum} {spec.unit}".rstrip()
        raise InputError(f"{where} must lie {reach}; {show(value)} was given.")
