# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m maquette library add DIR | list | remove NAME`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import library

OK, FAILED = 0, 1


def add_library(commands: Any) -> None:
    """Add the command `library` to the parser's commands."""
    parser = commands.add_parser(
        "library",
        help="keep the characters that new ones are made from",
        description="Keeps the characters that new ones are made from. MAQUETTE_LIBRARY names its folder.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="add the rigged characters of a folder, or one file")
    adding.add_argument(
        "folder", type=Path, metavar="DIR", help="a folder with .glb, .gltf, .vrm, .fbx or .blend files"
    )
    adding.set_defaults(command=_add)
    listing = actions.add_parser("list", help="list the characters by skeleton family")
    listing.set_defaults(command=_list)
    removing = actions.add_parser("remove", help="delete a character from the library")
    removing.add_argument("name", metavar="NAME", help="as 'library list' shows it")
    removing.set_defaults(command=_remove)


def _add(options: argparse.Namespace) -> int:
    """Add a folder and print what was taken, what not and why."""
    from .adding import add

    def say(done: int, total: int, text: str) -> None:
        if seen != [text]:
            seen[:] = [text]
            print(f"{done + 1} of {total}  {text}", flush=True)

    seen: list[str] = []
    report = add(options.folder, say)
    print("\n".join(report.lines()))
    return OK if report.added or report.present else FAILED


def _list(options: argparse.Namespace) -> int:
    """Print every family with its characters, then those that stand alone and why."""
    characters = library.entries()
    if not characters:
        print(f"The library at {library.library_folder()} is empty. 'maquette library add DIR' fills it.")
        return OK
    for family, members in library.families(characters).items():
        print(f"{family}  {members[0].kind}, {len(members)} character{'s' if len(members) > 1 else ''}")
        for entry in members:
            print(f"  {entry.name}: {facts(entry)}")
    for name, reason in library.alone(characters).items():
        print(f"{name} is the only one of its family: {reason}.")
    print(f"{len(characters)} characters at {library.library_folder()}.")
    return OK


def _remove(options: argparse.Namespace) -> int:
    """Delete one."""
    library.remove(options.name)
    print(f"{options.name} is no longer in the library.")
    return OK


def facts(entry: library.Entry) -> str:
    """What a line says of a character."""
    clips = f", {len(entry.clips)} clip{'s' if len(entry.clips) > 1 else ''}" if entry.clips else ""
    told = ", ".join(part for part in (entry.licence, entry.author) if part) or "licence not told"
    permissions = f" ({'; '.join(entry.permissions)})" if entry.permissions else ""
    return (
        f"{entry.pack}, {entry.height_m:.2f} m, {entry.faces} faces, {entry.joints} bones{clips}, "
        f"{' '.join(entry.parts)}; {told}{permissions}"
    )
