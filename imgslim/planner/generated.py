"""Generated files: what steps of a build may have put where a program opens it, though no word of the file says so."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import Assumption
from imgslim.planner.commands import Unfollowed
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Need, Project
    from imgslim.planner.build import Build, Ran

#: Compilers and their like make what they are told and nothing else; so does go, but for what it runs.
_COMPILER = regex(
    r"(?:.*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ar|as|ld|ranlib|strip|javac|kotlinc|rustc)(?:-[\d.]+)?"
)
_GO = frozenset("build clean env fmt get install list mod test tool version vet work".split())
#: Files and bytes of each that are looked through for a name.
_FILES, _BYTES = 400, 100_000
#: Characters of a command that a message shows.
_SHOWN = 60
#: A program's own sources name what it opens: that says nothing of who makes it.
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".go", ".h", ".hpp")


def may_be_made(project: Project, build: Build, need: Need, path: str) -> Iterator[Assumption]:
    """Say which step may make ``path``: one that nobody followed, or a build's where the context knows that name.

    Args:
        project: the file and its context.
        build: what the steps did.
        need: the file that a program opens.
        path: where that is in the image; nothing is known to stand there.
    """
    for ran in build.ran:
        if not ran.build and isinstance(ran.effect, Unfollowed):
            why = f"{need.why}; whether {_text(project, ran.command)!r} makes {path} was not followed."
            yield Assumption("run-effects-unproven", why, ran.command.span)
            return
    runs = next(makers(ran for ran in build.ran if ran.build), None)
    known = _known_by(project, build, posixpath.basename(path)) if runs is not None else ""
    if runs is not None and known:
        why = f"{need.why}; {known}, and {_text(project, runs)!r} may put it at {path}."
        yield Assumption("run-effects-unproven", why, runs.span)


def makers(ran: Iterable[Ran]) -> Iterator[Command]:
    """The commands that may make files of which no word of the Dockerfile speaks."""
    for one in ran:
        if (one.build and not _is_plain(one.command)) or (not one.build and isinstance(one.effect, Unfollowed)):
            yield one.command


def _text(project: Project, command: Command) -> str:
    return command.span.of(project.dockerfile.text).split("\n", 1)[0][:_SHOWN]


def _is_plain(command: Command) -> bool:
    name = command.name or ""
    if name == "go":
        verb = next((w for w in command.argv[1:] if isinstance(w, str) and not w.startswith("-")), "")
        return verb in _GO
    return _COMPILER.fullmatch(posixpath.basename(name)) is not None


def _directed(data: bytes, wanted: bytes) -> bool:
    """Tell whether a Go file tells ``go generate`` of a name (``go help generate``)."""
    return any(wanted in line for line in data.splitlines() if line.startswith(b"//go:generate "))


def _known_by(project: Project, build: Build, name: str) -> str:
    """A file of that name, or one that names it and is none of the program's own sources; "" where there is none."""
    own = {s for u in build.used for s in u.product.sources}
    wanted = name.encode()
    for number, path in enumerate(project.context.walk("")):
        if posixpath.basename(path) == name:
            return f"{path} has that name"
        if number < _FILES:
            data = project.context.read(path)
            if data is None or len(data) > _BYTES or wanted not in data:
                continue
            if path not in own or not path.endswith(_SOURCES) or _directed(data, wanted):
                return f"{path} names it"
    return ""
