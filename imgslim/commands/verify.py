"""``imgslim verify``: two Dockerfiles, built, run, compared."""

from __future__ import annotations

import json as json_module
import sys
from typing import TYPE_CHECKING

from imgslim.commands.inputs import Input, find_context
from imgslim.errors import InputError, UsageError
from imgslim.files import dockerfile_in, read_text
from imgslim.model import Declined
from imgslim.render import human
from imgslim.syntax import check_valid, parse

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.verify.options import VerifyOptions


def run(before: Path, after: Path, context: Path | None, options: VerifyOptions, *, json: bool) -> int:
    """Verify ``after`` against ``before``; 0 where the verdict holds, 1 where it is against it.

    Raises:
        UsageError: a path does not exist, or no context holds the sources.
    """
    first, second = dockerfile_in(before), dockerfile_in(after)
    source, rewritten = Input(read_text(first), first.as_posix(), first), read_text(second)
    for text, name in ((source.text, source.name), (rewritten, second.as_posix())):
        try:
            check_valid(parse(text))
        except InputError as error:
            sys.stderr.write(human.input_error(error, text, name) + "\n")
            return 2
    found = find_context(context, source)
    if isinstance(found, Declined) or found[1] is None:
        message = found.message if isinstance(found, Declined) else "There is no build context."
        raise UsageError("missing-in-context", message, "Give the build context with --context.")
    from imgslim.verify.verify import verify  # noqa: PLC0415  (the engine's client is slow to import)

    verdict = verify(source.text, rewritten, found[1], dockerfile=source.path, options=options, progress=_progress)
    document = verdict.to_json()
    if json:
        json_module.dump(document, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write("\n".join(human.verdict(document)) + "\n")
    return 0 if verdict.holds else 1


def _progress(line: str) -> None:
    sys.stderr.write(line.rstrip("\n") + "\n")
