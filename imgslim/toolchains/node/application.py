"""What node runs: the program's own files, the packages that were installed for it, and what both need."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.model import Application, Assumption, Declined, NeedKind, Preparation
from imgslim.records import dataclass
from imgslim.toolchains.node import distribution
from imgslim.toolchains.node.everywhere import everywhere, everywhere_in, on_its_own, on_node_path
from imgslim.toolchains.node.find import steps
from imgslim.toolchains.node.first_line import by_first_line
from imgslim.toolchains.node.graph import Reader
from imgslim.toolchains.node.managers import MANAGERS, read_call
from imgslim.toolchains.node.needs import children, loads, needs_of, uses_manager
from imgslim.toolchains.node.packages import Package, Packages
from imgslim.toolchains.node.script_needs import scripts_need
from imgslim.toolchains.node.scripts import Kept, Started, resolve
from imgslim.toolchains.node.trees import trees_of
from imgslim.toolchains.node.unnamed import unnamed
from imgslim.toolchains.variables import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.toolchains.gathered import Gathered
    from imgslim.toolchains.node.graph import Graph
    from imgslim.toolchains.node.scan import Script
    from imgslim.toolchains.node.value import Path
    from imgslim.values import Value

NODE = frozenset(("node", "nodejs"))
#: Options of node that take the next word (nodejs.org/api/cli.html).
_VALUED = frozenset(
    "-r --require --import --loader --experimental-loader -C --conditions --env-file --env-file-if-exists --title "
    "--icu-data-dir --openssl-config --max-http-header-size --diagnostic-dir --redirect-warnings --watch-path".split()
)
#: Those of them that name a module to load first.
_LOADED = frozenset(("-r", "--require", "--import", "--loader", "--experimental-loader"))
#: They take code in place of a file.
_CODE = frozenset(("-e", "--eval", "-p", "--print", "-pe", "-i", "--interactive"))
#: Packages that one message names.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """An application as far as it was read, before a plan is made of it."""

    package: Package
    packages: Packages
    graph: Graph
    needs: Gathered
    #: True where node starts one file, and all that it loads by itself is known.
    proven: bool
    #: Why a package manager stays in front of the program; "" where none does.
    kept: str = ""


def runs(argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
    """Tell which application ``argv`` starts; None where it is none of node, its managers and its programs."""
    name = argv[0].rsplit("/", 1)[-1]
    own = everywhere(project, argv[0]) if name not in NODE else None
    line = None
    if own is None and name not in NODE and name not in MANAGERS and "node_modules/.bin/" not in argv[0]:
        line = by_first_line(argv, cwd, project)
        if line is None:
            return None
    span = project.trace.node.span
    if not isinstance(cwd, str):
        return Declined("unknown-workdir", f"Where {name} is started is not known.", span)
    if own is not None and not own.folder and Packages(project.files).nearest(cwd) is None:
        return on_its_own(project, (own, *everywhere_in(project, argv[1:])), argv, cwd, span)
    words = ("node", own.script, *argv[1:]) if own is not None and own.folder else line.words if line else argv
    found = read(words, (own.folder if own is not None else "") or cwd, project)
    if isinstance(found, Declined):
        return found
    if line is not None and line.env:
        found.needs.need(NeedKind.COMMAND, line.env, f"the first line of {argv[0]} looks for node with it")
    linked = next((s for s in steps(project) if s.call.verb in ("link", "ln") and s.call.operands), None)
    if linked is not None:
        why = f"{name} link leads packages to folders beside the program's own: which those are was not followed."
        return Declined("build-not-followed", why, linked.command.span)
    trees = trees_of(project, found)
    if isinstance(trees, Declined):
        return trees
    manager = name in MANAGERS and own is None
    scripts = {*found.package.manifest.scripts.values()} if name in MANAGERS else set()
    starts = (n.value for n in found.needs.needs.values() if n.kind is NeedKind.COMMAND)
    brought = everywhere_in(project, (*sorted(scripts), *argv[1:], *starts))
    installed = (*((own,) if own is not None else ()), *brought)
    if manager and (why := _fetched(project, found, name)):
        return Declined("needs-command", why, trees.span or span, "Start node itself, without a package manager.")
    more = [t for t in on_node_path(project) if not any(inside(t.path, one.path) for one in trees.taken)]
    return Application(
        toolchain="node",
        interpreter=name if manager else line.interpreter if line else "node",
        why=f"The entry starts {argv[0]}" + (f", since {found.kept}" if found.kept else ""),
        trees=tuple(dict.fromkeys((*trees.taken, *more, *(t for one in installed for t in one.trees)))),
        native=trees.native or bool(installed or more),
        natives=("*.node", "*.so*"),
        needs=tuple(found.needs.needs.values()),
        library=tuple(distribution.modules(project)) if _loads_undeclared(found) else (),
        packages=distribution.packages(project, with_npm=manager or _loads_undeclared(found)),
        preparations=tuple(_pruned(project, found)) if not manager and not trees.moved else (),
        sources=trees.sources,
        variables=named(project, found.graph.scripts),
        assumptions=(
            *found.needs.open_ends.values(),
            *_assumed(found),
            *(a for one in installed for a in one.assumptions),
        ),
        span=trees.span,
    )


def _loads_undeclared(found: Reading) -> bool:
    """Tell whether sources load a package that the program's own package.json does not name."""
    manifest = found.package.manifest
    return not manifest.dependencies | manifest.development >= {*found.graph.packages}


def read(argv: tuple[str, ...], cwd: str, project: Project) -> Reading | Declined:
    """Read what ``argv`` starts in the folder ``cwd``."""
    files = project.files
    packages = Packages(files)
    call = read_call(argv) if argv[0].rsplit("/", 1)[-1] in MANAGERS else None
    package = packages.nearest(cwd)
    words: tuple[str, ...] = argv
    kept = ""
    if call is not None:
        resolved = resolve(files, packages, call, cwd)
        package = resolved.package or package
        words = resolved.argv if isinstance(resolved, Started) else ()
        kept = resolved.why if isinstance(resolved, Kept) else ""
    elif argv[0].rsplit("/", 1)[-1] in MANAGERS:
        words = ()
    reader = Reader(files, packages)
    script = _script(words) if words and words[0].rsplit("/", 1)[-1] in NODE else None
    folder = package.folder if package is not None else cwd
    if script is not None:
        place = posixpath.normpath(posixpath.join(folder if call is not None else cwd, script))
        package = packages.nearest(posixpath.dirname(place)) or package
        reader.read([place])
        own = package.folder if package is not None else posixpath.dirname(place)
        _started(reader, folder if call is not None else cwd, own)
    package = package or unnamed(project, cwd, place if script is not None else "")
    if package is None:
        return _without_package(argv, project)
    graph = reader.graph
    proven = script is not None and graph.complete and not project.trace.entry.opens_with(NODE)
    if not proven:
        reader.read_all(packages.root(package).folder)
    needs = needs_of(files, graph, cwd)
    _settings(project, needs)
    if kept and call is not None:
        scripts_need(packages, package, call, needs)
    return Reading(package, packages, graph, needs, proven, kept)


def _without_package(argv: tuple[str, ...], project: Project) -> Declined:
    said, span = repr(" ".join(argv)), project.trace.node.span
    if project.context.known:
        why = f"{said} runs files of no package.json that is in the build context."
        return Declined("build-not-followed", why, span)
    return Declined(
        "build-not-followed",
        f"What {said} runs is not known: no package.json is there to be read.",
        span,
        "Give the folder that docker build gets with --context.",
    )


def _fetched(project: Project, found: Reading, name: str) -> str:
    """Why a manager that stays is not the one of the base image, but one that corepack fetched; "" where it is."""
    used = any(s.call.manager == "corepack" for s in steps(project))
    asked = found.packages.root(found.package).manifest.manager
    bundled = asked in ("", *(a for a in (asked,) if a.startswith((f"{name}@1.", "npm@"))))
    if name in ("npm", "npx") or (bundled and not used):
        return ""
    return f"The entry starts {name}, which corepack fetched into the build's cache" + (
        f": it can't be left out, since {found.kept}." if found.kept else "."
    )


def _started(reader: Reader, cwd: str, own: str) -> None:
    """Files that it starts with node itself are loaded as well: by a path from ``cwd``, or whichever below ``own``."""
    seen: set[str] = set()
    while waiting := [p for p in reader.graph.scripts if p not in seen]:
        for path in waiting:
            seen.add(path)
            for file in (*loads(reader.graph.scripts[path]), *_given(reader.graph.scripts[path])):
                if file is None:  # any of the project's own
                    reader.read_all(own)
                    continue
                where = posixpath.normpath(posixpath.join(posixpath.dirname(path) if file.here else cwd, file.text))
                if "node_modules" not in where.split("/"):
                    reader.read([where], path)


def _given(script: Script) -> Iterator[Path | None]:
    """The files that a script gives to a node of their own; None for one that it computes."""
    for words in children(script):
        # Each word that is no option as its place in the row, so that the one is found which is the file.
        shown = (w.text if w is not None and w.text.startswith("-") else str(n) for n, w in enumerate(words))
        if (place := _script(("node", *shown))) is not None:
            yield words[int(place)]


def _script(words: tuple[str, ...]) -> str | None:
    """The file that node runs; None where it runs none, or more than one."""
    at = 1
    while at < len(words):
        word = words[at]
        name, equals, _ = word.partition("=")
        if name in _CODE or name in _LOADED:
            return None
        if not word.startswith("-"):
            return None if word == "inspect" else word
        at += 2 if name in _VALUED and not equals else 1
    return None


def _settings(project: Project, needs: Gathered) -> None:
    """Variables that node itself reads (nodejs.org/api/cli.html, "Environment variables")."""
    env = project.trace.final.env
    extra = env.get("NODE_EXTRA_CA_CERTS", "")
    if isinstance(extra, str) and extra:
        needs.need(NeedKind.FILE, extra, "NODE_EXTRA_CA_CERTS names it")
    options = env.get("NODE_OPTIONS", "")
    words = options if isinstance(options, str) else ""
    if "--use-openssl-ca" in words or "--use-system-ca" in words or "SSL_CERT_FILE" in env or "SSL_CERT_DIR" in env:
        needs.need(NeedKind.CERTIFICATES, "", "node is told to trust what the system trusts")


def _pruned(project: Project, found: Reading) -> Iterator[Preparation]:
    """Leave development's packages out where the program is known to load none of them."""
    root = found.packages.root(found.package)
    lock = found.packages.lock(root.folder)
    if not found.proven or root is not found.package or lock is None or not lock.development:
        return
    starts = [n for n in found.needs.needs.values() if n.kind in (NeedKind.COMMAND, NeedKind.SHELL)]
    if starts or uses_manager(found.graph) or lock.development & {*found.graph.packages}:
        return
    installed = [s for s in steps(project) if s.folder == root.folder and s.call.is_install and not s.call.is_global]
    if not installed or any(s.for_production or s.call.manager != "npm" for s in installed):
        return
    workdir = project.trace.final.workdir
    there = "" if workdir == root.folder else f"cd {root.folder} && "
    yield Preparation(f"{there}npm prune --omit=dev", "Packages that only development needs")


def _assumed(found: Reading) -> Iterator[Assumption]:
    graph = found.graph
    if graph.unread:
        path, at = next(iter(graph.unread.items()))
        yield Assumption(
            "sources-unread",
            f"{at} loads {path}, which was not read: the build makes or fetches it, or it is too large.",
        )
    lock = found.packages.lock(found.packages.root(found.package).folder)
    own = found.package.manifest.dependencies
    named = dict.fromkeys([*graph.packages, *sorted(own)])
    names = list(named) or (sorted(lock.names) if lock is not None else [])
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield Assumption(
            "modules-unread",
            "That installed packages need no program, file or library of the image was not read: "
            f"{', '.join(names[:_SHOWN])}{more}.",
        )
    elif not graph.unread and not graph.scripts:
        yield Assumption("sources-unread", "What node runs was not read: the build fetches or makes it.")
