"""Prove a rewrite with an engine: build both, run both, compare; walk on where the verdict is against it."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from imgslim.commands.output import progress
from imgslim.images import parse_reference
from imgslim.images.inspect import from_inspect
from imgslim.meaning import base_reference
from imgslim.model import Alternative, Applicability, Declined, Rewritten, Unchanged
from imgslim.planner.assemble import has_shell
from imgslim.records import replace
from imgslim.service import slim
from imgslim.syntax import parse
from imgslim.verify.verdict import Status
from imgslim.verify.verify import Before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.engine.session import Session
    from imgslim.model import Outcome, Plan
    from imgslim.service import Options
    from imgslim.sources import Input
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.verdict import Verdict

#: Assumptions that say that other words are started than before.
_OTHER_ENTRY = frozenset({"run-arguments", "entrypoint-left-out", "entry-compiled-ahead"})


def prove(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> tuple[Outcome, Verdict | None]:
    """The outcome that an engine stands behind, with its verdict (None where there was nothing to build).

    Raises:
        InputError: BuildKit would refuse the file.
        EngineOrSystemError: no engine answers.
    """
    outcome = slim(source.text, context, options)
    if isinstance(outcome, Unchanged):
        return outcome, None
    with Before(source.text, folder, dockerfile=source.path, options=verification, progress=progress) as before:
        options = with_engine_facts(source.text, options, before.session)
        outcome = slim(source.text, context, options)
        if not isinstance(outcome, Rewritten):
            return outcome, None
        answers: list[tuple[Rewritten, Verdict]] = []
        for rewritten in _ladder(source, context, options, outcome):
            verdict = before.compare(rewritten.after, _stated(rewritten))
            if verdict.holds:
                return rewritten, verdict
            answers.append((rewritten, verdict))
            if not _about_the_rewrite(verdict):
                break
            progress(f"{rewritten.plan.target.reference}: {verdict.status}: {verdict.message}")
    refused = next((v for r, v in answers if r is outcome), answers[-1][1])
    message = refused.message or "The rewritten image did not behave like the original."
    return Declined(refused.status.value, message), refused


def _ladder(source: Input, context: BuildContext, options: Options, best: Rewritten) -> Iterator[Rewritten]:
    """The rewrites to try, in turn: a safe one before any that rests on assumptions, then the smaller ones first.

    Where all rest on assumptions, only a run settles them: the smallest that holds is as good as any. Where the user
    named a target, only that one is tried.
    """
    others = [a for a in best.alternatives if a.applicability is not None] if options.target == "auto" else []
    others.sort(key=partial(_rank, options))
    before = [a for a in others if _rank(options, a) < _rank(options, best.plan)]
    for alternative in before:
        yield from _other(source, context, options, alternative.target)
    yield best
    for alternative in others[len(before) :]:
        yield from _other(source, context, options, alternative.target)


def _rank(options: Options, choice: Alternative | Plan) -> tuple[bool, bool, float]:
    """Safe ones first, then those with a shell where that is preferred, then by size; an unknown size comes last."""
    shell = choice.shell if isinstance(choice, Alternative) else has_shell(choice.target)
    bare = options.prefer == "debuggable" and not shell
    return choice.applicability is not Applicability.SAFE, bare, inf if choice.size is None else choice.size


def _other(source: Input, context: BuildContext, options: Options, target: str) -> Iterator[Rewritten]:
    outcome = slim(source.text, context, replace(options, target=target))
    if isinstance(outcome, Rewritten):
        yield outcome


def with_engine_facts(text: str, options: Options, session: Session) -> Options:
    """What the engine knows of the base image wins over the embedded tables."""
    reference = base_reference(parse(text), 0, options.build_args)
    if not isinstance(reference, str) or reference == "scratch":
        return options
    inspected = session.engine.inspect(reference)
    if inspected is None:
        return options
    return replace(options, images={reference: from_inspect(parse_reference(reference), inspected)})


def _stated(outcome: Rewritten) -> frozenset[str]:
    """The probes whose difference the plan has stated: another entry that starts the same program."""
    reasons = {assumption.reason for assumption in outcome.plan.assumptions}
    return frozenset({"config:entry"}) if reasons & _OTHER_ENTRY else frozenset()


def _about_the_rewrite(verdict: Verdict) -> bool:
    """An original that can't be built or run is no fault of the target."""
    return verdict.status in (Status.DIFFERS, Status.AFTER_DOES_NOT_BUILD)
