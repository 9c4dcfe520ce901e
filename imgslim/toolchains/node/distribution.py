"""Node.js as a package of Debian or Ubuntu, installed by a step of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.toolchains.installed import installed

if TYPE_CHECKING:
    from imgslim.model import Project

#: The first brings the second; npm puts what it installs for the whole machine into /usr/local (Debian's npmrc).
_NPM, _NODE = "npm", "nodejs"


def packages(project: Project, *, with_npm: bool = False) -> tuple[str, ...]:
    """The distribution's packages that hold node and what it loads; () where none does.

    NodeSource's package has the same name and is another one, of a source of its own.

    Args:
        project: what reading gave.
        with_npm: whether npm is to start the program, or may have brought what it loads: npm's own packages lie in
            /usr/share/nodejs, where the distribution's node looks for all (Debian's nodejs, README.Debian).
    """
    base = project.base
    if not isinstance(base, ImageFacts) or base.package_manager != "apt":
        return ()
    names = frozenset(installed(project))
    if names.isdisjoint({_NODE, _NPM}) or _has_source(project):
        return ()
    modules = sorted(name for name in names if name.startswith("node-"))
    return (_NODE, *((_NPM,) if with_npm and _NPM in names else ()), *modules)


def _has_source(project: Project) -> bool:
    return any("nodesource" in c.span.of(project.dockerfile.text) for _, _, c in project.trace.commands())
