"""Undo: what the target image configures by itself and the original's image does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Assumption, Declined, Line
from imgslim.planner.entry import exec_form
from imgslim.records import dataclass, numerous
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import RuntimeTarget
    from imgslim.text import Span

_ROOT = ("", "root", "0")
_STOP_SIGNALS = ("", "SIGTERM", "15")
_SHELL = ("/bin/sh", "-c")
#: Variables that libraries read by themselves; empty, the first are as if they were not set (locale(7), ld.so(8)).
_EMPTIED = regex(r"LANG|LANGUAGE|LC_\w+|LD_LIBRARY_PATH|LD_PRELOAD")
_READ = regex(
    r"TZ|TZDIR|SSL_CERT_(FILE|DIR)|TERM|TMPDIR|HOME|OPENSSL_CONF|MALLOC_\w+|GODEBUG|GOGC|GOMEMLIMIT|GOMAXPROCS"
)
_ASSIGNED = regex(r"(?:^|\s)([A-Za-z_]\w*)=")
#: Instructions that the shell runs where they are in shell form (Dockerfile reference, SHELL).
_BY_SHELL = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")


@numerous
@dataclass(frozen=True, slots=True)
class Undone:
    """A runtime stage that owes nothing to its base image's configuration."""

    lines: tuple[Line, ...]
    assumptions: tuple[Assumption, ...] = ()


def undo(
    target: RuntimeTarget,
    lines: tuple[Line, ...],
    span: Span,
    shared: frozenset[str] = frozenset(),
    *,
    enters: bool = False,
) -> Undone | Declined:
    """State the engine's defaults where ``target`` has others and ``lines`` say nothing (Dockerfile reference).

    What no instruction takes back is refused: ports, volumes and triggers.

    Args:
        target: the image that the runtime stage starts from.
        lines: the stage's instructions.
        span: the builder's FROM, for a message.
        shared: variables that the builder's base sets, too, to what is the same in both but not known.
        enters: whether the target's entry point is the one that the original has, and stays.
    """
    if target.name == "scratch":
        return Undone(lines)
    if target.facts is None:
        why = f"What {target.reference} configures is not known: its entry point, user and variables stay in effect."
        return Undone(lines, (Assumption("unknown-target", why, span),))
    lasting = _lasting(target, lines)
    if lasting:
        return Declined(
            "target-configures",
            f"{target.reference} has {lasting} of its own, which no instruction takes back.",
            span,
            "Choose a target that configures nothing, such as debian-slim.",
        )
    said = {line.text.split(None, 1)[0].upper() for line in lines}
    # Root first: an instruction that runs something comes before the original's own USER.
    head = (Line("USER root"),) if target.facts.user not in (None, *_ROOT) else ()
    if "SHELL" not in said and target.facts.shell_form not in (None, _SHELL) and any(map(_runs_by_shell, lines)):
        head = (*head, Line(f"SHELL {exec_form(_SHELL)}"))
    named = {name for line in lines for name in _variables(line)}
    foreign = [n for n, _ in target.facts.env if n not in named and n not in shared]
    head = (*head, *(Line(f"ENV {n}=") for n in foreign if _EMPTIED.fullmatch(n)))
    kept = ", ".join(
        n for n, v in target.facts.env if n in foreign and _READ.fullmatch(n) and v != target.facts.ca_path
    )
    why = f"{target.reference} sets {kept}, which libraries read; the original does not."
    assumptions = (Assumption("target-configures", why, span),) if kept else ()
    at = next((n for n, line in enumerate(lines) if _starts(line)), len(lines))
    said |= {"ENTRYPOINT"} if enters else set()
    return Undone((*head, *lines[:at], *_missing(target, said), *lines[at:]), assumptions)


def _lasting(target: RuntimeTarget, lines: tuple[Line, ...]) -> str:
    """What ``target`` has for good and the original has not."""
    facts = target.facts
    if facts is None:
        return ""
    if facts.expose:
        words = [line.text.split() for line in lines]
        ports = {w if "/" in w else f"{w}/tcp" for line in words if line[0].upper() == "EXPOSE" for w in line[1:]}
        if added := [p for p in facts.expose if p not in ports]:
            return f"an exposed port, {added[0]},"
    if facts.volumes:
        volumes = " ".join(line.text for line in lines if line.text[:6].upper() == "VOLUME")
        if added := [v for v in facts.volumes if v not in volumes]:
            return f"a volume, {added[0]},"
    return "ONBUILD triggers" if facts.onbuild else ""


def _runs_by_shell(line: Line) -> bool:
    keyword, _, rest = line.text.partition(" ")
    return keyword.upper() in _BY_SHELL and not rest.lstrip().startswith("[") and rest.strip() != "NONE"


def _variables(line: Line) -> Iterator[str]:
    """The names that an ENV sets, in either form."""
    keyword, _, rest = line.text.partition(" ")
    if keyword.upper() == "ENV":
        names = _ASSIGNED.findall(rest)
        yield from names or rest.split()[:1]


def _starts(line: Line) -> bool:
    return line.text.split(None, 1)[0].upper() in ("SHELL", "ENTRYPOINT", "CMD")


def _missing(target: RuntimeTarget, said: set[str]) -> Iterator[Line]:
    facts = target.facts
    if facts is None:
        return
    if facts.workdir not in (None, "/") and "WORKDIR" not in said:
        yield Line("WORKDIR /")
    if facts.stopsignal not in (None, *_STOP_SIGNALS) and "STOPSIGNAL" not in said:
        yield Line("STOPSIGNAL SIGTERM")
    if facts.healthcheck and "HEALTHCHECK" not in said:
        yield Line("HEALTHCHECK NONE")
    if facts.entrypoint != () and "ENTRYPOINT" not in said:
        yield Line("ENTRYPOINT []")
