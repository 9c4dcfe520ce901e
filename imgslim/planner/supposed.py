"""Supposed: a program of a build that reading could not follow, at a place that the Dockerfile itself names.

Sources that the build downloads, or a makefile that a script writes, can't be read. Where the text still says where the
program goes (``cp``, ``install``, ``mv``, or an installation below a prefix), that place can be copied: if nothing is
there the new file does not build, so nothing wrong is shipped. What the program needs stays open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.paths import absolute, inside
from imgslim.meaning.trace import Run
from imgslim.model import Assumption, Linkage, Product
from imgslim.planner.build import Used
from imgslim.regex import regex
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Findings, Project

#: What makes such a build one that can be moved.
HINT = (
    "Put the program in place with cp, mv or install after the build, or install below a --prefix of its own, and name "
    "it in CMD: then it can be moved without being read."
)
_PLACING = frozenset({"cp", "mv", "install"})
_INSTALLING = regex(r"(?:--?)?install(?:[-/]\w+)*")
_PREFIX = regex(r"(?:--prefix|-DCMAKE_INSTALL_PREFIX(?::\w+)?|PREFIX|prefix)=(/.+)")
#: Folders that hold the system or the compiler besides: an installation there is no whole to take along.
_SYSTEM = frozenset(
    "/ /bin /etc /home /lib /opt /root /srv /usr /usr/bin /usr/lib /usr/local /usr/local/bin /var".split()
)


def supposed(project: Project, findings: Findings, places: Iterable[str]) -> Iterator[Used]:
    """The program at the first of ``places`` that the text puts there, with its prefix where that is its own."""
    spans = {d.span: d for d in findings.not_followed if d.reason == "build-not-followed"}
    if not spans:
        return
    commands = project.trace.commands()
    unfollowed = [at for at in commands if at[2].span in spans]
    if not unfollowed:
        return
    lost = unfollowed[-1]
    puts = any((step, at) > lost[:2] and _puts(command) for step, at, command in commands)
    prefixes = _prefixes([c for _, _, c in commands])
    # Which files stand where is asked last: most builds put nothing anywhere.
    if not (puts or prefixes) or not _made_here(project, *unfollowed[0]):
        return
    for path in places:
        prefix = next((p for p in prefixes if inside(path, p) and path != p), "")
        if not prefix and not (puts and _placed(project, path, lost[:2])):
            continue
        why = spans[lost[2].span].message.rstrip(".")
        yield Used(unread(project, lost, path, why), path, path)
        if prefix:
            yield Used(unread(project, lost, prefix, why, folder=True), prefix, prefix)
        return


def _made_here(project: Project, step: int, index: int, command: Command) -> bool:
    """Tell whether a step before may have made what the build starts from; where none may, it has nothing to build."""
    file = known(absolute("Makefile", command.cwd))
    return file is None or isinstance(project.files.before(step, index).origin(file), Unknown)


def _prefixes(commands: list[Command]) -> list[str]:
    """Prefixes of the build's own, where something is installed at all."""
    words = [value for c in commands for word in c.words[1:] if isinstance(value := word.value, str)]
    found = [m[1].rstrip("/") for w in words if "=/" in w and (m := _PREFIX.fullmatch(w))]
    if not found or not any("install" in w and _INSTALLING.fullmatch(w) for w in words):
        return []
    return [p for p in dict.fromkeys(found) if p not in _SYSTEM and "$" not in p]


def _placed(project: Project, path: str, after: tuple[int, int]) -> bool:
    """Tell whether a command that runs in any case puts a file at ``path``, after the build."""
    for placed in project.files.placed():
        step = project.trace.steps[placed.point.step]
        if placed.path == path and isinstance(step, Run) and (placed.point.step, placed.point.index) > after:
            return _puts(step.commands[placed.point.index])
    return False


def _puts(command: Command) -> bool:
    """Tell whether a command puts files in their places, and runs in any case."""
    return command.name in _PLACING and not command.conditional


def unread(
    project: Project,
    made: tuple[int, int, Command],
    path: str,
    why: str,
    *,
    folder: bool = False,
    toolchain: str = "c",
) -> Product:
    """A program of which no source was read, made by the command at (step, index).

    Args:
        project: what reading gave.
        made: step, index and the command itself.
        path: where it lies after the last step.
        why: the first half of the assumption that its sources were not read.
        folder: True for a folder that goes along as a whole.
        toolchain: the name to give it.
    """
    step, index, command = made
    message = f"{why}: what {path} opens and starts was not read."
    return Product(
        toolchain=toolchain,
        path=path,
        is_folder=folder,
        command=command,
        step=step,
        index=index,
        executable=not folder,
        shared=False,
        linkage=Linkage.UNKNOWN,
        libc=project.base.libc if isinstance(project.base, ImageFacts) else None,
        needs=(),
        libraries_known=False,
        not_static="its build was not followed",
        sources=tuple(_sources(project, command)),
        assumptions=() if folder else (Assumption("sources-unread", message, command.span),),
    )


def _sources(project: Project, command: Command) -> Iterator[str]:
    """What lies in the folder that is built in serves the build."""
    folder = known(absolute(".", command.cwd))
    if folder is not None:
        yield from (context for _, context in project.files.walk_context(folder))
