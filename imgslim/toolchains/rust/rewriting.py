"""The edit that links a program statically: ``crt-static`` for the program's own crate alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import ImageFacts, Libc
from imgslim.meaning.trace import Run
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.model import Project
    from imgslim.toolchains.rust.invocation import Invocation
    from imgslim.toolchains.rust.site import Site

_STATIC = "-C target-feature=+crt-static"
#: What moves a static program to where it is loaded is 4 % of a small one; packed, it is a hundredth of that.
_PACKED = "-C link-arg=-Wl,-z,pack-relative-relocs"
#: Since this release of glibc a static program unpacks it (glibc NEWS 2.36, "DT_RELR"); its linkers know the option.
_UNPACKS = (2, 36)
#: Options of ``cargo build`` that name what to build: ``cargo rustc`` takes one program.
_MANY = tuple(
    """
    all all-targets artifact-dir bench benches bins build-plan example examples exclude lib out-dir test tests
    unit-graph workspace
    """.split()
)


def static_flags(project: Project) -> str:
    """The flags by which rustc links statically with glibc; where programs are stripped, with relocations packed."""
    base = project.base
    low = base.libc_version.low if isinstance(base, ImageFacts) and base.libc is Libc.GLIBC else None
    return f"{_STATIC} {_PACKED}" if project.strip and low is not None and low >= _UNPACKS else _STATIC


def with_static_c(site: Site, call: Invocation, able: Sequence[str], built: Sequence[str]) -> tuple[Edit, ...] | None:
    """Turn ``cargo build`` into ``cargo rustc`` for the programs that can be static; None where that can't be written.

    ``cargo rustc`` hands the flag to the program's own crate and to no other: macros and build scripts, which can't be
    linked statically, stay as they are, and so does every path (the Cargo Book, "cargo rustc"). How the C library is
    linked is decided where the program is linked.

    Args:
        site: the command.
        call: the same, taken apart.
        able: the programs that can be static.
        built: all that the command builds.
    """
    steps = site.project.trace.steps
    command, verb = site.command, call.verb_word
    if verb is None or call.verb != "build" or call.has(*_MANY) or (site.shown is not command and _wrapped(site)):
        return None
    if site.step == len(steps):
        return ()
    step = steps[site.step]
    if not isinstance(step, Run) or step.node.exec_form is not None or verb.raw not in ("build", "b"):
        return None
    end, flags = command.words[-1].span.end, static_flags(site.project)
    if len(built) == 1:
        named = "" if call.has("bin") else f" --bin {able[0]}"
        return Edit(verb.span, "rustc"), Edit(Span(end, end), f"{named} -- {flags}")
    if command.conditional or command.piped or command.subshell or call.has("bin"):
        return None
    text = site.project.dockerfile.text
    head, tail = text[command.span.start : verb.span.start], text[verb.span.end : end]
    again = "".join(f" && {head}rustc{tail} --bin {name} -- {flags}" for name in able)
    return (Edit(Span(end, end), again),)


def _wrapped(site: Site) -> bool:
    """Tell whether the command's own text is not what cargo gets: behind ``sudo`` it is the same words."""
    return site.shown.span != site.command.span
