"""``imgslim check``: findings over files and folders."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from imgslim.commands.inputs import Input, find_context
from imgslim.errors import InputError, UsageError
from imgslim.files import dockerfiles_below, read_text
from imgslim.model import Declined, Rewritten
from imgslim.render import human, machine
from imgslim.service import Options, slim

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.model import Outcome


def run(paths: tuple[Path, ...], target: str, *, json: bool, statistics: bool) -> int:  # noqa: A002
    """Check every Dockerfile below ``paths``; 1 where one could be smaller, 2 where one can't be read.

    Raises:
        UsageError: a path does not exist.
    """
    worst, counts, documents = 0, Counter[str](), list[dict[str, Any]]()
    for path in paths:
        if not path.exists():
            raise UsageError("unreadable", f"{path} does not exist.", "Give Dockerfiles or folders.")
        for file in dockerfiles_below(path):
            code, key, document = _one(file, target, quiet=json or statistics)
            worst = max(worst, code)
            counts[key] += 1
            if document is not None:
                documents.append(document)
    if json:
        _print_json(counts if statistics else documents)
    elif statistics:
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            sys.stdout.write(f"{count:>8}  {key}\n")
    return worst


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _one(file: Path, target: str, *, quiet: bool) -> tuple[int, str, dict[str, Any] | None]:
    name = file.as_posix()
    try:
        source = Input(read_text(file), name, file)
    except UsageError as error:
        sys.stderr.write(f"{human.printable(name)}: error: {error} [{error.code}]\n")
        return 2, f"error: {error.code}", None
    try:
        outcome = _outcome(source, target)
    except InputError as error:
        sys.stderr.write(human.input_error(error, source.text, name) + "\n")
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
    return found if isinstance(found, Declined) else slim(source.text, found[0], Options(target=target))


def finding(outcome: Outcome, source: Input) -> str:
    """One finding as text."""
    if isinstance(outcome, Rewritten):
        plan = outcome.plan
        rests = f", rests on {', '.join(dict.fromkeys(a.reason for a in plan.assumptions))}" if plan.assumptions else ""
        what = f"could run on {plan.target.reference} ({plan.applicability.name.lower()}{rests}) [can-be-split]"
        return human.located(source.text, None, source.name, what)
    return human.refusal(outcome, source.text, source.name)
