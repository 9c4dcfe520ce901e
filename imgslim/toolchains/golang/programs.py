"""Turn one followed go command into products."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, Linkage, Product, Way
from imgslim.records import dataclass
from imgslim.toolchains.golang.builder import has_compiler
from imgslim.toolchains.golang.constraints import Platform
from imgslim.toolchains.golang.linking import Evidence, judge_link, tags_of
from imgslim.toolchains.golang.needs import needs_of
from imgslim.toolchains.golang.outputs import Output, Target, outputs, targets
from imgslim.toolchains.golang.packages import Reader, graph_of
from imgslim.toolchains.golang.rewriting import without_cgo
from imgslim.toolchains.golang.site import Site, Unsettled
from imgslim.toolchains.golang.sources import sources_of
from imgslim.toolchains.golang.workspace import Workspace, find_workspace, nowhere
from imgslim.toolchains.tree import FilesTree, join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.toolchains.golang.invocation import Invocation
    from imgslim.toolchains.golang.linking import Link
    from imgslim.toolchains.golang.settings import Settings
    from imgslim.values import Value

_SHARED = frozenset({"c-shared", "plugin", "shared"})
_ARCHIVES = frozenset({"archive", "c-archive"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where sources are found, and what reads them."""

    workspace: Workspace
    reader: Reader


def programs(site: Site, call: Invocation, given: Settings, started: dict[str, str]) -> list[Product] | Unsettled:
    """The products of one ``go build``, ``go install`` or installing ``go get``."""
    tree = FilesTree(site.project.files.before(site.step, site.index))
    reader = Reader(tree, _platform(call, given))
    cwd = _folder(site.command.cwd, call)
    if isinstance(cwd, Unsettled):
        chosen = call.flag("o") or ""
        if call.verb != "build" or not chosen.startswith("/") or chosen.endswith("/") or len(call.arguments) > 1:
            return cwd
        # the sources lie somewhere, the program does not
        output = Output(Target(None, None), chosen)
        return [_product(site, call, given, output, _Reading(Workspace(tree, (), nowhere, None), reader))]
    workspace = find_workspace(tree, cwd, given, call.flag("mod"), started)
    named = targets(call.arguments, cwd, workspace, reader)
    if isinstance(named, Unsettled):
        return named
    made = outputs(call, cwd, named, given, reader)
    if isinstance(made, Unsettled):
        return made
    if call.flag("buildmode") in _ARCHIVES:
        return []
    return [_product(site, call, given, output, _Reading(workspace, reader)) for output in made]


def _folder(start: Value, call: Invocation) -> str | Unsettled:
    """Where the command works: its own folder, then -C."""
    folder = call.flags.get("C", ".")
    if isinstance(start, Unknown):
        return Unsettled(f"its folder is not settled: {start.why}")
    if isinstance(folder, Unknown):
        return Unsettled(f"the value of -C is not settled: {folder.why}")
    return join(start, folder)


def _platform(call: Invocation, given: Settings) -> Platform:
    """The platform that decides which files are taken; cgo counts as on where that is open, so that it is seen."""
    return Platform(
        system=given.system if isinstance(given.system, str) else "linux",
        machine=given.machine if isinstance(given.machine, str) else "amd64",
        cgo=given.cgo != "0",
        minor=given.minor if given.minor is not None else 99,
        tags=tags_of(call),
    )


def _product(site: Site, call: Invocation, given: Settings, output: Output, found: _Reading) -> Product:
    package = output.target.package
    graph = graph_of(package, found.workspace, found.reader) if package is not None else None
    span = site.shown.span
    compiler = has_compiler(site.project, site.step, site.installed)
    link = judge_link(Evidence(graph, call, given, compiler, found.workspace.required(), span))
    shared = call.flag("buildmode") in _SHARED
    needs = needs_of(site.project, graph, call, found.reader.tree)
    open_ends = list(needs.assumptions)
    if package is None or (graph is not None and graph.absent):
        what = output.target.remote or posixpath.basename(output.path)
        open_ends.append(
            Assumption("sources-unread", f"What {what} needs when it runs was not read in its sources.", span)
        )
    if given.system not in ("linux", ""):
        open_ends.append(Assumption("other-platform", "GOOS names another system than linux, or is not settled.", span))
    return Product(
        toolchain="go",
        path=output.path,
        is_folder=output.is_folder,
        command=site.shown,
        step=site.step,
        index=site.index,
        executable=not shared,
        shared=shared,
        linkage=Linkage.DYNAMIC if shared else link.linkage,
        libc=Libc.NONE if link.linkage is Linkage.STATIC and not shared else _libc(site.project),
        needs=(*link.libraries, *needs.needs),
        libraries_known=link.libraries_known,
        ways=() if shared else _ways(site, link),
        not_static="it is a shared library" if shared else link.not_static,
        sources=sources_of(found.reader.tree, found.workspace, graph, package, needs),
        mentions=needs.mentions,
        assumptions=tuple(open_ends),
    )


def _ways(site: Site, link: Link) -> tuple[Way, ...]:
    """The static way, where the program is not static already and nothing forbids it."""
    if link.linkage is Linkage.STATIC or link.not_static:
        return ()
    edits = without_cgo(site)
    if edits is None:
        return ()
    gate = site.shown.name == "make"
    return (Way(Linkage.STATIC, Libc.NONE, edits, gate=gate, assumptions=link.assumptions, why=link.why),)


def _libc(project: Project) -> Libc | None:
    return project.base.libc if isinstance(project.base, ImageFacts) else None
