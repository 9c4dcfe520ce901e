"""Assemble: the steps appended to the build stage, and the runtime stage's lines, from what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgslim.images import Libc
from imgslim.model import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import RuntimeTarget
    from imgslim.planner.build import Linked, Taken
    from imgslim.planner.configure import Configured
    from imgslim.planner.entry import EntryPlan

#: Where the build stage lays out what goes to the runtime stage as a tree.
STAGING = "/runtime"
#: glibc's own libraries and its loader: the target's own set is used, never a mix of two (ld.so(8)).
_GLIBC_SET = r"/(lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|nss_[a-z]+)|ld-linux[^/]*)\.so"
#: ldd of glibc and of musl on a program without an interpreter.
_STATIC = "not a dynamic executable|statically linked|[Nn]ot a valid dynamic program"


@dataclass(frozen=True, slots=True)
class Staged:
    """One shell fragment that lays something out under :data:`STAGING`, and why."""

    shell: str
    why: str


def builder_lines(linked: Linked, staged: tuple[Staged, ...], *, user: str, escape: str) -> Iterator[Line]:
    """The steps appended to the build stage."""
    fragments = [*_closure(linked), *(s.shell for s in staged)]
    if (fragments or linked.gates) and user not in ("", "root", "0"):
        yield Line("USER root")
    for path in linked.gates:
        yield Line(f"RUN ldd {quote(path)} 2>&1 | grep -E '{_STATIC}'", f"{path} has to be static")
    if fragments:
        whys = [w for w in (_closure_why(linked), *(s.why for s in staged)) if w]
        parts = ["set -e", *fragments]
        yield Line("RUN " + f"; {escape}\n    ".join(parts), "\n".join(dict.fromkeys(whys)))


def _closure_why(linked: Linked) -> str:
    if not linked.closure:
        return ""
    what = "The loader and the libraries" if linked.whole else "The libraries"
    return f"{what} of {', '.join(linked.closure)}; the build stops where one is not found"


def _closure(linked: Linked) -> Iterator[str]:
    if not linked.closure:
        return
    tolerate = " || true" if linked.maybe_static else ""
    words = " ".join(quote(p) for p in linked.closure)
    yield f'for f in {words}; do ldd "$f"{tolerate}; done > /tmp/libraries'
    yield "if grep 'not found' /tmp/libraries; then exit 1; fi"
    if linked.whole:
        yield f"mkdir -p {STAGING}/lib"
        yield f"for l in $(grep -o '/[^ :]*' /tmp/libraries | sort -u); do cp -L --parents \"$l\" {STAGING}; done"
    else:
        yield f"mkdir -p {STAGING}/lib"
        yield (
            "for l in $(grep -o '=> /[^ ]*' /tmp/libraries | cut -c 4- | sort -u | "
            f"grep -vE '{_GLIBC_SET}'); do cp -L \"$l\" {STAGING}/lib; done"
        )


def runtime_lines(
    target: RuntimeTarget,
    configured: Configured,
    linked: Linked,
    staged: tuple[Staged, ...],
    taken: tuple[Taken, ...],
    entry: EntryPlan,
    stage: str,
) -> Iterator[Line]:
    """The runtime stage after its FROM."""
    yield from configured.head
    user = tuple(line for line in configured.tail if line.text.split(None, 1)[0].upper() == "USER")
    rest = tuple(line for line in configured.tail if line not in user)
    yield from _staged_lines(target, linked, staged, stage)
    for item in taken:
        owner = f" --chown={item.chown}" if item.chown else ""
        yield Line(f"COPY --from={stage}{owner} {_words(item.source, item.destination)}", item.why)
    # A folder that WORKDIR makes belongs to the user in effect, as it did in the original (BuildKit).
    yield from (*user, *configured.workdir) if configured.user_first else configured.workdir
    yield from rest
    yield from () if configured.user_first else user
    yield from entry.lines


def _staged_lines(target: RuntimeTarget, linked: Linked, staged: tuple[Staged, ...], stage: str) -> Iterator[Line]:
    """One COPY on scratch; elsewhere the libraries go where the target's loader looks."""
    if not linked.closure and not staged:
        return
    if target.facts is None and target.name == "scratch":
        yield Line(f"COPY --from={stage} {STAGING}/ /")
        return
    if linked.closure and not linked.whole:
        yield from _library_lines(target, stage)
        if not staged:
            return
    tops = dict.fromkeys(top for s in staged for top in _tops(s.shell))
    if linked.whole:
        tops = {"lib": None, "lib64": None, "usr": None, **tops}
    for top in tops:
        yield Line(f"COPY --from={stage} {STAGING}/{top}/ /{top}/")


def _tops(shell: str) -> list[str]:
    """The top folders that a fragment fills, read off its own paths below the staging folder."""
    marks = [part.split("/", 1)[0].split()[0] for part in shell.split(f"{STAGING}/")[1:]]
    return [m.strip("'\"") for m in marks if m.strip("'\"")]


def _library_lines(target: RuntimeTarget, stage: str) -> Iterator[Line]:
    manager = target.facts.package_manager if target.facts is not None else None
    if manager == "apt":
        yield Line(f"COPY --from={stage} {STAGING}/lib/ /usr/local/lib/")
        yield Line("RUN ldconfig")
    elif manager in ("dnf", "yum", "microdnf"):
        yield Line(f"COPY --from={stage} {STAGING}/lib/ /usr/lib64/")
    else:
        yield Line(f"COPY --from={stage} {STAGING}/lib/ /usr/lib/")


def has_shell(target: RuntimeTarget) -> bool:
    """Tell whether the target surely has a POSIX shell at /bin/sh."""
    return target.facts is not None and bool(target.facts.has_shell)


def is_empty(target: RuntimeTarget) -> bool:
    """Tell whether the target has no C library for others."""
    return target.facts is None or target.facts.libc is Libc.NONE


def quote(path: str) -> str:
    """A path as a shell word."""
    import shlex  # noqa: PLC0415  (seldom needed, slow to import)

    return shlex.quote(path)


def _words(source: str, destination: str) -> str:
    """COPY's arguments: the JSON form where a path holds a blank (Dockerfile reference, COPY)."""
    if " " in source or " " in destination:
        from imgslim.planner.entry import exec_form  # noqa: PLC0415

        return exec_form((source, destination))
    return f"{source} {destination}"
