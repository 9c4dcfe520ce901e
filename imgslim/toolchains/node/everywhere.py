"""Programs of packages that npm installed for the whole machine: ``npm install -g serve``, ``npm link``.

npm puts such a package into lib/node_modules and a link to each of its programs into bin, both below the folder that
node itself is installed in (docs.npmjs.com, folders).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.search import searched
from imgslim.model import Application, Assumption, Declined, Tree
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.node import distribution
from imgslim.toolchains.node.find import steps
from imgslim.toolchains.node.packages import Packages
from imgslim.toolchains.node.trees import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.node.find import Step

#: The setting that names another folder (docs.npmjs.com, config, "prefix"); npm takes the variable in any case.
_SETTING = "npm_config_prefix"
#: Where node is installed by docker-library/node, by Debian's npm, and by NodeSource's packages.
_PREFIXES = ("/usr/local", "/usr")
#: What may be a program's name in a script's text.
_WORDS = regex(r"[@\w./-]+")
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
    places = {*searched(project.trace.final, word, project.trace.final.workdir)}
    for step in reversed([*steps(project)]):
        call, prefix = step.call, _prefix(project, step)
        if call.manager != "npm" or (call.verb != "link" and not (call.is_install and call.is_global)):
            continue
        if not prefix or f"{prefix}/bin/{name}" not in places:
            continue
        for package, folder in _packages(project, step):
            if name in (programs := _programs(project, package, folder, prefix)):
                # What is seen to be there beside it is there to be called by hand: pm2 where pm2-runtime is the entry.
                seen = sorted({*programs} - {name}) if project.evidence.built is not None and not folder else ()
                trees = _trees(prefix, (name, *seen), package, folder)
                if folder:
                    return Everywhere(trees, step.command.span, folder, posixpath.join(folder, programs[name]))
                why = f"That {package} needs no program, file or library of the image was not read."
                return Everywhere(trees, step.command.span, assumptions=(Assumption("modules-unread", why),))
    return None


def everywhere_in(project: Project, scripts: Iterable[str]) -> tuple[Everywhere, ...]:
    """Those that scripts of a package.json, or arguments, may start: PATH has what node_modules/.bin lacks."""
    words = dict.fromkeys(word for text in scripts for word in _WORDS.findall(text))
    found = (everywhere(project, word) for word in words if "/" not in word)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def on_node_path(project: Project) -> Iterator[Tree]:
    """Packages that NODE_PATH leads to (nodejs.org/api/modules.html, "Loading from the global folders")."""
    said = project.trace.final.env.get("NODE_PATH", "")
    named = [f.rstrip("/") for f in said.split(":") if f.startswith("/")] if isinstance(said, str) else []
    for step in steps(project) if named else ():
        call, prefix = step.call, _prefix(project, step)
        if not call.is_install:
            continue
        if call.is_global and call.manager == "npm" and prefix and f"{prefix}/lib/node_modules" in named:
            for package, folder in _packages(project, step):
                why = f"{package}, which NODE_PATH leads to"
                yield Tree(f"{prefix}/lib/node_modules/{package}", why, native=not folder, link=bool(folder))
        elif not call.is_global and step.folder is not None:
            made = posixpath.join(step.folder, "node_modules")
            places = project.files.places(made, step.step, step.index)
            yield from (Tree(place, "Packages that NODE_PATH leads to") for place in places if place in named)


def on_its_own(
    project: Project, own: tuple[Everywhere, ...], argv: tuple[str, ...], cwd: str, span: Span
) -> Application | Declined:
    """A program of an installed package in a folder that is no package: it works with whatever lies there.

    Args:
        project: what reading gave.
        own: the package that it is of, and those that its arguments name programs of (``concurrently "serve web"``).
        argv: what is started.
        cwd: the folder.
        span: where that is said.
    """
    if cwd in SYSTEM:
        why = f"{argv[0]} starts in {cwd}, a folder of the system: what of it is the program's can't be told."
        return Declined("build-not-followed", why, span, "Set WORKDIR to a folder of the program's own.")
    return Application(
        toolchain="node",
        interpreter="node",
        why=f"The entry starts {argv[0]}",
        trees=(Tree(cwd, f"What {argv[0]} works with"), *dict.fromkeys(t for one in own for t in one.trees)),
        natives=("*.node", "*.so*"),
        packages=distribution.packages(project),
        assumptions=tuple(dict.fromkeys(a for one in own for a in one.assumptions)),
        span=own[0].span,
    )


def _prefix(project: Project, step: Step) -> str:
    """The folder that a command installs below; "" where that is not known."""
    settings = (*step.command.assignments, *step.command.env.items())
    said = next((value for key, value in settings if key.lower() == _SETTING), None)
    if said is not None or any(o.startswith("--prefix") for o in step.call.options):
        return said if isinstance(said, str) else ""
    built = project.evidence.built
    if built is not None:
        return next((p for p in _PREFIXES if built.resolve(f"{p}/lib/node_modules") is not None), "")
    official = isinstance(project.base, ImageFacts) and project.base.family == "node"
    return _PREFIXES[0] if official else distribution.prefix(project)


def _trees(prefix: str, names: tuple[str, ...], package: str, folder: str) -> tuple[Tree, ...]:
    """The package, or the link to where it lies in the build, and the links to its programs."""
    why = f"a name of {folder}" if folder else f"{package}, which is installed for the whole machine"
    return (
        Tree(f"{prefix}/lib/node_modules/{package}", why, native=not folder, link=bool(folder)),
        *(Tree(f"{prefix}/bin/{name}", f"a program of {package}", native=False, link=True) for name in names),
    )


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


def _programs(project: Project, package: str, folder: str, prefix: str) -> Mapping[str, str]:
    """A package's programs by name: as its own package.json, the built image, or else custom has them."""
    if folder and (own := Packages(project.files).at(folder)) is not None:
        return own.manifest.programs
    built = project.evidence.built
    if built is not None:
        home = f"{prefix}/lib/node_modules/{package}/"
        found = ((posixpath.basename(path), built.resolve(path) or "") for path, _ in built.below(f"{prefix}/bin"))
        return {name: real for name, real in found if real.startswith(home)}
    plain = package.rsplit("/", 1)[-1]
    return dict.fromkeys((plain, plain.removesuffix("-cli"), *_PROGRAMS.get(package, ())), "")
