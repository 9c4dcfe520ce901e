"""Prove a rewrite with an engine: build both, run both, compare; walk on where the verdict is against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.commands.output import progress
from imgslim.images import parse_reference
from imgslim.images.inspect import from_inspect
from imgslim.meaning import base_reference
from imgslim.model import Declined, Rewritten, Unchanged
from imgslim.records import replace
from imgslim.service import slim
from imgslim.syntax import parse
from imgslim.verify.verdict import Status
from imgslim.verify.verify import Before

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.commands.inputs import Input
    from imgslim.context import BuildContext
    from imgslim.engine.session import Session
    from imgslim.model import Outcome
    from imgslim.service import Options
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
        verdict = before.compare(outcome.after, _stated(outcome))
        if verdict.holds or options.target != "auto" or not _about_the_rewrite(verdict):
            return _judged(outcome, verdict), verdict
        progress(f"{outcome.plan.target.reference}: {verdict.status}: {verdict.message}")
        for name in (a.target for a in outcome.alternatives if a.applicability is not None):
            other = slim(source.text, context, replace(options, target=name))
            if isinstance(other, Rewritten):
                second = before.compare(other.after, _stated(other))
                if second.holds:
                    return replace(other, alternatives=()), second
                progress(f"{other.plan.target.reference}: {second.status}: {second.message}")
        return _judged(outcome, verdict), verdict


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


def _judged(outcome: Rewritten, verdict: Verdict) -> Outcome:
    if verdict.holds:
        return outcome
    return Declined(verdict.status.value, verdict.message or "The rewritten image did not behave like the original.")
