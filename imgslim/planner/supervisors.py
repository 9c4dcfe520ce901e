"""Supervisors: programs that start others by a list of their own, and look after them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.model import Declined
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from imgslim.model import Project
    from imgslim.text import Span

#: By the name they are started by, where their list stands: texts with sections or lines (supervisord.conf(5),
#: Procfile), or folders with a script for each program (runsvdir(8), s6-svscan, s6-overlay).
_SECTIONS = regex(r"^\s*\[(?:program|fcgi-program):([^\]\s]+)\]", 8)
_LINES = regex(r"^([A-Za-z0-9_-]+):\s*\S", 8)
_FOLDERS = ("/etc/service", "/etc/sv", "/etc/services.d", "/etc/s6-overlay/s6-rc.d", "/etc/s6", "/service")
_BY_SECTIONS = frozenset({"supervisord"})
_BY_LINES = frozenset({"foreman", "honcho", "forego", "goreman", "overmind"})
_BY_FOLDERS = frozenset({"runsvdir", "runsvdir-start", "s6-svscan", "s6-overlay", "my_init", "runit-init", "runit"})
#: By path: a name such as ``init`` says little.
_INITS = frozenset(
    "/init /sbin/init /usr/sbin/init /lib/systemd/systemd /usr/lib/systemd/systemd /sbin/my_init".split()
)
_ONE = "Name the one program in CMD, in the foreground: then it can be moved without its supervisor."
_HINT = "An image for each program can be made small, each with one CMD; a supervisor needs them all in one."


def supervised(project: Project, argv: tuple[str, ...], span: Span) -> Declined | None:
    """The refusal where ``argv`` starts a supervisor; None for any other program."""
    word = argv[0]
    name = posixpath.basename(word)
    if word in _INITS:
        programs = tuple(_by_folders(project))
    elif name in _BY_SECTIONS:
        programs = tuple(_in_texts(project, _SECTIONS, ""))
    elif name in _BY_LINES:
        programs = tuple(_in_texts(project, _LINES, "Procfile"))
    elif name in _BY_FOLDERS:
        programs = tuple(_by_folders(project))
    else:
        return None
    programs = tuple(dict.fromkeys(programs))
    listed = f": {', '.join(programs)}" if programs else ", by a list that is not in the context"
    what = f"{name} starts other programs and looks after them{listed}."
    return Declined("several-programs", what, span, _ONE if len(programs) == 1 else _HINT)


def _in_texts(project: Project, pattern: Pattern[str], name: str) -> Iterator[str]:
    """What the context's files in the image list; ``name`` is what such a file is called, "" for any settings file."""
    workdir = known(absolute(".", project.trace.final.workdir))
    for path, _ in project.files.walk_context("/"):
        fits = posixpath.basename(path) == name and posixpath.dirname(path) == workdir if name else _is_settings(path)
        data = project.files.read(path) if fits else None
        if data is not None:
            yield from pattern.findall(data.decode("utf-8", "replace"))


def _is_settings(path: str) -> bool:
    return path.endswith((".conf", ".ini", ".cfg")) or "supervisor" in path


def _by_folders(project: Project) -> Iterator[str]:
    for folder in _FOLDERS:
        for path, _ in project.files.walk_context(folder):
            first, _, rest = path.removeprefix(folder + "/").partition("/")
            if rest in ("run", "type"):
                yield first
