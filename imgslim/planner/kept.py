"""Kept: which of the packages that the author installed a slim image of the same release installs again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence import Access
from imgslim.planner.commands import Packages, effect
from imgslim.planner.installs import WITH_VALUE, adds_sources, closure
from imgslim.planner.look import in_image
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imgslim.evidence import Contents
    from imgslim.meaning.trace import Command
    from imgslim.model import Project


#: They change what installing gives, or what is installed, in places that no package lists (Debian policy, 10.7, 12).
_ODD = frozenset(
    """
    debconf-set-selections dpkg-divert dpkg-reconfigure dpkg-statoverride locale-gen setcap update-alternatives
    """.split()
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is installed again, as the author wrote it."""

    #: With versions; empty where installing again may bring something else than the original has.
    packages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    #: Packages that only the build used.
    dropped: tuple[str, ...] = ()
    #: Paths as written that a step removed: what installs again brings them back.
    undone: tuple[str, ...] = ()


def kept_packages(project: Project, built: Contents, owner: str) -> Choice:
    """Choose among the packages of the file's own install commands; ``owner`` holds what the entry starts.

    A package is dropped only where a step started a program of it and neither the run nor the program's own packages
    have to do with it: what the author installed for another time stays.
    """
    if adds_sources(project) or built.packages is None:
        return Choice()
    if any(command.name in _ODD for _, _, command in project.trace.commands()):
        return Choice()
    words: dict[str, str] = {}
    options: dict[str, None] = {}
    for _, _, command in project.trace.commands():
        if not isinstance(found := effect(command), Packages):
            continue
        given = [w for w in command.argv[1:] if isinstance(w, str)]
        if len(given) != len(command.argv) - 1 or any(o.startswith(WITH_VALUE) for o in given):
            return Choice()
        plain = [w for w in given if not w.startswith("-")][1:]
        if len(plain) != len(found.names) or any("/" in w or w.endswith("-") for w in plain):
            return Choice()
        words |= dict(zip(found.names, plain, strict=True))
        options |= dict.fromkeys(w for w in given if w.startswith("-"))
    used = {owner, *_used(project, built)}
    worked = {built.owner(real) for real in _started(project, built)} - used
    dropped = tuple(n for n in words if _is_tool(built, n, worked) and not _serves(built, n, used, owner))
    names = [n for n in words if n not in dropped]
    if not any(owner in {n, *closure(built, [n])} for n in names):
        return Choice()
    return Choice(tuple(words[n] for n in names), tuple(options), dropped, tuple(dict.fromkeys(_removed(project))))


def _used(project: Project, built: Contents) -> Iterator[str]:
    """Packages of which a run read, listed or started something; libraries come with what is linked with them."""
    run = project.evidence.run
    for path in run.having(Access.READ | Access.LISTED | Access.EXECUTED) if run is not None else ():
        real = built.resolve(path) or ""
        if run is not None and not run.uses[path] & Access.LOADED and (owner := built.owner(real)):
            yield owner


def _started(project: Project, built: Contents) -> Iterator[str]:
    """The programs that steps start, by real path."""
    for _, _, command in project.trace.commands():
        if command.name is None:
            continue
        place = in_image(project, command.name, "/")
        if place and (real := built.resolve(place)) is not None:
            yield real


def _is_tool(built: Contents, name: str, worked: Collection[str]) -> bool:
    return bool(({name} | (closure(built, [name]) - _of_base(built))) & set(worked))


def _of_base(built: Contents) -> set[str]:
    """Packages that the base image has, as far as a file of theirs shows it."""
    owners = built.packages.owners if built.packages is not None else {}
    return {owner for path, owner in owners.items() if built.is_from_base(path)}


def _serves(built: Contents, name: str, used: Collection[str], owner: str) -> bool:
    """Tell whether a package is in use, is made from one source with one that is, or brings the program itself."""
    sources = built.packages.sources if built.packages is not None else {}
    of_used = {sources.get(u, u) for u in used}
    return name in used or sources.get(name, name) in of_used or owner in closure(built, [name])


def _removed(project: Project) -> Iterator[str]:
    """What rm takes away in steps, as the shell is given it; what package managers leave is taken away by itself."""
    for _, _, command in project.trace.commands():
        if command.name in ("rm", "unlink"):
            yield from (w.raw for w in command.words[1:] if not w.raw.startswith("-") and _matters(command, w.raw))


def _matters(command: Command, raw: str) -> bool:
    if not raw.startswith("/"):
        return isinstance(command.cwd, str) and command.cwd.startswith(("/etc", "/usr", "/var"))
    return not raw.startswith(
        ("/var/lib/apt", "/var/cache", "/tmp", "/var/tmp", "/root", "/usr/share/doc", "/usr/share/man", "/var/log")  # noqa: S108
    )
