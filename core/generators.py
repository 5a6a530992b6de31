# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be made: every generator's methods, declared without importing what runs them."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .codec import show
from .errors import InputError
from .params import Params


@dataclass(frozen=True)
class Method:
    """One way to make something.

    `module` (relative to `core`) holds `generate(request, context) -> Asset` and is imported only in the engine's
    process. `version` rises when the same Request gives other bytes.
    `roles` are the references that it takes, at most one each but for those in `repeatable`; those in `required` must
    be there; the first is what a reference without a role is. `noun` is what people call such a file, `export` the
    format that a result is written in when none is named. `lockable` are the parts that a Request's `locks` may name, *
    standing for any text ("storey *"). `chance` is what the seed decides: the "design", or its "arrangement" alone
    where a code or the references say what it is, or "nothing". `codes` is the module (relative to
    `core`) that draws and mixes its codes, see `exploring`; "" where it has none.
    """

    generator: str
    name: str
    label: str
    description: str
    params: type[Params]
    module: str
    version: int
    roles: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    repeatable: tuple[str, ...] = ()
    noun: str = "picture"
    export: str = "png"
    lockable: tuple[str, ...] = ()
    chance: str = "design"
    codes: str = ""

    def check_locks(self, parts: Iterable[str]) -> None:
        """Raise InputError unless each part is one that this method can keep from an earlier result."""
        for part in parts:
            if not self.lockable:
                raise InputError(f"'{self.name}' can lock no part; {show(part)} was given. Leave the lock out.")
            if not any(fnmatch.fnmatchcase(part, pattern) for pattern in self.lockable):
                raise InputError(f"'{self.name}' can lock {', '.join(self.lockable)}; {show(part)} was given.")

    def check_roles(self, given: Sequence[str]) -> None:
        """Raise InputError unless the references' roles suit this method."""
        for role in given:
            if not self.roles:
                raise InputError(f"'{self.name}' takes no references; {show(role)} was given. Leave it out.")
            if role not in self.roles:
                raise InputError(f"'{self.name}' takes references of {', '.join(self.roles)}; {show(role)} was given.")
            if given.count(role) > 1 and role not in self.repeatable:
                raise InputError(f"'{self.name}' takes one {role} {self.noun}; {given.count(role)} were given.")
        for role in self.required:
            if role not in given:
                raise InputError(
                    f"'{self.name}' needs a reference {self.noun} for {role}, and none was given. Choose one."
                )


def methods() -> dict[tuple[str, str], Method]:
    """Every method by generator and name. A new generator is one folder and one line here."""
    from . import architecture, character, texture

    every = (*texture.METHODS, *character.METHODS, *architecture.METHODS)
    return {(method.generator, method.name): method for method in every}


def find_method(generator: str, name: str) -> Method:
    """The declared method, or an InputError that lists what there is."""
    known = methods()
    if (generator, name) in known:
        return known[generator, name]
    generators = sorted({key[0] for key in known})
    if generator not in generators:
        raise InputError(f"There is no generator {show(generator)}. {_offer(generator, generators)}")
    names = sorted(key[1] for key in known if key[0] == generator)
    raise InputError(f"The generator '{generator}' has no method {show(name)}. {_offer(name, names)}")


def _offer(given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given[:40], known, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"There is: {', '.join(known)}."
