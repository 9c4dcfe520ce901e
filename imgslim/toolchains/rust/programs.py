"""Turn one followed cargo command into products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import Libc
from imgslim.model import Assumption, Linkage, Product, Way
from imgslim.records import dataclass, replace
from imgslim.toolchains.mentions import only_embedded
from imgslim.toolchains.rust.linking import Evidence, Link, judge_link
from imgslim.toolchains.rust.lock import crates_of
from imgslim.toolchains.rust.needs import needs_of
from imgslim.toolchains.rust.outputs import Output, heeds_lock, install_folder, outputs, selected, target_folder
from imgslim.toolchains.rust.products import product_of
from imgslim.toolchains.rust.rewriting import with_static_c
from imgslim.toolchains.rust.settings import settings
from imgslim.toolchains.rust.site import Site, Unsettled
from imgslim.toolchains.rust.sources import consumed, native_code, read_sources
from imgslim.toolchains.rust.workspace import find_workspace
from imgslim.toolchains.rust.written import WrittenTree, written_before
from imgslim.toolchains.tree import FilesTree, join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Scope
    from imgslim.toolchains.rust.invocation import Invocation
    from imgslim.toolchains.rust.settings import Settings
    from imgslim.toolchains.rust.workspace import Package, Workspace
    from imgslim.toolchains.tree import Tree

_WHY = "no crate links a library of the system, looks names up or opens libraries"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one command works with."""

    site: Site
    call: Invocation
    given: Settings
    tree: Tree
    workspace: Workspace
    #: Whether cargo takes the versions of Cargo.lock.
    heeded: bool


def programs(site: Site, call: Invocation, scope: Scope) -> list[Product] | Unsettled:
    """The products of one ``cargo build``, ``cargo rustc`` or ``cargo install``."""
    files, written = site.project.files.before(site.step, site.index), written_before(site)
    tree = WrittenTree(FilesTree(files), files, written)
    cwd = site.command.cwd
    if isinstance(cwd, Unknown):
        return Unsettled(f"its folder is not settled: {cwd.why}")
    if isinstance(folder := call.last("C"), str):
        cwd = join(cwd, folder)
    given = settings(site.command, scope, tree, cwd)
    if call.verb == "install" and not call.has("path"):
        return _fetched(site, call, given, cwd)
    manifest = call.last("manifest-path") or ""
    if call.verb == "install" and (path := call.last("path")):
        manifest = join(path, "Cargo.toml") if isinstance(path, str) else path
    if isinstance(manifest, Unknown):
        return Unsettled(f"its manifest is not settled: {manifest.why}")
    workspace = find_workspace(tree, cwd, manifest)
    if workspace is None:
        return Unsettled("no Cargo.toml was found that can be read")
    if call.verb == "install":
        here = install_folder(call, given, cwd)
        packages: tuple[Package, ...] | Unsettled = (workspace.current,) if workspace.current is not None else ()
    else:
        here = target_folder(call, given, workspace, cwd)
        packages = selected(call, workspace)
    if isinstance(here, Unsettled):
        return here
    if isinstance(packages, Unsettled):
        return packages
    made = list(outputs(call, packages, here))
    heeded = heeds_lock(call) and not written.locked_anew(workspace.root)
    return _products(Reading(site, call, given, tree, workspace, heeded=heeded), made, several=len(packages) > 1)


def _fetched(site: Site, call: Invocation, given: Settings, cwd: str) -> list[Product] | Unsettled:
    """``cargo install NAME``: a program of that name by custom, of sources that are not here."""
    folder = install_folder(call, given, cwd)
    if isinstance(folder, Unsettled):
        return []
    names = call.all("bin") or tuple(w.value.split("@")[0] for w in call.operands if isinstance(w.value, str))
    return [_unread(site, join(folder, name), name) for name in names]


def _unread(site: Site, path: str, name: str) -> Product:
    why = f"What {name} needs when it runs was not read in its sources."
    return Product(
        toolchain="rust",
        path=path,
        is_folder=False,
        command=site.shown,
        step=site.step,
        index=site.index,
        executable=True,
        shared=False,
        linkage=Linkage.UNKNOWN,
        libc=None,
        needs=(),
        libraries_known=False,
        not_static="its sources are not there to be read",
        assumptions=(Assumption("sources-unread", why, site.shown.span),),
    )


def _products(reading: Reading, made: list[Output], *, several: bool) -> list[Product]:
    judged = [_product(reading, output) for output in made]
    able = [o.program.name for o, (p, link) in zip(made, judged, strict=True) if _may_be_static(p, link)]
    edits = None
    if able and not several:
        edits = with_static_c(reading.site, reading.call, able, [o.program.name for o in made])
    products = []
    for product, link in judged:
        if _may_be_static(product, link) and edits is not None:
            way = Way(Linkage.STATIC, Libc.GLIBC, edits, assumptions=link.assumptions, why=_WHY)
            products.append(replace(product, ways=(way,)))
        elif _may_be_static(product, link):
            products.append(replace(product, not_static="the command can't be written for one program alone"))
        else:
            products.append(product)
    return products


def _may_be_static(product: Product, link: Link) -> bool:
    return product.linkage is Linkage.DYNAMIC and not link.not_static


def _product(reading: Reading, output: Output) -> tuple[Product, Link]:
    site, tree, workspace = reading.site, reading.tree, reading.workspace
    crates = crates_of(tree, workspace, output.package, heeded=reading.heeded)
    roots = [(output.program.source, output.package.folder)]
    roots += [(p.library, p.folder) for p in crates.own if p.library]
    sources = read_sources(tree, roots)
    needs = needs_of(site.project, sources, crates, native_code(tree, crates.own))
    link = judge_link(
        Evidence(
            site.project,
            sources,
            crates,
            needs,
            reading.call.last("target") or reading.given.target,
            reading.given.rustflags,
            _scripts(tree, crates.own),
            site.shown.span,
        )
    )
    folders = (workspace.root, *(p.folder for p in workspace.local.values()))
    used = consumed(tree, folders, only_embedded(sources.embedded, needs.opened, needs.assumptions))
    return product_of(site, output.path, sources, needs, link, name=output.program.name, consumed=used), link


def _scripts(tree: Tree, packages: tuple[Package, ...]) -> dict[str, str]:
    """The build scripts of local packages."""
    paths = [p.build_script for p in packages if p.build_script]
    return {tree.origin(path) or path: tree.text(path) or "pkg_config" for path in paths}
