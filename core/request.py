# SPDX-License-Identifier: GPL-3.0-or-later
"""The Request: everything that decides a result, as plain JSON with a key."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .codec import canonical_json, from_plain, parse_json, plain_float, refuse_unknown, show
from .errors import InputError
from .generators import Method, find_method
from .models import find_model
from .params import Params

SCHEMA_VERSION = 1
MAX_SEED = 2**31 - 1
MAX_TEXT_BYTES = 4 * 2**20
MAX_REFERENCES = 64
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEYS = ("version", "generator", "method", "params", "seed", "references", "code", "parents", "locks")


@dataclass(frozen=True)
class Reference:
    """A file that the result is made from.

    `role` says what it shows (albedo, normal, roughness, height, mask, ...), `sha256` is the hash of its bytes
    ("" until `Request.hashed` has read it), `weight` its share among references of one role.
    """

    role: str
    path: str
    sha256: str = ""
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.sha256 and not _SHA256.fullmatch(self.sha256):
            raise InputError(f"The reference's 'sha256' must be 64 hexadecimal digits; {show(self.sha256)} was given.")
        if not self.path and not self.sha256:
            raise InputError("A reference has neither a path nor a hash. Name the file.")
        if "\0" in self.path:
            raise InputError("A reference's path holds a zero byte. Give the path of a file.")
        if not 0 < self.weight <= 1e6:
            raise InputError(f"A reference's 'weight' must lie above 0 and up to 1000000; {self.weight} was given.")


@dataclass(frozen=True)
class Request:
    """One reproducible wish: the same Request, weights and device give the same bytes.

    `code` is an explicit latent, `parents` the keys that this candidate was bred from, `locks` maps a part's name to
    the SHA-256 of the bundle whose part is kept.
    """

    generator: str
    method: str
    params: Params
    seed: int = 0
    references: tuple[Reference, ...] = ()
    code: tuple[float, ...] | None = None
    parents: tuple[str, ...] = ()
    locks: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        declared = self.declaration.params
        if type(self.params) is not declared:
            raise InputError(f"The method '{self.method}' takes {declared.__name__}; {show(self.params)} was given.")
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or not 0 <= self.seed <= MAX_SEED:
            raise InputError(f"'seed' must be a whole number from 0 to {MAX_SEED}; {show(self.seed)} was given.")
        if len(self.references) > MAX_REFERENCES:
            raise InputError(f"{len(self.references)} references were given; {MAX_REFERENCES} are the most.")
        if self.code is not None:
            # one spelling of zero: -0.0 would be another key
            object.__setattr__(self, "code", tuple(plain_float(value, "A number of 'code'") for value in self.code))
        for key in (*self.parents, *(self.locks or {}).values()):
            if not _SHA256.fullmatch(key):
                raise InputError(f"'parents' and 'locks' hold keys of 64 hexadecimal digits; {show(key)} was given.")
        self.declaration.check_roles([reference.role for reference in self.references])

    @property
    def declaration(self) -> Method:
        """The declared method that answers this Request."""
        return find_method(self.generator, self.method)

    @property
    def key(self) -> str:
        """SHA-256 of the canonical JSON; references count by their hash, so `hashed` comes first."""
        if any(not reference.sha256 for reference in self.references):
            raise InputError("A reference has no hash yet, so the Request has no key. Read it with hashed() first.")
        return hashlib.sha256(self.canonical().encode("ascii")).hexdigest()

    @property
    def weights_sha256(self) -> str:
        """Hash of the learned model that `params` name; "" where nothing is learned. One that is not there is an
        InputError."""
        name = getattr(self.params, "model", None)
        return "" if name is None else find_model(self.generator, self.method, name).sha256

    @property
    def cache_key(self) -> str:
        """The key, with what else decides the bytes: the method's version and the weights' hash."""
        text = f"{self.key}:{self.declaration.version}:{self.weights_sha256}"
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def canonical(self) -> str:
        """Canonical JSON without paths: what the key is made of."""
        return canonical_json(self.to_plain(with_paths=False))

    def to_plain(self, with_paths: bool = True) -> dict[str, Any]:
        """The Request as plain JSON values, every parameter written out."""
        plain: dict[str, Any] = {
            "version": SCHEMA_VERSION,
            "generator": self.generator,
            "method": self.method,
            "params": self.params.to_plain(),
            "seed": self.seed,
            "references": [_plain_reference(reference, with_paths) for reference in self.references],
        }
        if self.code is not None:
            plain["code"] = list(self.code)
        if self.parents:
            plain["parents"] = list(self.parents)
        if self.locks:
            plain["locks"] = dict(self.locks)
        return plain

    def to_json(self) -> str:
        """The Request with its paths, as stored on a datablock or in a jobs file."""
        return canonical_json(self.to_plain())

    def hashed(self) -> Request:
        """This Request with every reference read from disk and its hash filled in."""
        return replace(self, references=tuple(hash_reference(r, self.declaration.noun) for r in self.references))

    def resolved(self, folder: Path) -> Request:
        """This Request with relative reference paths taken from `folder`."""
        moved = (replace(r, path=str(folder / r.path)) if r.path else r for r in self.references)
        return replace(self, references=tuple(moved))

    @classmethod
    def from_json(cls, text: str | bytes, what: str = "The Request") -> Request:
        """Read a Request; anything that is not one is an InputError before any work."""
        if len(text) > MAX_TEXT_BYTES:
            raise InputError(f"{what} is {len(text)} characters long; {MAX_TEXT_BYTES} are the most.")
        return cls.from_plain(parse_json(text, what), what)

    @classmethod
    def from_plain(cls, plain: Any, what: str = "The Request") -> Request:
        """Read a Request from plain JSON values."""
        if not isinstance(plain, dict):
            raise InputError(f"{what} must be an object, and {show(plain)} was given.")
        _check_version(plain.get("version", SCHEMA_VERSION), what)
        refuse_unknown(plain, _KEYS, what)
        for name in ("generator", "method"):
            if name not in plain:
                raise InputError(f"{what} lacks '{name}'. Add it.")
        generator = from_plain(str, plain["generator"], f"{what}, 'generator'")
        method = from_plain(str, plain["method"], f"{what}, 'method'")
        references = from_plain(tuple[Any, ...], plain.get("references", []), f"{what}, 'references'")
        if len(references) > MAX_REFERENCES:
            raise InputError(f"{what} has {len(references)} references; {MAX_REFERENCES} are the most.")
        declaration = find_method(generator, method)
        role = (*declaration.roles, "albedo")[0]
        return cls(
            generator=generator,
            method=method,
            params=declaration.params.from_plain(plain.get("params", {}), f"{what}, 'params'"),
            seed=from_plain(int, plain.get("seed", 0), f"{what}, 'seed'"),
            references=tuple(_reference(item, role, f"{what}, reference {i + 1}") for i, item in enumerate(references)),
            code=from_plain(tuple[float, ...] | None, plain.get("code"), f"{what}, 'code'"),
            parents=from_plain(tuple[str, ...], plain.get("parents", []), f"{what}, 'parents'"),
            locks=from_plain(dict[str, str] | None, plain.get("locks"), f"{what}, 'locks'"),
        )


def next_seed(seed: int, step: int = 1) -> int:
    """The seed so many after another; after the last comes 0."""
    return (seed + step) % (MAX_SEED + 1)


def _check_version(version: Any, what: str) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(f"{what}, 'version' must be a whole number from 1; {show(version)} was given.")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"{what} has schema version {version}, made by a newer Maquette; "
            f"this one reads up to {SCHEMA_VERSION}. Update Maquette."
        )


def _reference(item: Any, role: str, where: str) -> Reference:
    """A reference from its plain object, or from a path alone, which is of the method's first `role`."""
    if isinstance(item, str):
        return Reference(role, from_plain(str, item, where))
    reference: Reference = from_plain(Reference, {"path": "", **item} if isinstance(item, dict) else item, where)
    return reference


def _plain_reference(reference: Reference, with_paths: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {"role": reference.role, "sha256": reference.sha256, "weight": reference.weight}
    return {**plain, "path": reference.path} if with_paths else plain


def hash_reference(reference: Reference, noun: str = "picture") -> Reference:
    """The reference with its file's hash filled in; a file that changed since, or is none, is an InputError.

    `noun` is what people call such a file.
    """
    shown = show(reference.path)
    try:
        # a pipe would be waited for without end
        if os.path.exists(reference.path) and not os.path.isfile(reference.path):
            kind = "a folder" if os.path.isdir(reference.path) else "a device or a pipe"
            raise InputError(f"{shown} is {kind}. Name a {noun if noun.endswith('file') else noun + ' file'}.")
        with open(reference.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise InputError(f"The {noun} {shown} does not exist. Check its path.") from error
    except OSError as error:
        raise InputError(f"The {noun} {shown} cannot be read: {error.strerror}.") from error
    if reference.sha256 and digest != reference.sha256:
        raise InputError(
            f"The {noun} {shown} has changed since this Request was made. Put the old file back, or make a new Request."
        )
    return replace(reference, sha256=digest)
