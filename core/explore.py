# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves on Requests: from one or several to candidates that are like them, between them, or anew.

A candidate is a whole Request. Numbers move by the share of their range that their parameter declares (`steers`), codes
towards what chance draws, so that both stay what the method can make. The same call gives the same candidates.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from .codec import show
from .errors import InputError
from .params import ParamSpec, specs
from .request import MAX_SEED, Request

Code = tuple[float, ...]

# standard deviations of a number, as a share of what it steers over: beside a code drawn anew, where nothing else is
# left to chance, and by `vary` at full strength
GENTLE, ALONE, FULL = 0.05, 0.25, 0.2
# how far `vary` at full strength goes from a code towards another that chance draws
TOWARDS = 0.6
# from this strength on `vary` and `explore` change choices too, each this often; where nothing else carries a design
# `explore` changes most of them, and the other moves some at any strength
CHOICES_FROM, CHOICE_SHARE, CHOICE_ALONE = 0.8, 0.3, 0.7
# the more, the nearer the mixes after the first lie to the weights that were asked for
_LIKENESS = 12.0
# a search for designs offers only so many that differ
_SEARCHES = 3


class Codes(Protocol):
    """What a method says of its codes; the engine knows, see `exploring`."""

    def drawn(self, request: Request, count: int) -> list[Code]:
        """Up to `count` codes that chance draws for the Request, its own seed's first; none where it has no codes."""
        ...

    def mixed(self, request: Request, codes: Sequence[Code], weights: Sequence[float]) -> Code:
        """The code between several of the Request's method."""
        ...

    def linear(self, request: Request) -> bool:
        """Whether sums of codes are codes again."""
        ...


class NoCodes:
    """Of methods whose chance is all in the seed."""

    def drawn(self, request: Request, count: int) -> list[Code]:
        """Nothing."""
        return []

    def mixed(self, request: Request, codes: Sequence[Code], weights: Sequence[float]) -> Code:
        """The weighted mean."""
        return mean_code(codes, weights)

    def linear(self, request: Request) -> bool:
        """Any sum is as good."""
        return True


class Search(Protocol):
    """Whoever looks for what the designer likes: asked for candidates, told what they are worth."""

    def ask(self, count: int) -> list[Request]:
        """New candidates."""
        ...

    def tell(self, request: Request, rating: float) -> None:
        """What one is worth, 0 to 5."""
        ...


def explore(
    request: Request,
    count: int,
    seed: int,
    locked: Sequence[str] = (),
    strength: float = 0.5,
    codes: Codes | None = None,
) -> list[Request]:
    """Candidates by chance: new seeds, the numbers gently; where a method knows no chance the numbers carry it.

    A method that offers several designs at once gives one candidate each of them.
    """
    check_strength(strength)
    codes = codes or NoCodes()
    designs = offers(request, count, seed, codes) if offers_designs(request) else []
    # where chance draws no design, as over an outline that is given, parameters and choices carry all the difference
    alone = not designs and (offers_designs(request) or request.declaration.chance != "design")
    share, choices = (ALONE, CHOICE_ALONE) if alone else (GENTLE, choice_share(strength))
    found = []
    for number in range(count):
        chance = chance_of("explore", seed, number, [request])
        drawn = replace(request, seed=drawn_seed(chance), code=designs[number] if number < len(designs) else None)
        params = jittered(drawn, share, choices, locked, chance)
        found.append(child(replace(drawn, params=params), [request]))
    return found


def vary(
    request: Request, count: int, seed: int, strength: float, locked: Sequence[str] = (), codes: Codes | None = None
) -> list[Request]:
    """Candidates near one: at strength 0 it itself, at 1 what is still its like.

    The seed stays where it decides what is made, unless nothing else can move.
    """
    check_strength(strength)
    codes = codes or NoCodes()
    own = own_code(request, codes)
    others = offers(request, count, seed, codes) if own is not None and strength > 0 else []
    seed_moves = request.declaration.chance == "arrangement" or (own is None and not moving(request, locked))
    alone = own is None and offers_designs(request)
    choices = max(choice_share(strength), strength * CHOICE_SHARE if alone else 0.0)
    found = []
    for number in range(count):
        chance = chance_of("vary", seed, number, [request])
        near = replace(request, code=own)
        if own is not None and others:
            pair, shares = [own, others[number % len(others)]], [1 - TOWARDS * strength, TOWARDS * strength]
            near = replace(near, code=codes.mixed(near, pair, shares))
        if seed_moves and strength > 0:
            near = replace(near, seed=drawn_seed(chance))
        params = jittered(near, FULL * strength, choices, locked, chance)
        found.append(child(replace(near, params=params), [request]))
    return found


def mix(
    requests: Sequence[Request],
    count: int,
    seed: int,
    weights: Sequence[float] = (),
    locked: Sequence[str] = (),
    codes: Codes | None = None,
) -> list[Request]:
    """Candidates between several: the first by the weights, the others about them; in whatever order they are given."""
    shares = _shares(requests, weights)
    check_alike(requests)
    codes = codes or NoCodes()
    order = sorted(range(len(requests)), key=lambda index: requests[index].key)
    requests, shares = [requests[i] for i in order], [shares[i] for i in order]
    own = [own_code(request, codes) for request in requests]
    found = []
    for number in range(count):
        near = shares if number == 0 else _near_shares(shares, chance_of("mix", seed, number, requests))
        found.append(child(blended(requests, own, near, locked, codes), requests))
    return found


def between(
    first: Request, last: Request, count: int, locked: Sequence[str] = (), codes: Codes | None = None
) -> list[Request]:
    """A row from one to another in even steps; its ends are the two themselves."""
    check_alike([first, last])
    if count < 2:
        raise InputError(f"A row between two has at least 2 candidates; {count} were asked for.")
    codes = codes or NoCodes()
    own = [own_code(request, codes) for request in (first, last)]
    found = [first]
    for number in range(1, count - 1):
        share = number / (count - 1)
        step = blended([first, last], own, [1 - share, share], locked, codes)
        # one arrangement along the whole row
        found.append(child(replace(step, seed=first.seed), [first, last]))
    return [*found, last]


def check_alike(requests: Sequence[Request]) -> None:
    """Raise InputError unless all Requests are of one method and of the same references."""
    first = requests[0]
    for other in requests[1:]:
        if (other.generator, other.method) != (first.generator, first.method):
            raise InputError(
                f"'{first.declaration.label}' and '{other.declaration.label}' are different methods, and have nothing "
                "between them. Choose candidates of one method."
            )
        if _files(other) != _files(first):
            raise InputError(
                "These candidates are made from different files, and have nothing between them. Choose candidates "
                "that were made from the same ones."
            )


def check_strength(strength: float) -> None:
    """Raise InputError unless a strength lies in [0, 1]."""
    if not 0 <= strength <= 1:
        raise InputError(f"'strength' must lie between 0 and 1; {strength:g} was given.")


def check_locked(request: Request, locked: Sequence[str]) -> None:
    """Raise InputError for the name of a parameter that the method does not have."""
    known = [spec.name for spec in specs(type(request.params))]
    for name in locked:
        if name not in known:
            raise InputError(f"'{request.method}' has no parameter {show(name)} to lock. It has {', '.join(known)}.")


def moving(request: Request, locked: Sequence[str]) -> list[ParamSpec]:
    """The numbers that moves may change."""
    every = specs(type(request.params))
    return [s for s in every if s.kind in (int, float) and s.steers > 0 and s.name not in locked]


def choosing(request: Request, locked: Sequence[str]) -> list[ParamSpec]:
    """The choices that moves may change."""
    every = specs(type(request.params))
    return [s for s in every if s.kind is str and s.choices and s.steers > 0 and s.name not in locked]


def unit_of(spec: ParamSpec, value: float) -> float:
    """A number's place in its range, 0 to 1."""
    assert spec.minimum is not None and spec.maximum is not None
    return (value - spec.minimum) / (spec.maximum - spec.minimum)


def value_at(spec: ParamSpec, unit: float) -> float | int:
    """The number at a place of its range, kept within it."""
    assert spec.minimum is not None and spec.maximum is not None
    value = spec.minimum + unit * (spec.maximum - spec.minimum)
    if spec.kind is int:
        return min(max(round(value), round(spec.minimum)), round(spec.maximum))
    # four digits read better, and nobody sees more
    return min(max(float(f"{value:.4g}"), spec.minimum), spec.maximum)


def choice_share(strength: float) -> float:
    """How often a choice is changed beside a design that chance draws: at high strength alone."""
    return CHOICE_SHARE if strength >= CHOICES_FROM else 0.0


def offers_designs(request: Request) -> bool:
    """Whether the method makes several designs at once, for some of its Requests at least."""
    return hasattr(request.params, "options")


def jittered(request: Request, share: float, choices: float, locked: Sequence[str], chance: random.Random) -> Any:
    """The Request's parameters with each number moved by a normal `share` of what it steers over, and each choice drawn
    anew with this probability."""
    changes: dict[str, Any] = {}
    for spec in moving(request, locked):
        step = share * spec.steers * chance.gauss(0.0, 1.0)
        if step:
            changes[spec.name] = value_at(spec, reflected(unit_of(spec, getattr(request.params, spec.name)) + step))
    for spec in choosing(request, locked) if choices else ():
        if chance.random() < choices:
            changes[spec.name] = chance.choice(spec.choices)
    return replace(request.params, **changes)


def reflected(unit: float) -> float:
    """A place beyond the range, thrown back from its end: clipping would heap candidates up there."""
    turned = unit % 2.0
    return 2.0 - turned if turned > 1.0 else turned


def blended(
    requests: Sequence[Request],
    own: Sequence[Code | None],
    shares: Sequence[float],
    locked: Sequence[str],
    codes: Codes,
) -> Request:
    """The Request between several: numbers and codes by their shares, all else of the one that counts most."""
    base = requests[max(range(len(requests)), key=lambda index: shares[index])]
    changes: dict[str, Any] = {}
    for spec in moving(base, locked):
        values = [getattr(request.params, spec.name) for request in requests]
        if len({value for value, share in zip(values, shares, strict=True) if share > 0}) == 1:
            continue
        units = [unit_of(spec, value) for value in values]
        changes[spec.name] = value_at(spec, math.fsum(s * u for s, u in zip(shares, units, strict=True)))
    there = [code for code in own if code is not None]
    if len(there) == len(requests):
        base = replace(base, code=codes.mixed(base, there, shares))
    return replace(base, params=replace(base.params, **changes))


def mean_code(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """The weighted mean of codes of one length."""
    if len({len(code) for code in codes}) > 1:
        raise InputError("These candidates' codes have different lengths, and have nothing between them.")
    total = math.fsum(weights)
    columns = zip(*codes, strict=True)
    return tuple(math.fsum(w * c for w, c in zip(weights, column, strict=True)) / total for column in columns)


def own_code(request: Request, codes: Codes) -> Code | None:
    """The code that makes a Request, None where its method has none."""
    if request.code is not None:
        return request.code
    drawn = codes.drawn(request, 1)
    return drawn[0] if drawn else None


def offers(request: Request, count: int, seed: int, codes: Codes) -> list[Code]:
    """Different codes that chance draws, `count` of them where as many are found in a few searches."""
    found: list[Code] = []
    for number in range(_SEARCHES):
        drawn = drawn_seed(chance_of("codes", seed, number, [request]))
        new = codes.drawn(replace(request, code=None, seed=drawn), count - len(found))
        found += [code for code in new if code not in found]
        if not new or len(found) >= count:
            break
    return found[:count]


def child(request: Request, parents: Sequence[Request]) -> Request:
    """The Request as one that was bred from others."""
    return replace(request, parents=tuple(dict.fromkeys(parent.key for parent in parents)))


def chance_of(move: str, seed: int, number: int, requests: Sequence[Request]) -> random.Random:
    """The chance of one candidate: another for each number, the same for the same call."""
    keys = " ".join(request.key for request in requests)
    return random.Random(f"{move} {seed} {number} {keys}")


def drawn_seed(chance: random.Random) -> int:
    """A Request's seed by chance."""
    return chance.randrange(MAX_SEED + 1)


def _shares(requests: Sequence[Request], weights: Sequence[float]) -> list[float]:
    if len(requests) < 2:
        raise InputError("A mix needs two candidates or more. Pick another.")
    given = list(weights) or [1.0] * len(requests)
    if len(given) != len(requests):
        raise InputError(f"{len(requests)} candidates and {len(given)} weights were given. Give one weight each.")
    if min(given) < 0 or not math.isfinite(sum(given)) or not sum(given) > 0:
        raise InputError("The weights of a mix must be 0 or more, and one of them above 0.")
    return [weight / math.fsum(given) for weight in given]


def _near_shares(shares: Sequence[float], chance: random.Random) -> list[float]:
    """Shares about the given ones (a Dirichlet distribution around them)."""
    parts = [chance.gammavariate(_LIKENESS * max(share, 0.02), 1.0) for share in shares]
    return [part / math.fsum(parts) for part in parts]


def _files(request: Request) -> list[tuple[Any, ...]]:
    return sorted((r.role, r.sha256 or r.path, r.weight) for r in request.references)
