# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses to plain JSON values and strictly back: the one reader behind Request, protocol and bundle."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .errors import InputError

MAX_DEPTH = 32
MAX_SHOWN = 60

ArrayWriter = Callable[[str, np.ndarray], Any]
ArrayReader = Callable[[str, Any], np.ndarray]


def parse_json(text: str | bytes, what: str) -> Any:
    """JSON text as plain values; NaN, Infinity, bad UTF-8 and absurd nesting are errors.

    `what` names the thing in the sentence of an InputError ("The Request", "Line 3 of jobs.jsonl").
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        value = json.loads(decoded, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)
    except UnicodeDecodeError as error:
        raise InputError(f"{what} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{what} is not valid JSON: {error.msg}, line {error.lineno} column {error.colno}.") from error
    except RecursionError as error:
        raise InputError(f"{what} is nested too deeply; {MAX_DEPTH} levels are the most.") from error
    except ValueError as error:
        raise InputError(f"{what} is not valid JSON: {error}.") from error
    _check_depth(value, what)
    return value


def canonical_json(value: Any) -> str:
    """The one spelling of a plain value: sorted keys, no spaces, ASCII, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def show(value: Any) -> str:
    """A given value, short enough to stand in a sentence."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else "?" for c in text[: MAX_SHOWN * 2])
    return f"'{text[:MAX_SHOWN]}…'" if len(text) > MAX_SHOWN else f"'{text}'" if isinstance(value, str) else text


def refuse_unknown(given: Iterable[Any], known: Iterable[str], where: str) -> None:
    """Raise InputError for a key that is not known, with the nearest known one."""
    allowed = sorted(known)
    for key in given:
        if key not in allowed:
            near = difflib.get_close_matches(str(key)[:MAX_SHOWN], allowed, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(allowed) or 'none'}."
            raise InputError(f"{where} has an unknown key {show(str(key))}. {hint}")


def to_plain(value: Any, write_array: ArrayWriter | None = None, where: str = "") -> Any:
    """A dataclass, tuple, dict or scalar as plain JSON values; arrays go through `write_array(where, array)`."""
    if isinstance(value, np.ndarray):
        if write_array is None:
            raise TypeError(f"{where or 'the value'} is an array and cannot stand in JSON")
        return write_array(where, value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: to_plain(getattr(value, name), write_array, f"{where}/{name}") for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item, write_array, f"{where}/{key}") for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(item, write_array, f"{where}/{index}") for index, item in enumerate(value)]
    if isinstance(value, float):
        return plain_float(value, where or "The number")
    return value


def from_plain(kind: Any, value: Any, where: str, read_array: ArrayReader | None = None) -> Any:
    """A plain JSON value as the declared type `kind`; anything else is an InputError that begins with `where`."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return from_plain(next(a for a in arguments if a is not type(None)), value, where, read_array)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_from_plain(kind, value, where, read_array)
    if origin is tuple:
        return _tuple_from_plain(arguments, value, where, read_array)
    if origin in (dict, Mapping):
        _require(isinstance(value, dict), where, "an object", value)
        return {key: from_plain(arguments[1], item, f"{where}, '{key}'", read_array) for key, item in value.items()}
    if kind is np.ndarray and read_array is not None:
        return read_array(where, value)
    return _scalar_from_plain(kind, value, where)


def type_hints(kind: type) -> dict[str, Any]:
    """A dataclass's field types, resolved once."""
    return _type_hints(kind)


def plain_float(value: float, where: str) -> float:
    """A finite float with one spelling of zero."""
    if not math.isfinite(value):
        raise InputError(f"{where} is {value}; a finite number is needed.")
    return float(value) + 0.0


def _dataclass_from_plain(kind: type, value: Any, where: str, read_array: ArrayReader | None) -> Any:
    _require(isinstance(value, dict), where, "an object", value)
    hints = type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    refuse_unknown(value, fields, where)
    for name, field in fields.items():
        no_default = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if no_default and name not in value:
            raise InputError(f"{where} lacks '{name}'. Add it.")
    given = {n: from_plain(hints[n], item, f"{where}, '{n}'", read_array) for n, item in value.items()}
    return kind(**given)


def _tuple_from_plain(arguments: tuple[Any, ...], value: Any, where: str, read_array: ArrayReader | None) -> Any:
    _require(isinstance(value, (list, tuple)), where, "a list", value)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(from_plain(arguments[0], v, f"{where}, item {i + 1}", read_array) for i, v in enumerate(value))
    _require(len(value) == len(arguments), where, f"a list of {len(arguments)}", value)
    pairs = zip(arguments, value, strict=True)
    return tuple(from_plain(a, v, f"{where}, item {i + 1}", read_array) for i, (a, v) in enumerate(pairs))


def _scalar_from_plain(kind: Any, value: Any, where: str) -> Any:
    if kind is float:
        _require(isinstance(value, (int, float)) and not isinstance(value, bool), where, "a number", value)
        try:
            return plain_float(float(value), where)
        except OverflowError as error:
            raise InputError(f"{where} is too large a number. Give a smaller one.") from error
    if kind is int:
        _require(isinstance(value, int) and not isinstance(value, bool), where, "a whole number", value)
        return value
    if kind is bool:
        _require(isinstance(value, bool), where, "true or false", value)
        return value
    if kind is str:
        _require(isinstance(value, str), where, "text", value)
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise InputError(f"{where} has characters that are no valid Unicode. Give plain text.")
        return value
    raise TypeError(f"{where}: the codec does not know {kind!r}")


def _require(condition: bool, where: str, needed: str, value: Any) -> None:
    if not condition:
        raise InputError(f"{where} must be {needed}, and {show(value)} was given.")


@functools.cache
def _type_hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number; give a finite one")


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {show(next(k for k in keys if keys.count(k) > 1))} stands twice in one object")
    return result


def _check_depth(value: Any, what: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [c for v in level for c in (v.values() if isinstance(v, dict) else v if isinstance(v, list) else ())]
        if not level:
            return
    raise InputError(f"{what} is nested too deeply; {MAX_DEPTH} levels are the most.")
