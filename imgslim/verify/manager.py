"""What a package manager adds to the program that it starts for ``npm start`` and its like.

It prints lines about the script before the program's own output, and about a failure after it; and it is the process
that gets the container's signals. A rewritten entry starts the program itself, which the plan has stated: the
comparison is then of what the program does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import replace
from imgslim.regex import regex
from imgslim.verify.facts import MUST_BE_KILLED

if TYPE_CHECKING:
    from imgslim.verify.facts import Fact, Observation
    from imgslim.verify.verdict import ProbeResult

#: Among what a rewrite states, beside the names of probes: that it leaves a manager out.
LEFT_OUT = "manager"
#: npm and pnpm: an empty line, ``> package@1.0.0 start``, ``> node server.js``, an empty line, for each script on the
#: way; yarn: ``yarn run v1.22.22`` and ``$ node server.js``.
_BEGINS = regex(r"\A(?:\n?(?:> [^\n]*\n){1,2}\n?|yarn run v[^\n]*\n|\$ [^\n]*\n)+")
#: What npm and yarn say on standard error, and yarn at the end of its output.
_SAID = regex(r"^(?:npm (?:error|ERR!|warn|WARN|notice)[^\n]*|(?:error|warning) (?:Command|package\.json)[^\n]*)\n?", 8)
_ENDS = regex(r"^(?:info Visit https://yarnpkg[^\n]*|Done in [\d.]+s\.|\s*ELIFECYCLE[^\n]*)\n?", 8)


def without_manager(seen: Observation) -> Observation:
    """The same run, without the lines of a manager."""
    return replace(seen, facts=tuple(_without(fact) for fact in seen.facts))


def _without(fact: Fact) -> Fact:
    if fact.name == "stdout":
        text = _ENDS.sub("", _BEGINS.sub("", fact.text))
    elif fact.name == "stderr":
        text = _SAID.sub("", fact.text)
    else:
        return fact
    return replace(fact, sample=replace(fact.sample, text=text))


def signalled(result: ProbeResult) -> ProbeResult:
    """A signal's result, where only the original's manager was there to get it: the program's own end is stated."""
    if result.kind != "signal" or result.holds or not result.after:
        return result
    if result.after == MUST_BE_KILLED:
        message = f"as the first process it ignores the signal; the original's manager {result.before}"
    else:
        message = f"{result.after} by itself; the original's manager {result.before}"
    return replace(result, holds=True, message=message)
