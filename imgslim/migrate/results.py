"""What became of one Dockerfile, as its JSON object holds it and as code asks for it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from imgslim.model import Applicability
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Result:
    """One Dockerfile's result."""

    __slots__ = ("_document", "text")

    def __init__(self, text: str, document: dict[str, Any] | None = None) -> None:
        """Take it as JSON, and as what that says where it is known already."""
        #: One item of ``files`` in the JSON summary (docs/reference/migrate.schema.json).
        self.text = text
        self._document = document

    @property
    def document(self) -> dict[str, Any]:
        """The same, read when it is first asked for."""
        if self._document is None:
            self._document = json.loads(self.text)
        return self._document

    @property
    def path(self) -> str:
        """Relative to the root."""
        return str(self.document["path"])

    @property
    def status(self) -> str:
        """``rewritten``, ``declined``, ``unchanged`` or ``error``."""
        return str(self.document["status"])

    @property
    def outcome(self) -> dict[str, Any]:
        """The object of ``rewrite --format json``; empty for an error."""
        return self.document["outcome"] or {}

    @property
    def target(self) -> str:
        """What stands after FROM in the runtime stage; "" where the file is not rewritten."""
        return self.outcome.get("target") or ""

    @property
    def verified(self) -> bool:
        """Whether an engine stands behind the rewrite."""
        return (self.outcome.get("verdict") or {}).get("status") == "holds"

    @property
    def applicability(self) -> Applicability:
        """How far the rewrite may be applied without a person's look; DISPLAY where there is none."""
        return Applicability[(self.outcome.get("applicability") or "display").upper()]

    @property
    def state(self) -> str:
        """``safe``, ``unsafe`` or ``verified`` for a rewrite, else the status."""
        if self.status != "rewritten":
            return self.status
        return "verified" if self.verified else self.applicability.name.lower()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The names behind the status: why it was refused, or what the rewrite rests on; each once."""
        if self.status == "error":
            return (self.document["error"]["code"],)
        outcome = self.outcome
        names = [row["code"] for row in outcome["reasons"]]
        if outcome["assumptions"] and not self.verified:
            names += [row["reason"] for row in outcome["assumptions"]]
        return tuple(dict.fromkeys(names))

    @property
    def sentences(self) -> Iterator[str]:
        """The same with lines, as sentences."""
        if self.status == "error":
            yield _sentence(self.document["error"])
            return
        yield from (_sentence(row) for row in self.outcome["reasons"])
        if not self.verified:
            yield from (_sentence({"code": row["reason"], **row}) for row in self.outcome["assumptions"])

    @property
    def diff(self) -> str:
        """The patch, as ``git apply`` takes it in the root; "" where nothing changes."""
        return str(self.document["diff"])

    @property
    def after(self) -> str | None:
        """The new text of a rewritten file."""
        return self.outcome.get("dockerfile")

    @property
    def code(self) -> int:
        """The exit code that the file asks for."""
        if self.status == "error":
            return 2
        refused = self.document["written"] not in (None, "written")
        return 1 if self.status == "declined" or refused else 0

    @property
    def tally(self) -> str:
        """What the totals count, in one text that many files share: state, status, exit code, and the reasons."""
        status = self.status
        state = self.state if status == "rewritten" else status
        return " ".join((state, status, str(self.code), *self.reasons))


def _sentence(row: dict[str, Any]) -> str:
    line = f"line {row['line']}: " if row["line"] is not None else ""
    return f"{line}{row['message']} [{row['code']}]"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files ended how."""

    files: int
    #: ``(state, count)``, the good ones first.
    states: tuple[tuple[str, int], ...]
    #: ``(status, reason, count)``, the frequent ones first.
    reasons: tuple[tuple[str, str, int], ...]
    #: The highest exit code that a file asks for.
    code: int


#: In the order in which a summary shows them.
STATES = ("verified", "safe", "unsafe", "declined", "unchanged", "error")


def count(tallies: Iterable[str]) -> Totals:
    """Count results by their tallies."""
    files, code = 0, 0
    states: dict[str, int] = {}
    reasons: dict[tuple[str, str], int] = {}
    for tally, number in Counter(tallies).items():
        state, status, wanted, *names = tally.split(" ")
        files += number
        code = max(code, int(wanted))
        states[state] = states.get(state, 0) + number
        for reason in names:
            reasons[status, reason] = reasons.get((status, reason), 0) + number
    ordered = sorted(reasons.items(), key=lambda item: (STATES.index(_first(item[0][0])), -item[1], item[0]))
    return Totals(
        files,
        tuple((state, states[state]) for state in STATES if state in states),
        tuple((status, reason, number) for (status, reason), number in ordered),
        code,
    )


def _first(status: str) -> str:
    return "unsafe" if status == "rewritten" else status
