"""``imgslim rewrite``."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.commands.inputs import Input, find_context, read_input
from imgslim.edits import unified_diff
from imgslim.errors import InputError, UsageError
from imgslim.files import write_text
from imgslim.model import Declined, Rewritten
from imgslim.policy import may_write
from imgslim.render import human, machine
from imgslim.service import Options, slim

if TYPE_CHECKING:
    from imgslim.context import BuildContext
    from imgslim.model import Outcome
    from imgslim.verify.options import VerifyOptions


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's own options."""

    path: str
    context: Path | None
    target: str
    libc: str
    output: str
    in_place: bool
    json: bool
    unsafe: bool
    verify: bool
    explain: bool
    build_args: tuple[str, ...]


def run(request: Request, verification: VerifyOptions | None) -> int:
    """Do what was asked; the exit code.

    Raises:
        UsageError: a path or an option makes no sense.
    """
    source = read_input(request.path)
    try:
        outcome, document, stated = _outcome(request, source, verification)
    except InputError as error:
        sys.stderr.write(human.input_error(error, source.text, source.name) + "\n")
        return 2
    if stated:
        sys.stderr.write(f"{human.printable(source.name)}: {human.printable(stated)}\n")
    verified = document is not None and document["status"] == "holds"
    if document is not None and not request.json:
        sys.stderr.write("\n".join(human.verdict(document)) + "\n")
    code = _write(request, source, outcome, verified=verified)
    if request.json:
        json.dump(machine.outcome_json(outcome, source.text, source.name, document), sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _show(request, source, outcome, verified=verified)
    return code


def _outcome(
    request: Request, source: Input, verification: VerifyOptions | None
) -> tuple[Outcome, dict[str, Any] | None, str]:
    found = find_context(request.context, source)
    if isinstance(found, Declined):
        return found, None, ""
    context, folder, stated = found
    options = Options(target=request.target, libc=request.libc, build_args=_pairs(request.build_args))
    if verification is None:
        return slim(source.text, context, options), None, stated
    from imgslim.commands.prove import prove  # noqa: PLC0415

    if folder is None:
        raise UsageError("no-context", "A verification builds: it needs the build context.", "Give it with --context.")
    outcome, verdict = prove(source, context, folder, options, verification)
    return outcome, verdict.to_json() if verdict is not None else None, stated


def _pairs(words: tuple[str, ...]) -> dict[str, str]:
    import os  # noqa: PLC0415

    return {w.partition("=")[0]: w.partition("=")[2] if "=" in w else os.environ.get(w, "") for w in words}


def _write(request: Request, source: Input, outcome: Outcome, *, verified: bool) -> int:
    if not isinstance(outcome, Rewritten):
        return 1 if isinstance(outcome, Declined) else 0
    if request.in_place and source.path is not None:
        if not may_write(outcome.plan.applicability, verified=verified, unsafe=request.unsafe):
            sys.stderr.write(f"{source.name}: not written: the rewrite rests on assumptions (--unsafe writes it).\n")
            return 1
        write_text(source.path, outcome.after)
    elif request.output not in ("", "-"):
        target = Path(request.output)
        write_text(target, outcome.after)
        _ignore_file(source, target)
    return 0


def _ignore_file(source: Input, target: Path) -> None:
    """The file's own ignore file goes with it: BuildKit looks for ``<Dockerfile>.dockerignore`` by the file's name."""
    if source.path is not None:
        own = source.path.with_name(source.path.name + ".dockerignore")
        copy = target.with_name(target.name + ".dockerignore")
        if own.is_file() and not copy.exists():
            from imgslim.files import read_text  # noqa: PLC0415

            write_text(copy, read_text(own))


def _show(request: Request, source: Input, outcome: Outcome, *, verified: bool) -> None:
    if not isinstance(outcome, Rewritten):
        sys.stderr.write(human.refusal(outcome, source.text, source.name) + "\n")
        if request.output == "-":
            sys.stdout.write(source.text)
        return
    for line in human.summary(outcome, source.name, verified=verified, explain=request.explain):
        sys.stderr.write(line + "\n")
    if request.output == "-":
        sys.stdout.write(outcome.after)
    elif not request.output and not request.in_place:
        sys.stdout.write(unified_diff(outcome.before, outcome.after, source.name.lstrip("/")))
