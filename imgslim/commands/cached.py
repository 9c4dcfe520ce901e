"""Proofs that are not made twice: what an engine said of the same files, on the same images, with the same options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from imgslim.commands.output import progress, say
from imgslim.engine.connect import connect
from imgslim.engine.sweep import sweep
from imgslim.errors import EngineOrSystemError
from imgslim.model import Declined, Rewritten
from imgslim.records import dataclass, replace
from imgslim.verify.question import Question, may_be_kept
from imgslim.verify.store import default_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.model import Outcome
    from imgslim.service import Options
    from imgslim.sources import Input
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer as the cache holds it."""

    #: When it was found, for people.
    when: str
    #: What the images' names meant then.
    images: tuple[tuple[str, str], ...]
    #: None where two given files were compared.
    outcome: Rewritten | Declined | None
    #: None where nothing was compared.
    verdict: Verdict | None


def prove(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> tuple[Outcome, Verdict | None]:
    """As :func:`imgslim.commands.prove.prove`, or what that said before; the errors are the same."""
    from imgslim.commands.prove import prove as anew  # noqa: PLC0415

    question = Question((source.text,), folder, source.path, verification, (options,))
    return _answered(question, lambda: anew(source, context, folder, options, verification))


def evident(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> Outcome:
    """As :func:`imgslim.commands.prove.evident`, or the rewrite that it gave before; the errors are the same."""
    from imgslim.commands.prove import evident as anew  # noqa: PLC0415

    question = Question((source.text,), folder, source.path, verification, (options, "evidence"))
    return _answered(question, lambda: (anew(source, context, folder, options, verification), None))[0]


def verify(before: Input, after: str, folder: Path, verification: VerifyOptions) -> Verdict:
    """As :func:`imgslim.verify.verify.verify`, or what that said before."""
    from imgslim.verify.verify import verify as anew  # noqa: PLC0415

    def compute() -> tuple[None, Verdict]:
        return None, anew(before.text, after, folder, dockerfile=before.path, options=verification, progress=progress)

    _, verdict = _remembered(Question((before.text, after), folder, before.path, verification), compute)
    if verdict is None:
        raise TypeError
    return verdict


def _answered(question: Question, anew: Callable[[], tuple[Outcome, Verdict | None]]) -> tuple[Outcome, Verdict | None]:
    """What ``anew`` says, or what it said before; a file that stays as it is has no answer that is kept."""
    found: list[Outcome] = []

    def compute() -> tuple[Rewritten | Declined | None, Verdict | None]:
        outcome, verdict = anew()
        found.append(outcome)
        return (outcome, verdict) if isinstance(outcome, Rewritten | Declined) else (None, None)

    outcome, verdict = _remembered(question, compute)
    if found:
        return found[0], verdict
    if outcome is None:
        raise TypeError
    return outcome, verdict


def _remembered(
    question: Question, compute: Callable[[], tuple[Rewritten | Declined | None, Verdict | None]]
) -> tuple[Rewritten | Declined | None, Verdict | None]:
    """The answer of the cache where one holds today, else the one that is found now, which is kept."""
    store = default_store() if question.options.cache else None
    if store is None:
        return compute()
    try:
        engine = connect()
    except EngineOrSystemError:
        # Whether one is needed at all shows while it is being proved.
        return compute()
    key = question.key(engine)
    if key is None:
        return compute()
    kept = store.get(key)
    if isinstance(kept, Kept) and all(engine.identify(name) == known for name, known in kept.images):
        sweep(engine)
        note = f"known since {kept.when}, from the same files and images; --no-cache builds and runs again"
        say(note)
        verdict = kept.verdict
        return kept.outcome, replace(verdict, notes=(*verdict.notes, note)) if verdict is not None else None
    bases = question.images(engine)
    outcome, verdict = compute()
    if bases is None or not (may_be_kept(verdict) if verdict is not None else isinstance(outcome, Rewritten)):
        return outcome, verdict
    images = question.images(engine, outcome.after) if isinstance(outcome, Rewritten) else bases
    # What changed meanwhile is not what was built.
    if images is not None and bases.items() <= images.items() and question.key(engine) == key:
        when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        store.put(key, Kept(when, tuple(sorted(images.items())), outcome, verdict))
    return outcome, verdict
