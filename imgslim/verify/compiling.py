"""What ``cargo run`` and ``mvn spring-boot:run`` say of their building, before they start the program.

A rewritten entry starts the program itself, which the plan has stated: the comparison is then of what the program says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.verify.facts import Fact, Observation

#: Among what a rewrite states, beside the names of probes: that it compiles ahead what the original's entry compiled.
COMPILED = "compiler"
_COLOUR = r"(?:\x1b\[[\d;]*m)*"
#: By stream, what goes. Cargo: all up to the line that names the program (the Cargo Book, "cargo run").
#: Maven: all up to what the goal says right before it starts the program, and what Maven says once that has ended.
_SAID = {
    "stderr": regex(rf"\A(?:[^\n]*\n)*?(?:\x1b\[[\d;]*m| )*Running{_COLOUR} `[^\n]*`\n"),
    "stdout": regex(
        rf"\A(?:[^\n]*\n)*?\[{_COLOUR}INFO{_COLOUR}\] Attaching agents: \[[^\n]*\]\n"
        rf"|\[{_COLOUR}INFO{_COLOUR}\] {_COLOUR}-{{72}}{_COLOUR}\n\[{_COLOUR}INFO{_COLOUR}\] {_COLOUR}BUILD SUCCESS"
        rf"{_COLOUR}\n(?:\[{_COLOUR}INFO{_COLOUR}\] [^\n]*\n)*\Z"
    ),
}
#: How Spring Boot begins its log (StartupInfoLogger): with the version that an archive has, and where the classes are.
_STARTING = regex(r"(\bStarting \w+ )(?:v\S+ )?(using Java \S+ (?:on \S+ )?with PID \d+ \()\S+(?= started by )")


def without_compiling(seen: Observation) -> Observation:
    """The same run, without the lines of what built the program."""
    return replace(seen, facts=tuple(_without(fact) for fact in seen.facts))


def started_alike(seen: Observation) -> Observation:
    """The same run, without what a program says of the place that it is started from."""
    facts = (
        replace(f, sample=replace(f.sample, text=_STARTING.sub(r"\1\2…", f.text))) if f.name == "stdout" else f
        for f in seen.facts
    )
    return replace(seen, facts=tuple(facts))


def _without(fact: Fact) -> Fact:
    if fact.name not in _SAID:
        return fact
    return replace(fact, sample=replace(fact.sample, text=_SAID[fact.name].sub("", fact.text)))
