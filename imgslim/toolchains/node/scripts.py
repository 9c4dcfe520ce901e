"""What a package manager starts for a script of package.json, where that is one literal command.

npm runs a script through ``sh -c`` in the package's folder, with ``node_modules/.bin`` in front of PATH and with
variables of its own (docs.npmjs.com/cli, "scripts" and "npm run"). Started without it, the program is the container's
first process and gets the signals itself; what the manager adds is then missing. So the manager stays wherever one of
those additions may be used.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell import SimpleCommand, simple_command
from imgslim.toolchains.node.managers import MANAGERS, read_call

if TYPE_CHECKING:
    from imgslim.meaning.effects import Files
    from imgslim.toolchains.node.managers import Call
    from imgslim.toolchains.node.packages import Package, Packages

#: Scripts that start scripts are followed this deep.
_DEPTH = 5
_ASSIGNED = regex(r"\s*([A-Za-z_]\w*)=([\w./:@%+,-]*|'[^']*'|\"[^\"$`\\]*\")(?=\s)")
#: They set variables, then start the words behind, on every system alike (npmjs.com/package/cross-env).
_CROSS_ENV = frozenset(("cross-env", "cross-env-shell"))
_SETTING = regex(r"[A-Za-z_]\w*=.*")
#: Settings of npm that change how a script is started (docs.npmjs.com/cli, "config").
_CHANGES = regex(rb"^\s*(?:script-shell|node-options|scripts-prepend-node-path)\s*=", 8)
#: Yarn's settings under which there is a node_modules (yarnpkg.com/configuration/yarnrc, nodeLinker).
_LINKED = regex(rb"^nodeLinker:\s*['\"]?(?:node-modules|pnpm)", 8)


@dataclass(frozen=True, slots=True)
class Started:
    """What is really started."""

    argv: tuple[str, ...]
    #: Variables that are set for it.
    settings: tuple[tuple[str, str], ...]
    #: The package whose script, or whose dependency, it is.
    package: Package
    #: The scripts that were followed, for people: ``start``.
    scripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The manager stays in front of the program."""

    why: str
    #: The package that it works in, where that is known.
    package: Package | None = None


def resolve(files: Files, packages: Packages, call: Call, cwd: str) -> Started | Kept:
    """Follow ``npm start``, ``yarn x``, ``pnpm run x`` or ``npx x`` to what they start.

    Args:
        files: the image after the last step.
        packages: the packages in it.
        call: the manager's command.
        cwd: where it is started.
    """
    package = packages.nearest(posixpath.normpath(posixpath.join(cwd, call.folder)))
    if package is None:
        return Kept("its package.json is not in the build context")
    if hooked(files, packages, package):
        return Kept("yarn loads packages by a hook of its own (plug'n'play)", package)
    if call.package:
        member = next((m for m in packages.members(package) if _is(m, package, call.package)), None)
        if member is None:
            return Kept(f"the workspace {call.package} was not found", package)
        package = member
    follower = _Follower(files, packages, package)
    if call.verb == "exec":
        return follower.program(call.operands, (), ())
    return follower.script(call.manager, call.operands, ())


def hooked(files: Files, packages: Packages, package: Package) -> bool:
    """Tell whether packages are found only with yarn's hook: yarn 2 and later, unless its settings say otherwise."""
    root = packages.root(package).folder
    lock = packages.lock(root)
    settings = files.read(posixpath.join(root, ".yarnrc.yml")) or b""
    return lock is not None and lock.berry and _LINKED.search(settings) is None


def _is(member: Package, root: Package, name: str) -> bool:
    folder = posixpath.relpath(member.folder, root.folder)
    return name in (member.manifest.name, folder, f"./{folder}")


@dataclass(frozen=True, slots=True)
class _Follower:
    """Follows the scripts of one package."""

    files: Files
    packages: Packages
    package: Package

    def script(self, manager: str, words: tuple[str, ...], chain: tuple[str, ...]) -> Started | Kept:
        """Follow a script by its name; ``words`` go on with what it is given, ``chain`` are those that start it."""
        package = self.package
        name, arguments = (words[0], words[1:]) if words else ("", ())
        scripts = package.manifest.scripts
        text = scripts.get(name, "")
        if not text and name == "start" and manager == "npm" and self.files.context_file(f"{package.folder}/server.js"):
            text = "node server.js"
        if not text:
            if manager != "npm" and name not in ("start", "test"):
                return self.program(words, (), chain)
            return Kept(f"package.json has no script {name!r}", package)
        around = [n for n in (f"pre{name}", f"post{name}") if n in scripts]
        if around:
            return Kept(f"the script {around[0]!r} runs as well", package)
        if name in chain or len(chain) >= _DEPTH:
            return Kept(f"the script {name!r} starts itself", package)
        if any(_CHANGES.search(self.files.read(f"{folder}/.npmrc") or b"") for folder in (package.folder, "/root")):
            return Kept(".npmrc changes how scripts are started", package)
        settings, rest = _settings(text)
        simple = simple_command(rest)
        if not isinstance(simple, SimpleCommand):
            return Kept(f"the script {name!r} holds {simple.why}", package)
        argv, found = _cross_env((*simple.argv, *arguments))
        return self._command(argv, (*settings, *found), (*chain, name))

    def _command(
        self, argv: tuple[str, ...], settings: tuple[tuple[str, str], ...], chain: tuple[str, ...]
    ) -> Started | Kept:
        if not argv:
            return Kept(f"the script {chain[-1]!r} starts nothing", self.package)
        manifest = self.package.manifest
        if argv[0] == "node" and "node" in manifest.dependencies | manifest.development:
            return Kept("the node that a manager finds first is that of the package of this name", self.package)
        call = read_call(argv)
        if call is None and argv[0].rsplit("/", 1)[-1] not in MANAGERS:
            return self.program(argv, settings, chain)
        if call is None or call.verb not in ("run", "exec") or call.folder or call.package or settings:
            return Kept(f"{' '.join(argv)!r} was not followed", self.package)
        if call.verb == "exec":
            return self.program(call.operands, (), chain)
        return self.script(call.manager, call.operands, chain)

    def program(
        self, words: tuple[str, ...], settings: tuple[tuple[str, str], ...], chain: tuple[str, ...]
    ) -> Started | Kept:
        """Node itself, a path, or a program of an installed package, which lies in ``node_modules/.bin``."""
        name = words[0]
        if name in ("node", "nodejs") or "/" in name:
            return Started(words, settings, self.package, chain)
        if not provides(self.packages, self.package, name):
            return Kept(f"which package {name} comes from is not known", self.package)
        if self.packages.root(self.package) is not self.package:
            return Kept(f"{name} may lie in the workspace's node_modules or the package's own", self.package)
        return Started((f"node_modules/.bin/{name}", *words[1:]), settings, self.package, chain)


def provides(packages: Packages, package: Package, name: str) -> bool:
    """Tell whether a direct dependency surely brings a program of this name.

    A lockfile of npm lists programs; elsewhere a dependency of the same name has its one program under that name.
    """
    own = package.manifest.dependencies | package.manifest.development
    lock = packages.lock(packages.root(package).folder)
    if lock is not None and lock.programs is not None:
        return name in lock.programs
    return name in own


def _settings(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """The literal assignments in front of a command, and the command."""
    found: list[tuple[str, str]] = []
    at = 0
    while (match := _ASSIGNED.match(text, at)) is not None:
        value = match[2]
        found.append((match[1], value[1:-1] if value[:1] in ("'", '"') else value))
        at = match.end()
    return tuple(found), text[at:]


def _cross_env(argv: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What ``cross-env A=b node x`` starts, and with which variables."""
    if not argv or argv[0].rsplit("/", 1)[-1] not in _CROSS_ENV or argv[0].endswith("-shell"):
        return argv, ()
    settings: list[tuple[str, str]] = []
    rest = argv[1:]
    while rest and _SETTING.fullmatch(rest[0]):
        name, _, value = rest[0].partition("=")
        settings.append((name, value))
        rest = rest[1:]
    return rest, tuple(settings)
