"""Node.js as a package of the distribution, installed by a step of the file."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS, ImageFacts
from imgslim.model import Tree
from imgslim.regex import regex
from imgslim.toolchains.installed import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: The first brings the second on Debian, whose npm puts what it installs for the whole machine into /usr/local (npmrc).
_NPM, _NODE = "npm", "nodejs"
#: Where Debian's node looks for modules beside the program's own (Debian's nodejs, README.Debian).
_MODULES = ("/usr/share/nodejs", "/usr/lib/nodejs", "/usr/lib/*-linux-gnu*/nodejs")
#: On Alpine any of the first ones is what the others ask for (aports, npm's APKBUILD: depends="cmd:node").
_NODES_OF_APK, _NPMS_OF_APK = (
    (_NODE, "nodejs-current", "nodejs-lts"),
    (_NPM, "nodejs-npm", "nodejs-current-npm", "yarn"),
)
_NODE_OF_RPM = regex(r"nodejs\d*")
#: The first release of Alpine whose npm has "prefix=/usr/local" in its npmrc, and the last one without a setting, where
#: it is node's own (aports, npm/npmrc); what is between them had both.
_OF_ITS_OWN, _AS_NODE = (3, 15), (3, 13)


def packages(project: Project, *, with_npm: bool = False) -> tuple[str, ...]:
    """The distribution's packages that hold node and what it loads; () where none does.

    NodeSource's package has the same name and is another one, of a source of its own.

    Args:
        project: what reading gave.
        with_npm: whether npm is to start the program, or may have brought what it loads: npm's own packages lie in
            /usr/share/nodejs, where the distribution's node looks for all (Debian's nodejs, README.Debian).
    """
    base = project.base
    manager = base.package_manager if isinstance(base, ImageFacts) else None
    if manager not in ("apt", "apk", *RPM_MANAGERS):
        return ()
    named = tuple(dict.fromkeys(installed(project)))
    if manager in RPM_MANAGERS:
        return () if _has_source(project) else tuple(_of_rpm(named, with_npm=with_npm))
    if manager == "apk":
        nodes, npms = (tuple(n for n in named if n in names) for names in (_NODES_OF_APK, _NPMS_OF_APK))
        # What else npm could ask for is apk's to choose: where the file names no node, npm brings the same one again.
        return (*nodes, *(npms if with_npm or not nodes else ()))
    names = frozenset(named)
    if names.isdisjoint({_NODE, _NPM}) or _has_source(project):
        return ()
    modules = sorted(name for name in names if name.startswith("node-"))
    return (_NODE, *((_NPM,) if with_npm and _NPM in names else ()), *modules)


def _of_rpm(named: tuple[str, ...], *, with_npm: bool) -> Iterator[str]:
    """Those of Fedora and Red Hat, which may have the release in their names; node's package recommends npm's."""
    nodes = [name for name in named if _NODE_OF_RPM.fullmatch(name)]
    npms = [name for name in named if name == _NPM or name.endswith("-npm")]
    yield from nodes
    if with_npm or not nodes:
        yield from npms or [_NPM if node == _NODE else f"{node}-npm" for node in nodes[:1]]


def modules(project: Project) -> Iterator[Tree]:
    """Where the distribution's node looks for packages of its own, as far as the built image has them there."""
    built = project.evidence.built
    if built is None or not packages(project):
        return
    for path in _MODULES:
        if any(fnmatchcase(one, f"{path}/*") for one in built.entries):
            yield Tree(path, "modules of the distribution's packages")


def prefix(project: Project) -> str:
    """The folder below which its npm installs for the whole machine; "" where that is not known, or nothing is."""
    base = project.base
    if not isinstance(base, ImageFacts) or not packages(project):
        return ""
    if base.package_manager == "apt":
        return "/usr/local"
    if base.package_manager != "apk":
        return ""
    numbers = [r.split(".") for r in base.releases]
    releases = [tuple(map(int, n)) for n in numbers if all(part.isdigit() for part in n)]
    if not releases or len(releases) < len(numbers):
        return ""
    if min(releases) >= _OF_ITS_OWN:
        return "/usr/local"
    return "/usr" if max(releases) <= _AS_NODE else ""


def _has_source(project: Project) -> bool:
    return any("nodesource" in c.span.of(project.dockerfile.text) for _, _, c in project.trace.commands())
