"""``imgslim check``: findings over files and folders."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from imgslim.commands.output import give_json, say
from imgslim.errors import InputError, UsageError
from imgslim.files import dockerfiles_below, read_text
from imgslim.model import Declined, Rewritten
from imgslim.render import human, machine
from imgslim.render.place import located, printable
from imgslim.service import Options, slim
from imgslim.sources import Input, find_context
from imgslim.syntax import read

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.model import Outcome


def run(paths: tuple[Path, ...], target: str, *, as_json: bool, statistics: bool) -> int:
    """Check every Dockerfile below ``paths``; 1 where one could be smaller, 2 where one can't be read.

    Raises:
        UsageError: a path does not exist, or holds no Dockerfile.
    """
    worst, counts, documents = 0, Counter[str](), list[dict[str, Any]]()
    for file in _files(paths):
        code, key, document = _one(file, target, quiet=as_json or statistics)
        worst = max(worst, code)
        counts[key] += 1
        documents += [document] if document is not None else []
    if as_json:
        give_json(counts if statistics else documents)
    elif statistics:
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            sys.stdout.write(f"{count:>8}  {key}\n")
    return worst


def _files(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError("unreadable", f"{path} does not exist.", "Give Dockerfiles or folders.")
        below = tuple(dockerfiles_below(path))
        if not below:
            raise UsageError("no-dockerfile", f"There is no Dockerfile in {path} or below.", "Give another path.")
        found += below
    return tuple(dict.fromkeys(found))


def _one(file: Path, target: str, *, quiet: bool) -> tuple[int, str, dict[str, Any] | None]:
    """Check one file: its exit code, what it counts as, its JSON object where it could be read."""
    name = file.as_posix()
    try:
        source = Input(read_text(file), name, file)
    except UsageError as error:
        say(f"{printable(name)}: error: {printable(str(error))} [{error.code}]")
        return 2, f"error: {error.code}", None
    try:
        outcome = _outcome(source, target)
    except InputError as error:
        say(human.input_error(error, source.text, name))
        return 2, f"error: {error.code}", None
    if not quiet:
        sys.stdout.write(finding(outcome, source) + "\n")
    document = machine.outcome_json(outcome, source.text, name)
    if isinstance(outcome, Rewritten):
        return 1, "rewritten: " + outcome.plan.applicability.name.lower(), document
    kind = "declined" if isinstance(outcome, Declined) else "unchanged"
    return 0, f"{kind}: {outcome.reason}", document


def _outcome(source: Input, target: str) -> Outcome:
    found = find_context(None, source)
    return found if isinstance(found, Declined) else slim(source.text, found.context, Options(target=target))


def finding(outcome: Outcome, source: Input) -> str:
    """One finding as text."""
    if not isinstance(outcome, Rewritten):
        return human.refusal(outcome, source.text, source.name)
    plan = outcome.plan
    rests = f", rests on {', '.join(dict.fromkeys(a.reason for a in plan.assumptions))}" if plan.assumptions else ""
    what = f"could run on {plan.target.reference} ({plan.applicability.name.lower()}{rests}) [can-be-split]"
    start = next(read(source.text).stages())[0].span
    return located(source.text, start, source.name, what)
