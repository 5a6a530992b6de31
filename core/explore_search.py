# SPDX-License-Identifier: GPL-3.0-or-later
"""More like those that the designer rated: an evolution strategy over numbers and codes, told what each is worth.

CMA-ES (Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772) starts at the mean of the rated ones, each
counted by its stars, as wide as the liked ones lie apart. What it offers is thinned so that no two are alike. Letters:
N rated Requests, D numbers (places in their ranges, then the code's), M offers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .codec import show
from .errors import InputError
from .explore import (
    CHOICE_SHARE,
    TOWARDS,
    Code,
    Codes,
    NoCodes,
    chance_of,
    check_alike,
    child,
    choosing,
    drawn_seed,
    moving,
    offers,
    offers_designs,
    own_code,
    reflected,
    unit_of,
    value_at,
)
from .params import ParamSpec
from .request import Request

# so far apart do candidates lie, in standard deviations of the search, over the root of D
LEAST_APART = 0.35
# the search is never narrower than this: shares of what a number steers over, and of how codes differ
_NARROWEST, _ALONE = 0.06, 0.15
# codes by chance that widen what the rated ones span, and how many directions of it are searched
_OTHERS, _DIRECTIONS = 8, 10
# so many offers a candidate that is asked for; CMA-ES learns from so many ratings on
_POOL, _LEAST_TOLD = 8, 4
# how often a choice is drawn anew, where no code carries a design
_CHANGED = 0.15


@dataclass(frozen=True)
class CodeSpan:
    """The codes around the rated ones: `middle` (L,) and `directions` (K, L), each as long as they differ along it."""

    middle: np.ndarray
    directions: np.ndarray

    @classmethod
    def of(cls, codes: Sequence[Code]) -> CodeSpan:
        """The span of codes of one length, the widest directions first."""
        every = np.asarray(codes, np.float64)
        middle = every.mean(0)
        spread = np.maximum(every.std(0), 1e-9)
        # numbers of different size count alike
        _, values, rows = np.linalg.svd((every - middle) / spread, full_matrices=False)
        kept = min(_DIRECTIONS, int((values > 1e-6 * max(values.max(initial=0.0), 1e-12)).sum()))
        lengths = values[:kept, None] / np.sqrt(len(codes))
        return cls(middle, rows[:kept] * lengths * spread)

    def places(self, codes: Sequence[Code]) -> np.ndarray:
        """(N, K) float64: where codes lie along the directions."""
        apart = np.asarray(codes, np.float64) - self.middle
        return np.asarray(np.linalg.lstsq(self.directions.T, apart.T, rcond=None)[0].T)

    def code(self, base: Code, move: np.ndarray) -> Code:
        """A code moved (K,) along the directions."""
        return tuple((np.asarray(base) + move @ self.directions).tolist())


class EvolutionSearch:
    """A `Search` of candidates like those that were rated highest; what is told first decides the method."""

    def __init__(self, seed: int, locked: Sequence[str] = (), codes: Codes | None = None) -> None:
        self._seed, self._locked, self._codes = seed, locked, codes or NoCodes()
        self._told: list[tuple[Request, float]] = []

    def tell(self, request: Request, rating: float) -> None:
        """What a candidate is worth, 0 to 5; told again, the later rating counts."""
        if not 0 <= rating <= 5:
            raise InputError(f"A rating lies between 0 and 5 stars; {show(rating)} was given.")
        if self._told:
            check_alike([self._told[0][0], request])
        self._told = [(one, r) for one, r in self._told if one.key != request.key] + [(request, rating)]

    def ask(self, count: int) -> list[Request]:
        """`count` new candidates, none like another or like a rated one."""
        if not self._told:
            raise InputError("Nothing is rated yet. Give a star to what you like, then ask for more like it.")
        # the same for whatever order the ratings were given in
        told = sorted(self._told, key=lambda pair: pair[0].key)
        requests, ratings = [one for one, _ in told], np.array([rating for _, rating in told])
        chance = chance_of("more", self._seed, 0, requests)
        numbers = moving(requests[0], self._locked)
        own = [own_code(request, self._codes) for request in requests]
        span = self._span(requests, own)
        places = _places(requests, numbers, own, span)
        narrowest = np.array([spec.steers for spec in numbers] + [1.0] * (places.shape[1] - len(numbers)))
        weights = weights_of(ratings)
        found = chosen(places, weights, ratings, narrowest, count, chance.randrange(1, 2**31 - 1))
        bases = [self._nearest(one, places, weights) for one in found]
        made = [
            self._request(requests[base], own[base], numbers, span, place, places[base], number)
            for number, (place, base) in enumerate(zip(found, bases, strict=True))
        ]
        made = self._with_own_mixes(made, requests, own, weights, span)
        alone = own[0] is None and offers_designs(requests[0])
        made = self._crossed(made, requests, weights, _CHANGED if alone else 0.0)
        parents = [one for one, weight in zip(requests, weights, strict=True) if weight > 0]
        return [child(request, parents) for request in made]

    def _span(self, requests: Sequence[Request], own: Sequence[Code | None]) -> CodeSpan | None:
        """What codes the search goes through; None where the method has none, or mixes them by rules of its own."""
        there = [code for code in own if code is not None]
        if len(there) < len(requests) or not self._codes.linear(requests[0]):
            return None
        others = offers(requests[0], _OTHERS, self._seed, self._codes)
        return CodeSpan.of([*there, *others]) if len(there) + len(others) > 1 else None

    def _nearest(self, place: np.ndarray, places: np.ndarray, weights: np.ndarray) -> int:
        """Whom all else comes from: the nearest of those that count."""
        apart = np.linalg.norm(places - place, axis=1)
        return int(np.where(weights > 0, apart, np.inf).argmin())

    def _request(
        self,
        base: Request,
        code: Code | None,
        numbers: Sequence[ParamSpec],
        span: CodeSpan | None,
        place: np.ndarray,
        own_place: np.ndarray,
        number: int,
    ) -> Request:
        params: dict[str, Any] = {
            spec.name: value_at(spec, reflected(float(place[k]))) for k, spec in enumerate(numbers)
        }
        made = replace(base, params=replace(base.params, **params), code=code)
        if span is not None and code is not None:
            made = replace(made, code=span.code(code, place[len(numbers) :] - own_place[len(numbers) :]))
        if base.declaration.chance == "arrangement" or (code is None and not numbers):
            made = replace(made, seed=drawn_seed(chance_of("more", self._seed, number + 1, [base])))
        return made

    def _crossed(
        self, made: list[Request], requests: Sequence[Request], weights: np.ndarray, changed: float
    ) -> list[Request]:
        """Some choices from another of the liked, the roof of one on the walls of another; some `changed` by chance."""
        found = []
        for number, request in enumerate(made):
            chance = chance_of("more choices", self._seed, number, requests)
            (other,) = chance.choices(requests, weights.tolist())
            changes: dict[str, Any] = {}
            for spec in choosing(request, self._locked):
                if chance.random() < CHOICE_SHARE:
                    changes[spec.name] = getattr(other.params, spec.name)
                if chance.random() < changed:
                    changes[spec.name] = chance.choice(spec.choices)
            found.append(replace(request, params=replace(request.params, **changes)))
        return found

    def _with_own_mixes(
        self,
        made: list[Request],
        requests: Sequence[Request],
        own: Sequence[Code | None],
        weights: np.ndarray,
        span: CodeSpan | None,
    ) -> list[Request]:
        """Codes that have rules of their own: each between two of the liked, or one of them and another by chance."""
        if span is not None or any(code is None for code in own):
            return made
        others = offers(requests[0], len(made), self._seed, self._codes)
        found = []
        for number, request in enumerate(made):
            chance = chance_of("more codes", self._seed, number, requests)
            first, second = chance.choices(range(len(own)), weights.tolist(), k=2)
            pair = [own[first], own[second] if second != first or not others else others[number % len(others)]]
            share = TOWARDS * chance.random()
            found.append(
                replace(
                    request, code=self._codes.mixed(request, [c for c in pair if c is not None], [1 - share, share])
                )
            )
        return found


def weights_of(ratings: np.ndarray) -> np.ndarray:
    """(N,) float64 that sum to 1: nothing for the worst, most for the best; all alike where all are rated alike."""
    above = ratings - ratings.min()
    if above.max() <= 0:
        return np.full(len(ratings), 1 / len(ratings))
    # a star more counts more than a star less
    shares: np.ndarray = (above / above.max()) ** 2
    return np.asarray(shares / shares.sum())


def chosen(
    places: np.ndarray, weights: np.ndarray, ratings: np.ndarray, narrowest: np.ndarray, count: int, seed: int
) -> np.ndarray:
    """(count, D) new places: the best of a larger offer, each as far from the rest as can be. `narrowest` (D,) is how
    far the search goes over each number."""
    if not places.shape[1]:
        return np.zeros((count, 0))
    pool, spread = _offered(places, weights, ratings, narrowest, count * _POOL, seed)
    taken = places / spread
    least = LEAST_APART * np.sqrt(places.shape[1])
    found: list[np.ndarray] = []
    left = list(pool / spread)
    for _ in range(count):
        apart = np.array([min(np.linalg.norm(taken - one, axis=1).min(), np.inf) for one in left])
        far = np.flatnonzero(apart >= least)
        # in the order of the offer while they differ enough, then whatever differs most
        pick = int(far[0]) if len(far) else int(apart.argmax())
        found.append(left.pop(pick))
        taken = np.concatenate([taken, found[-1][None]])
    places_found: np.ndarray = np.stack(found) * spread
    return places_found


def _offered(
    places: np.ndarray, weights: np.ndarray, ratings: np.ndarray, narrowest: np.ndarray, count: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """(offers (M, D), the search's deviations (D,)) of CMA-ES started at the weighted mean."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would draw plots with what is not here
        import cma  # type: ignore[import-untyped]

    mean = weights @ places
    liked = np.sqrt(weights @ (places - mean) ** 2)
    spread = np.maximum(liked, narrowest * (_NARROWEST if len(places) > 1 else _ALONE))
    options = {"seed": seed, "verbose": -9, "CMA_stds": spread, "popsize": max(len(places), _LEAST_TOLD)}
    # in one dimension it would refuse: a second one that decides nothing
    more = 2 - min(places.shape[1], 2)
    padded = np.pad(places, ((0, 0), (0, more)))
    options["CMA_stds"] = np.pad(spread, (0, more), constant_values=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strategy = cma.CMAEvolutionStrategy(np.pad(mean, (0, more)), 1.0, options)
        if len(places) >= _LEAST_TOLD and np.ptp(ratings) > 0:
            strategy.ask()
            strategy.tell(list(padded), (-ratings).tolist())
        drawn = np.array(strategy.ask(count))[:, : places.shape[1]]
    return drawn, spread


def _places(
    requests: Sequence[Request], numbers: Sequence[ParamSpec], own: Sequence[Code | None], span: CodeSpan | None
) -> np.ndarray:
    """(N, D) float64."""
    units = np.array([[unit_of(s, getattr(r.params, s.name)) for s in numbers] for r in requests], np.float64)
    units = units.reshape(len(requests), len(numbers))
    if span is None:
        return units
    return np.concatenate([units, span.places([code for code in own if code is not None])], 1)
