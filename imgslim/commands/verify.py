"""``imgslim verify``: two Dockerfiles, built, run, compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.commands.inputs import read_input
from imgslim.commands.options import with_arguments
from imgslim.commands.output import give_json, say
from imgslim.config import find
from imgslim.errors import InputError, UsageError
from imgslim.model import Declined
from imgslim.render import human
from imgslim.sources import find_context
from imgslim.syntax import read

if TYPE_CHECKING:
    from imgslim.verify.options import VerifyOptions


def run(before: str, after: str, context: Path | None, options: VerifyOptions, *, as_json: bool) -> int:
    """Verify ``after`` against ``before``; 0 where the verdict holds, 1 where it is against it.

    Raises:
        UsageError: a path does not exist, or no context holds the sources.
        EngineOrSystemError: no engine answers.
    """
    original, rewritten = read_input(before), read_input(after)
    for source in (original, rewritten):
        try:
            read(source.text)
        except InputError as error:
            say(human.input_error(error, source.text, source.name))
            return 2
    settings = find(original.path or Path("Dockerfile"))
    found = find_context(context or settings.context_of(original.path), original.text, original.path)
    if isinstance(found, Declined):
        raise UsageError("missing-in-context", found.message, found.hint)
    if found.folder is None:
        raise UsageError("no-context", "A verification builds: it needs the build context.", "Give it with --context.")
    from imgslim.commands.cached import verify  # noqa: PLC0415  (the engine's client is slow to import)

    verdict = verify(original, rewritten.text, Path(found.folder), with_arguments(options, settings))
    document = verdict.to_json()
    if as_json:
        give_json(document)
    else:
        sys.stdout.write("\n".join(human.verdict(document)) + "\n")
    return 0 if verdict.holds else 1
