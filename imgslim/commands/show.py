"""``imgslim explain``, ``targets``, ``toolchains``."""

from __future__ import annotations

import sys
import textwrap
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imgslim.errors import UsageError
from imgslim.reasons import all_reasons, near_hint
from imgslim.render import human

if TYPE_CHECKING:
    from imgslim.reasons import Reason


def explain_reason(code: str) -> int:
    """Print a reason's text, or all names with one line each.

    Raises:
        UsageError: there is no such reason.
    """
    reasons = all_reasons()
    if not code:
        rows = [(r.code, _kinds(r), r.summary) for r in reasons.values()]
        sys.stdout.write("\n".join(human.table(rows)) + "\n")
        return 0
    reason = reasons.get(code)
    if reason is None:
        near = next(iter(get_close_matches(code, reasons, n=1)), "")
        raise UsageError("no-such-reason", f"There is no reason called {code!r}.", near_hint(near))
    sys.stdout.write(f"{reason.code} ({_kinds(reason)})\n\n{reason.summary}\n\n")
    for paragraph in reason.text.split("\n\n"):
        sys.stdout.write(textwrap.fill(paragraph, 100, break_on_hyphens=False) + "\n\n")
    return 0


def _kinds(reason: Reason) -> str:
    return ", ".join(reason.kinds)


def list_targets() -> None:
    """Print the targets' names with what each holds."""
    from imgslim.targets import NAMES, size_of  # noqa: PLC0415

    rows = [(name, human.size(size_of(name)), text) for name, text in NAMES.items()]
    rows.append(("auto", "", "the smallest whose plan has no open assumption, else the builder's own slim family"))
    sys.stdout.write("\n".join(human.table(rows)) + "\n")


def list_toolchains() -> None:
    """Print the toolchains' names with one line each."""
    from imgslim.toolchains import all_toolchains  # noqa: PLC0415

    sys.stdout.write("\n".join(human.table([(t.name, t.summary) for t in all_toolchains()])) + "\n")
