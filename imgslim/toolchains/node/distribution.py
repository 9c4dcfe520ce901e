"""Node.js as a package of Debian or Ubuntu, installed by a step of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    installed = frozenset(_installed(project))
    if installed.isdisjoint({_NODE, _NPM}) or _has_source(project):
        return ()
    modules = sorted(name for name in installed if name.startswith("node-"))
    return (_NODE, *((_NPM,) if with_npm and _NPM in installed else ()), *modules)


def _installed(project: Project) -> Iterator[str]:
    for _, _, command in project.trace.commands():
        inner = unwrap(command)
        words = [w.value for w in inner.words if isinstance(w.value, str)]
        if inner.name in ("apt-get", "apt") and "install" in words:
            yield from words


def _has_source(project: Project) -> bool:
    return any("nodesource" in c.span.of(project.dockerfile.text) for _, _, c in project.trace.commands())
