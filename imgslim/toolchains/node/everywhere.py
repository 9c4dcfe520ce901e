"""Programs of packages that npm installed for the whole machine: ``npm install -g serve``, ``npm link``.

npm puts such a package into lib/node_modules and a link to each of its programs into bin, both below the folder that
node itself is installed in: /usr/local in the official images (docs.npmjs.com, folders).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.model import Assumption, Tree
from imgslim.records import dataclass
from imgslim.toolchains.node.find import steps
from imgslim.toolchains.node.packages import Packages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.node.find import Step

_PREFIX = "/usr/local"
_MODULES = f"{_PREFIX}/lib/node_modules"
#: What packages call their programs where no rule gives it (``bin`` of their package.json).
_PROGRAMS = {
    "typescript": ("tsc", "tsserver"), "pm2": ("pm2", "pm2-runtime", "pm2-docker", "pm2-dev"),
    "@nestjs/cli": ("nest",), "@angular/cli": ("ng",), "ts-node": ("ts-node", "ts-node-esm", "ts-node-transpile-only"),
    "pnpm": ("pnpm", "pnpx"), "yarn": ("yarn", "yarnpkg"), "npm": ("npm", "npx"), "serverless": ("serverless", "sls"),
    "firebase-tools": ("firebase",), "babel-cli": ("babel", "babel-node"), "@babel/node": ("babel-node",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A program of a package that is installed for the whole machine."""

    trees: tuple[Tree, ...]
    span: Span
    #: Where the package is a folder of the build itself: that, and the file that the program is.
    folder: str = ""
    script: str = ""
    assumptions: tuple[Assumption, ...] = ()


def everywhere(project: Project, word: str) -> Everywhere | None:
    """The package that ``word`` is a program of; None where none is known to have it."""
    name = word.rsplit("/", 1)[-1]
    link = f"{_PREFIX}/bin/{name}"
    if link not in searched(project.trace.final, word, project.trace.final.workdir):
        return None
    for step in reversed([*steps(project)]):
        call = step.call
        if call.manager != "npm" or (call.verb != "link" and not (call.is_install and call.is_global)):
            continue
        for package, folder in _packages(project, step):
            if name in (programs := _programs(project, package, folder)):
                return _found(step, link, package, folder, programs[name])
    return None


def _found(step: Step, link: str, package: str, folder: str, script: str) -> Everywhere:
    place, links = f"{_MODULES}/{package}", (Tree(link, "a program of the package", native=False, link=True),)
    if folder:
        there = Tree(place, f"a name of {folder}", native=False, link=True)
        return Everywhere((there, *links), step.command.span, folder, posixpath.join(folder, script))
    why = f"That {package} needs no program, file or library of the image was not read."
    trees = (Tree(place, f"{package}, which is installed for the whole machine"), *links)
    return Everywhere(trees, step.command.span, assumptions=(Assumption("modules-unread", why),))


def _packages(project: Project, step: Step) -> Iterator[tuple[str, str]]:
    """The packages that a command installs, and of those that are folders of the build itself, which folder."""
    packages = Packages(project.files)
    for word in step.call.operands or (".",):
        if word.startswith((".", "/")):
            if step.folder is None:
                continue
            folder = posixpath.normpath(posixpath.join(step.folder, word))
            own = packages.at(folder)
            if own is not None and own.manifest.name:
                yield own.manifest.name, folder
        else:
            scope, at, rest = word.rpartition("/")
            yield f"{scope}{at}{rest.split('@')[0]}", ""


def _programs(project: Project, package: str, folder: str) -> Mapping[str, str]:
    """A package's programs by name: as its own package.json, the built image, or else custom has them."""
    if folder and (own := Packages(project.files).at(folder)) is not None:
        return own.manifest.programs
    built = project.evidence.built
    if built is not None:
        home = f"{_MODULES}/{package}/"
        found = ((posixpath.basename(path), built.resolve(path) or "") for path, _ in built.below(f"{_PREFIX}/bin"))
        return {name: real for name, real in found if real.startswith(home)}
    plain = package.rsplit("/", 1)[-1]
    return dict.fromkeys((plain, plain.removesuffix("-cli"), *_PROGRAMS.get(package, ())), "")
