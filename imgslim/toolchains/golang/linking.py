"""How a Go program is linked, and whether it can be linked without the C library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.model import Assumption, Linkage, Need, NeedKind
from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.toolchains.golang.modules import Cgo, cgo_of
from imgslim.toolchains.golang.std import CAUSES, Cause
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.text import Span
    from imgslim.toolchains.golang.invocation import Invocation
    from imgslim.toolchains.golang.packages import Graph
    from imgslim.toolchains.golang.settings import Settings

_LDFLAGS = regex(r"^\s*#cgo\s+(?P<when>[^:\n]*?)(?P<kind>LDFLAGS|pkg-config)\s*:(?P<words>.*)$", re.MULTILINE)
_NEEDS_CGO = ("race", "msan", "asan", "linkshared")


@numerous
@dataclass(frozen=True, slots=True)
class Link:
    """How one program is linked."""

    linkage: Linkage
    #: Why nothing but C code of the program's own keeps it from being static; "" where nothing does.
    not_static: str
    #: Of the static way.
    assumptions: tuple[Assumption, ...]
    libraries: tuple[Need, ...]
    libraries_known: bool
    #: Why the static way is sound, for people.
    why: str


@numerous
@dataclass(frozen=True, slots=True)
class Evidence:
    """What a program's linking is judged from."""

    #: What it is compiled from; None where that is not known.
    graph: Graph | None
    call: Invocation
    settings: Settings
    #: Whether a C compiler is there; None where that is not known.
    compiler: bool | None
    #: Modules that are fetched: those of go.mod, with what they need in turn.
    required: tuple[str, ...]
    #: The command, for assumptions.
    span: Span


def judge_link(evidence: Evidence) -> Link:
    """Judge how a program is linked."""
    graph, call, given = evidence.graph, evidence.call, evidence.settings
    tags = tags_of(call)
    blockers = _blockers(graph, call, evidence.required)
    causes = _causes(graph, tags)
    open_ends = _open_ends(graph, evidence.span, evidence.required)
    libraries, known = _libraries(graph)
    enabled = _cgo_enabled(given, compiler=evidence.compiler)
    why = _why(graph, causes)
    if call.flag("buildmode") == "pie":
        return Link(Linkage.DYNAMIC, "-buildmode=pie asks for a loader", (), libraries, known, "")
    if enabled is False:
        return Link(Linkage.STATIC, "", (), (), libraries_known=True, why="cgo is off")
    if _static_flags(call, external=bool(blockers)):
        return Link(Linkage.STATIC, "", (), (), libraries_known=True, why="the linker is told -static")
    if blockers:
        linkage = Linkage.DYNAMIC if enabled else Linkage.UNKNOWN
        return Link(linkage, blockers[0], (), libraries, known and enabled is True, "")
    if causes and enabled:
        linkage = Linkage.DYNAMIC
    else:
        linkage = Linkage.UNKNOWN if causes or open_ends or _calm_modules(graph) else Linkage.STATIC
    return Link(linkage, "", open_ends, libraries, known and not open_ends, why)


def tags_of(call: Invocation) -> frozenset[str]:
    """The build tags of ``-tags``, separated by commas or, formerly, blanks."""
    given = call.flag("tags")
    return frozenset(re.split(r"[,\s]+", given)) - {""} if given else frozenset()


def _cgo_enabled(given: Settings, *, compiler: bool | None) -> bool | None:
    """Tell whether cgo is on: off without a C compiler since Go 1.20 (its release notes), off when cross-compiling."""
    if given.cgo is not None and given.cgo != "":
        return None if isinstance(given.cgo, Unknown) else given.cgo == "1"
    if given.system not in ("linux", ""):
        return None if isinstance(given.system, Unknown) else False
    if isinstance(given.machine, Unknown):
        return None
    if compiler is False:
        return False if given.minor is None or given.minor >= 20 else None  # noqa: PLR2004
    # GOARCH may name another machine than the builder's: cgo is off then
    return True if compiler and not given.machine else None


def _blockers(graph: Graph | None, call: Invocation, required: tuple[str, ...]) -> list[str]:
    """What needs the C compiler and would be lost without cgo."""
    found = [f"-{flag} needs cgo" for flag in _NEEDS_CGO if call.flag(flag) == "true"]
    if graph is None:
        return found
    for file in graph.files():
        if file.header.uses_cgo:
            line = next(i.line for i in file.header.imports if i.path == "C")
            found.append(f'{file.label}:{line} imports "C"')
    for path, at in graph.standard.items():
        if CAUSES.get(path) in (Cause.PLUGIN, Cause.CGO):
            found.append(f"{at} imports {path}")
    for module, at in graph.unread.items():
        if cgo_of(module.module, module.package) is Cgo.NEEDED:
            found.append(f"{at} imports {module.package}, which is C code")
    here = {m.module for m in graph.unread}
    if graph.unread:
        deep = (m for m in required if m not in here and cgo_of(m) is Cgo.NEEDED)
        found += [f"go.mod requires {m}, which is C code" for m in deep]
    return found


def _causes(graph: Graph | None, tags: frozenset[str]) -> dict[Cause, str]:
    """Which of net and os/user link the C library in, with the place of the import."""
    found: dict[Cause, str] = {}
    for path, at in graph.standard.items() if graph is not None else ():
        cause = CAUSES.get(path)
        if cause is Cause.NET and "netgo" in tags:
            continue
        if cause is Cause.USER and "osusergo" in tags:
            continue
        if cause is not None:
            found.setdefault(cause, f"{at} imports {path}")
    return found


def _open_ends(graph: Graph | None, span: Span, required: tuple[str, ...]) -> tuple[Assumption, ...]:
    if graph is None:
        return (Assumption("sources-unread", "The program's sources are not known: it may hold C code.", span),)
    found: list[Assumption] = []
    if graph.absent:
        path, at = next(iter(graph.absent.items()))
        found.append(Assumption("sources-unread", f"{at} imports {path}, which is not there to be read.", span))
    fetched = {m.module for m in graph.unread}
    # what a module that go.mod does not list needs in turn is not known either
    unread = sorted(m for m in fetched if cgo_of(m) is Cgo.UNKNOWN or m not in required)
    unread += sorted(m for m in required if fetched and m not in fetched and cgo_of(m) is Cgo.UNKNOWN)
    if unread:
        names = ", ".join(unread[:3]) + (f" and {len(unread) - 3} more" if len(unread) > 3 else "")  # noqa: PLR2004
        found.append(Assumption("modules-unread", f"That no fetched module holds C code was not read: {names}.", span))
    return tuple(found)


def _calm_modules(graph: Graph | None) -> bool:
    """Tell whether fetched modules are there: those without C code may still import net."""
    return graph is not None and bool(graph.unread)


def _static_flags(call: Invocation, *, external: bool) -> bool:
    """Tell whether -ldflags hands -static to the C linker, which is used only with C code or when asked for."""
    given = call.flag("ldflags") or ""
    asked = external or re.search(r"-linkmode[= ]['\"]?external", given) is not None
    return asked and re.search(r"-extldflags[= ].*-static(?![\w-])", given) is not None


def _libraries(graph: Graph | None) -> tuple[tuple[Need, ...], bool]:
    """The libraries that ``#cgo LDFLAGS`` name, and whether those are all."""
    if graph is None:
        return (), False
    found: dict[str, Need] = {}
    known = not graph.absent
    for module in graph.unread:
        known = known and cgo_of(module.module) is Cgo.NONE
    for file in (file for file in graph.files() if file.header.preamble):
        for match in _LDFLAGS.finditer(_plain(file.header.preamble)):
            if match["kind"] == "pkg-config":
                known = False
                continue
            for word in match["words"].split():
                if word.startswith("-l"):
                    why = f"{file.label} links {word}"
                    found.setdefault(word[2:], Need(NeedKind.LIBRARY, word[2:], why))
                elif not word.startswith(("-L", "-O", "-g", "-W")):
                    known = False
    return tuple(found.values()), known


def _plain(comment: str) -> str:
    """A comment's text without its markers."""
    return re.sub(r"(?m)^\s*(?://|/\*)|\*/", "", comment)


def _why(graph: Graph | None, causes: dict[Cause, str]) -> str:
    if graph is None:
        return ""
    if not causes:
        return 'no package that was read imports "C"'
    return f"only Go's own packages hold C code ({', '.join(causes.values())}), and each has a form without"
