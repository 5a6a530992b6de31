# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m maquette`: where the commands meet. Every flag of a method is made from its declared parameters."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from .core.character.library_command import add_library
from .core.errors import Cancelled, InputError, MaquetteError
from .core.explore_command import add_explore
from .core.generators import Method, methods
from .core.params import Params, ParamSpec, specs
from .core.protocol import DEVICES
from .core.version import VERSION
from .training.commands import add_train
from .training.evaluate import add_evaluate

OK, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
EXPORTS = "png, png8, png16, exr, glb, glb_still, glb_levels, clips, blend, npy, unreal, unity, unity_urp, godot, gltf"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 failed, 2 input that cannot be used, 130 stopped."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    # a service's stop is Ctrl-C: what runs is cancelled and tidied up
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return command(options)
    except Cancelled as error:
        return _say(str(error), STOPPED)
    except KeyboardInterrupt:
        return _say("Stopped.", STOPPED)
    except InputError as error:
        return _say(str(error), BAD_INPUT)
    except MaquetteError as error:
        return _say(str(error), FAILED)


def _say(text: str, code: int) -> int:
    print(f"maquette: {text}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """argparse that speaks as the rest does."""

    def error(self, message: str) -> NoReturn:
        """One sentence and where to read more, instead of the whole usage."""
        self.exit(BAD_INPUT, f"maquette: {message}. See '{self.prog} --help'.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="maquette",
        description="Makes tileable PBR materials from your own pictures, and characters from your own library.",
    )
    parser.add_argument("--version", action="version", version=f"maquette {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    generate = commands.add_parser("generate", help="make one result", description="Makes one result.")
    generators = generate.add_subparsers(required=True, metavar="GENERATOR")
    for generator in sorted({name for name, _ in methods()}):
        chosen = generators.add_parser(generator, help=f"see 'maquette generate {generator} --help'")
        names = chosen.add_subparsers(required=True, metavar="METHOD")
        for method in methods().values():
            if method.generator == generator:
                _add_method(names, method)
    _add_batch(commands)
    add_explore(commands)
    add_train(commands)
    add_evaluate(commands)
    add_library(commands)
    doctor = commands.add_parser("doctor", help="say what works here, what does not, and how to mend it")
    doctor.set_defaults(command=_doctor)
    return parser


def _add_method(names: Any, method: Method) -> None:
    """`generate GENERATOR METHOD` with a flag for every parameter."""
    parser = names.add_parser(method.name, help=method.label, description=f"{method.description}.")
    parser.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="[ROLE[@WEIGHT]=]PATH",
        help=f"a {method.noun}; roles: {', '.join(method.roles) or 'none'} (the first when left out)",
    )
    parser.add_argument("--seed", default="0", help="a whole number; another one gives another result (default: 0)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to make")
    _add_common(parser, method.export)
    group = parser.add_argument_group("parameters")
    for spec in specs(method.params):
        _add_param(group, spec)
    parser.set_defaults(command=_generate, method=method)


def _add_batch(commands: Any) -> None:
    parser = commands.add_parser(
        "batch",
        help="make every job of a jobs file",
        description="Makes every job of a jobs file, one JSON Request a line. After a stop the same command goes on.",
    )
    parser.add_argument("jobs", type=Path, metavar="jobs.jsonl")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where each job gets its folder")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="engine processes at once (default: 1)")
    _add_common(parser, "png")
    parser.set_defaults(command=_batch)


def _add_common(parser: argparse.ArgumentParser, export: str) -> None:
    parser.add_argument(
        "--export",
        default=export,
        metavar="FORMATS",
        help=f"any of {EXPORTS}, with commas; an engine's textures also as unreal:png16 or unreal:exr "
        f"(default: {export})",
    )
    parser.add_argument("--device", default="auto", choices=DEVICES, help="what to compute on (default: auto)")


def _add_param(group: Any, spec: ParamSpec) -> None:
    flag = f"--{spec.name.replace('_', '-')}"
    if spec.kind is bool:
        text = f"{spec.description} (default: {'yes' if spec.default else 'no'})"
        group.add_argument(flag, dest=spec.name, action=argparse.BooleanOptionalAction, help=text, default=None)
        return
    given = ",".join(map(str, spec.default)) or "none" if spec.kind is tuple else spec.default
    reach = f"{spec.minimum} to {spec.maximum} {spec.unit}".rstrip() if spec.minimum is not None else ""
    reach = reach or (f"of {', '.join(spec.choices)}" if spec.choices else "")
    text = f"{spec.description}{f'; {reach}' if reach else ''} (default: {given})".replace("%", "%%")
    group.add_argument(flag, dest=spec.name, metavar=spec.unit.upper() or spec.kind.__name__.upper(), help=text)


def _value(spec: ParamSpec, text: Any) -> Any:
    """The flag's text in the parameter's type; what is none stays text, for the parameter's own sentence."""
    if spec.kind is tuple:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return parts if spec.choices else [_number(float, part) for part in parts]
    return _number(spec.kind, text) if spec.kind in (int, float) else text


def _number(kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return text


def _params(method: Method, options: argparse.Namespace) -> Params:
    given = {spec.name: getattr(options, spec.name) for spec in specs(method.params)}
    by_name = {spec.name: spec for spec in specs(method.params)}
    return method.params.from_plain({n: _value(by_name[n], v) for n, v in given.items() if v is not None})


def _formats(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _generate(options: argparse.Namespace) -> int:
    """Make one result at the folder `--out`."""
    from .core import single
    from .core.console import JobDisplay
    from .core.request import Request

    method: Method = options.method
    seed = _number(int, options.seed)
    references = tuple(single.reference_from_text(text, method.roles) for text in options.reference)
    request = Request(method.generator, method.name, _params(method, options), seed, references)
    with JobDisplay() as display:
        made = single.make(
            request, options.out, _formats(options.export), options.device, display.progress, display.say
        )
    print(f"{options.out} is there: {', '.join((*made.files, 'asset.json'))} ({made.seconds:.1f} s).")
    return OK


def _batch(options: argparse.Namespace) -> int:
    """Make every job of a jobs file."""
    from .core.batch import run_batch
    from .core.console import BatchDisplay

    with BatchDisplay() as display:
        result = run_batch(
            options.jobs,
            options.out,
            formats=_formats(options.export),
            workers=options.workers,
            device=options.device,
            on_event=display.hear,
        )
    before = f", {result.kept} were there already" if result.kept else ""
    print(f"{result.made} jobs made{before}, {len(result.faults)} failed; see {options.out / 'ledger.jsonl'}.")
    return FAILED if result.faults else OK


def _doctor(options: argparse.Namespace) -> int:
    """Print a sentence about everything that Maquette needs."""
    from .core.doctor import examine

    works = True
    for finding in examine():
        mark = "ok  " if finding.works else "FAIL" if finding.needed else "note"
        print(f"{mark}  {finding.text}", flush=True)
        works = works and (finding.works or not finding.needed)
    return OK if works else FAILED


if __name__ == "__main__":
    sys.exit(main())
