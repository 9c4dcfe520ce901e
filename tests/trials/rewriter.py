"""Ask imgslim for the rewritten Dockerfile, as a user would: one command, its JSON, its exit status."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.trials.cases import Case

Claim = Literal["", "safe", "unsafe", "display", "proven"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command under trial said."""

    #: ``rewritten``, ``declined``, ``unchanged`` or ``crash``.
    outcome: str
    #: The new Dockerfile; "" unless rewritten.
    text: str
    #: The codes of the reasons, or what went wrong.
    why: str
    #: What is claimed of the new file: ``proven`` where a verdict holds and leaves nothing open, or its applicability.
    claim: Claim
    #: The target chosen.
    target: str


def ask(command: Sequence[str], case: Case, dockerfile: Path, context: Path, seconds: float) -> Answer:
    """Run ``imgslim rewrite`` on a case."""
    given = [part for pair in case.env.items() for part in ("--env", "=".join(pair))] if "--verify" in command else []
    line = [*command, str(dockerfile), "--context", str(context), "--format", "json", *given]
    try:
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return Answer("crash", "", "timeout", "", "")
    return read(done.stdout, done.stderr, done.returncode)


def read(output: bytes, errors: bytes, status: int) -> Answer:
    """Understand the answer; what is no JSON of the promised form is a crash."""
    try:
        document: Mapping[str, Any] = json.loads(output)
        outcome = str(document["outcome"])
        why = ",".join(dict.fromkeys(str(reason["code"]) for reason in document.get("reasons") or ()))
    except (ValueError, KeyError, TypeError):
        last = (errors.decode(errors="replace").strip().splitlines() or [""])[-1]
        return Answer("crash", "", f"exit {status}: {last[:160]}", "", "")
    text = str(document.get("dockerfile") or "")
    if outcome == "rewritten" and not text:
        return Answer("crash", "", "rewritten, but no text", "", "")
    return Answer(outcome, text, why, _claim(document), str(document.get("target") or ""))


def _claim(document: Mapping[str, Any]) -> Claim:
    settled = [one for one in document.get("settled") or () if one["by"] == "verdict"]
    opened = [one for one in document.get("assumptions") or () if {**one, "by": "verdict"} not in settled]
    if (document.get("verdict") or {}).get("status") == "holds" and not opened:
        return "proven"
    said = str(document.get("applicability") or "").lower()
    return said if said in {"safe", "unsafe", "display"} else ""  # type: ignore[return-value]
