"""Variables: what ENV says a file or folder of the image is called, and a program that reads the variable opens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.effects import Absent
from imgslim.meaning.paths import absolute
from imgslim.model import Need, NeedKind
from imgslim.planner.folders import SYSTEM, under
from imgslim.planner.generated import makers
from imgslim.planner.given import is_around, stands
from imgslim.planner.made import OF_THE_BUILD
from imgslim.planner.places import STANDARD
from imgslim.regex import regex
from imgslim.toolchains.gathered import is_given, is_trust_folder
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Ran
    from imgslim.planner.started import Found

#: What says where compilers, package managers and interpreters lie and keep things: the toolchains' own rules hold.
_OF_TOOLS = regex(
    r"_|HOME|PATH|PWD|OLDPWD|TE?MP|TMPDIR|SHELL|LD_\w+|[CF]+LAGS|CC|CXX|PREFIX|\w*(?:LIBRARY|INCLUDE)_(?:PATH|DIR)"
    r"|GO(?:BIN|CACHE|ENV|MODCACHE|PATH|ROOT|TMPDIR)|(?:ANT|CATALINA|JAVA|JDK|JRE|KOTLIN|SBT|SCALA)_HOME|CATALINA_BASE"
    r"|NODE_PATH|PYTHON(?:HOME|PATH|PYCACHEPREFIX|USERBASE)|RUBYLIB|CLASSPATH"
    r"|(?:ANDROID|BUN|BUNDLER?|CARGO|CCACHE|CMAKE|CONAN|CONDA|COREPACK|GEM|GRADLE|M2|MAVEN|MVN|NPM_CONFIG|NVM|PDM|PIPENV"
    r"|PIPX?|PKG_CONFIG|PNPM|POETRY|PYENV|RBENV|RUSTUP|RVM|UV|VCPKG|VIRTUAL|WORKON|YARN|npm_config)_\w+"
)
_OF_THE_BUILD = frozenset(OF_THE_BUILD)
_NAME = regex(r"[A-Za-z_]\w*")
#: Files that are looked through for the names.
_MOST = 2_000


def variable_needs(project: Project, found: Found, ran: Iterable[Ran]) -> Iterator[Need]:
    """Files and folders that steps put where a variable says, for programs that ask for it.

    Of a variable that no source names, only what surely stands goes along, and only with what packages of an
    interpreter may read: those were not looked through.

    Args:
        project: what reading gave.
        found: the programs in use.
        ran: every command of the stage.
    """
    places = dict(_places(project))
    if not places:
        return
    named = _named(project, found, places)
    # Build systems of C install what they like; those of other languages keep to folders of their own.
    installs = any(used.product.toolchain == "c" for used in found.used.values())
    made = any(True for _ in makers(one for one in ran if installs or not one.build))
    for name, (value, path) in places.items():
        surely = stands(project, path)
        if name in named and (surely or made or _by_packages(project, path)):
            yield Need(NeedKind.FILE, path, f"ENV sets {name}, which the program names, to {value}")
        elif surely and found.applications and value.startswith("/"):
            yield Need(NeedKind.FILE, path, f"ENV sets {name} to {value}, and what packages ask for was not read")


def _places(project: Project) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each variable with a path for a value: as written, and absolute."""
    final = project.trace.final
    for name in final.env_set:
        value = final.env.get(name)
        if not isinstance(value, str) or not value or not _NAME.fullmatch(name) or _OF_TOOLS.fullmatch(name):
            continue
        path = known(absolute(value, final.workdir))
        if path is not None and _is_place(project, path) and (value.startswith("/") or stands(project, path)):
            yield name, (value, path)


def _is_place(project: Project, path: str) -> bool:
    """Tell whether it is a path of its own: no folder that every image has, or that holds the program's."""
    return not (
        path in SYSTEM
        or path in STANDARD
        or is_given(path)
        or is_around(project, path)
        or is_trust_folder(path)
        or under(path, _OF_THE_BUILD)
        or isinstance(project.files.origin(path), Absent)
    )


def _by_packages(project: Project, path: str) -> bool:
    """Tell whether packages may have put it there; what lies in /var a program makes itself (hier(7))."""
    return path.startswith(("/usr/", "/etc/")) and project.files.exists(path) is None


def _named(project: Project, found: Found, names: Iterable[str]) -> frozenset[str]:
    """Those of the names that stand in the program's sources; all where they are not there, or too many."""
    sources = _sources(project, found)
    if not project.context.known or len(sources) > _MOST:
        return frozenset(names)
    pattern = re.compile(rb"\b(?:%b)\b" % b"|".join(re.escape(name).encode() for name in names))
    texts = [project.context.read(path) or b"" for path in sources]
    texts += [project.files.read(path) or b"" for path in (*found.scripts, *found.helpers)]
    texts += [word.encode("utf-8", "surrogateescape") for word in project.trace.entry.words]
    return frozenset(word.decode() for text in texts for word in pattern.findall(text))


def _sources(project: Project, found: Found) -> dict[str, None]:
    """The programs' own files, by their context paths, and what goes along with an interpreter's."""
    seen: dict[str, None] = {}
    for used in found.used.values():
        seen |= dict.fromkeys(used.product.sources)
    for application in found.applications:
        seen |= dict.fromkeys(application.sources)
        for tree in application.trees:
            seen |= dict.fromkeys(context for _, context in project.files.walk_context(tree.path))
    return seen
