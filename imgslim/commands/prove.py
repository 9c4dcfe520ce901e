"""Prove a rewrite with an engine: build both, run both, compare; walk on where the verdict is against it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgslim.model import Declined, Rewritten
from imgslim.service import slim
from imgslim.verify.verify import Before

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.commands.inputs import Input
    from imgslim.context import BuildContext
    from imgslim.model import Outcome
    from imgslim.service import Options
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.verdict import Verdict


def prove(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> tuple[Outcome, Verdict | None]:
    """The outcome that an engine stands behind, with its verdict (None where there was nothing to build)."""
    outcome = slim(source.text, context, options)
    if not isinstance(outcome, Rewritten):
        return outcome, None
    with Before(source.text, folder, dockerfile=source.path, options=verification, progress=_progress) as before:
        verdict = before.compare(outcome.after)
        if verdict.holds or options.target != "auto":
            return _judged(outcome, verdict), verdict
        for name in [a.target for a in outcome.alternatives if a.applicability is not None]:
            other = slim(source.text, context, replace(options, target=name))
            if isinstance(other, Rewritten):
                second = before.compare(other.after)
                if second.holds:
                    return other, second
        return _judged(outcome, verdict), verdict


def _judged(outcome: Rewritten, verdict: Verdict) -> Outcome:
    if verdict.holds:
        return outcome
    message = verdict.message or "The rewritten image did not behave like the original."
    return Declined(verdict.status.value, message)


def _progress(line: str) -> None:
    import sys  # noqa: PLC0415

    sys.stderr.write(line.rstrip("\n") + "\n")
