"""What ``cargo run`` says of its compiling, before it starts the program in its own place.

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
#: All on standard error up to the line that names the program (the Cargo Book, "cargo run"), in colour or not.
_BEGINS = regex(r"\A(?:[^\n]*\n)*?(?:\x1b\[[\d;]*m| )*Running(?:\x1b\[[\d;]*m)* `[^\n]*`\n")


def without_compiling(seen: Observation) -> Observation:
    """The same run, without the lines of cargo."""
    return replace(seen, facts=tuple(_without(fact) for fact in seen.facts))


def _without(fact: Fact) -> Fact:
    if fact.name != "stderr":
        return fact
    return replace(fact, sample=replace(fact.sample, text=_BEGINS.sub("", fact.text)))
