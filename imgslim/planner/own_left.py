"""Own: what programs of an application itself left outside of its folders while the image was built.

``RUN python fetch_model.py`` fills a cache in the home folder, ``RUN rake db:seed`` a data base below /var/lib. The
program opens that when the image runs, by a path that it computes, and perhaps only when somebody asks for it: no run
that was watched need show it.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.planner.build import Taken
from imgslim.planner.commands import Unfollowed
from imgslim.planner.folders import SYSTEM
from imgslim.planner.home import KEPT
from imgslim.planner.look import in_image, made_by
from imgslim.planner.made import OF_THE_BUILD
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Application, Project
    from imgslim.planner.build import Build, Ran

#: What the author gives an interpreter in place of a file: a text, a module, a program of its own search.
_IN_PLACE = frozenset({"-c", "-m", "-e", "-p", "-S"})
#: Words of a command among which its program is looked for: ``uv run python seed.py``.
_WORDS = 6
#: What belongs to the system or to builds, though a home folder is not that here.
_NOT_HERE = (*(p for p in OF_THE_BUILD if p not in ("/root", "/usr/src")), "/bin", "/etc", "/lib", "/sbin", "/usr/bin")
#: More places than this no person would list.
_MOST = 12


def left_by_own(project: Project, build: Build, covered: Iterable[str]) -> list[Taken]:
    """The files and folders that programs of the applications left; nothing where no image was looked into.

    Args:
        project: what reading gave.
        build: the recognised build.
        covered: what goes along already.
    """
    built = project.evidence.built
    if built is None or build.packaged:
        return []
    here = (*covered, *_NOT_HERE)
    found: dict[str, str] = {}
    for ran in build.ran:
        if ran.build or not isinstance(ran.effect, Unfollowed) or not _is_own(project, build, built, ran):
            continue
        made = made_by(project, project.trace.steps[ran.step].node) or ()
        left = {p for p in made if not any(inside(p, one) for one in here) and KEPT.fullmatch(p) is None}
        text = ran.command.span.head(project.dockerfile.text)
        found |= {place: text for place in _highest(project, built, left) if place not in found}
    if len(found) > _MOST:
        return []
    return [Taken(place, place, why=f"{place}: left behind by {found[place]!r}") for place in sorted(found)]


def _is_own(project: Project, build: Build, built: Contents, ran: Ran) -> bool:
    """Tell whether a command runs code of the application: the author's by the interpreter, or an installed program."""
    words = ran.command.argv
    for at, word in enumerate(words[:_WORDS]):
        path = in_image(project, word, ran.command.cwd) if isinstance(word, str) and word else ""
        real = built.resolve(path) if path else None
        for application in build.applications if real is not None else ():
            if real == built.resolve(in_image(project, application.interpreter) or application.interpreter):
                return _runs_authors(project, ran, words[at + 1 :])
            if _is_program(built, application, str(real)):
                return True
    return False


def _runs_authors(project: Project, ran: Ran, rest: tuple[object, ...]) -> bool:
    """Tell whether what an interpreter is given is the author's; what a download is, somebody else's installer."""
    for word in rest:
        if not isinstance(word, str) or word == "-":
            return False
        if word in _IN_PLACE:
            return True
        if not word.startswith("-"):
            path = known(absolute(word, ran.command.cwd))
            return path is not None and project.files.context_file(path) is not None
    return any(r.operator.startswith("<<") for r in ran.command.redirects)


def _is_program(built: Contents, application: Application, real: str) -> bool:
    """Tell whether a file is a script of the application's interpreter, and not one that the base image brought."""
    name = posixpath.basename(application.interpreter).rstrip("0123456789.")
    own = not built.is_from_base(real) and not built.owner(real)
    return own and name in built.interpreters.get(real, "")


def _highest(project: Project, built: Contents, left: set[str]) -> Iterator[str]:
    """Each as the highest folder that holds nothing else, and that no base image has."""
    workdir = str(project.trace.final.workdir)
    done: set[str] = set()
    for path in sorted(left):
        if any(inside(path, one) for one in done):
            continue
        place = path
        while (above := posixpath.dirname(place)) not in SYSTEM and not built.is_from_base(above):
            files = (p for p, e in built.below(above) if e.kind in ("file", "link"))
            if inside(workdir, above) or not left.issuperset(files):
                break
            place = above
        done.add(place)
        yield place
