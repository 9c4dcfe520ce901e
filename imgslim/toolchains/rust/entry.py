"""An entry that compiles before it runs: ``cargo run``."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from imgslim.meaning.trace import entry_command, literal_words
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Assumption, EntryBuild, Linkage
from imgslim.records import replace
from imgslim.toolchains.handed_on import handed_on
from imgslim.toolchains.rust.invocation import read_invocation
from imgslim.toolchains.rust.programs import programs
from imgslim.toolchains.rust.rewriting import static_flags
from imgslim.toolchains.rust.settings import settings
from imgslim.toolchains.rust.site import Site, Unsettled
from imgslim.toolchains.rust.workspace import find_workspace
from imgslim.toolchains.tree import FilesTree, join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Product, Project
    from imgslim.toolchains.rust.invocation import Invocation

#: Options of ``cargo run`` that change what is built.
_KEPT = ("package", "bin", "features", "profile", "target", "target-dir", "manifest-path")
_BARE = ("release", "all-features", "no-default-features", "locked", "offline", "frozen")
#: What cargo sets for the program that it runs (the Cargo Book, "Environment variables Cargo sets for crates").
_BY_CARGO = re.compile(r"\benv::var(?:_os)?\(\s*\"(?:CARGO|OUT_DIR)|\bdotenv!")


def replaces_entry(argv: tuple[str, ...], project: Project) -> EntryBuild | None:
    """Tell what an entry compiles and starts; None for any other entry, or where that is not settled.

    Args:
        argv: the entry: ``cargo run … -- args``, or a shell with ``-c`` whose text is that.
        project: what reading gave.
    """
    node = project.trace.entry.entrypoint or project.trace.entry.cmd
    if node is None or isinstance(project.trace.final.workdir, Unknown):
        return None
    if argv[1:2] != ("-c",) or len(argv) < 3:  # noqa: PLR2004 (sh -c TEXT)
        return _compiled_ahead(entry_command(argv, project.trace.final, node.span), project)
    commands = project.trace.entry.commands
    if len(commands) != 1 or commands[0].conditional or commands[0].piped or commands[0].redirects:
        return None
    # when the image runs, variables may have other values
    values = (*(v for _, v in commands[0].assignments), *commands[0].argv)
    if re.search(r"[$`*?~\[]", argv[2]) or any(isinstance(v, Unknown) for v in values):
        return None
    return _compiled_ahead(unwrap(commands[0]), project)


def _compiled_ahead(command: Command, project: Project) -> EntryBuild | None:
    call = read_invocation(command)
    if call is None or call.verb != "run" or call.unsettled or call.has("example", "config", "Z"):
        return None
    product = _program(project, command, call)
    if product is None:
        return None
    assignments = "".join(f"{name}={shlex.quote(str(value))} " for name, value in command.assignments)
    way = next((w for w in product.ways if not w.assumptions), None)
    words = [*_options(call)]
    if way is not None:
        named = [] if call.has("bin") else ["--bin", product.path.rpartition("/")[2]]
        whole = " ".join(shlex.quote(w) for w in ("cargo", *_channel(call), "rustc", *words, *named))
        line = f"{whole} -- {static_flags(project)}"
        product = replace(product, linkage=Linkage.STATIC, libc=way.libc, ways=())
    else:
        line = " ".join(shlex.quote(w) for w in ("cargo", *_channel(call), "build", *words))
        product = replace(product, ways=())
    why = "The entry compiles at each start, where something changed since the last one."
    product = replace(
        product, assumptions=(*product.assumptions, Assumption("entry-compiled-ahead", why, command.span))
    )
    rest = (*call.operands, *call.rest)
    product, argv = handed_on(command, product, (product.path, *(str(w.value) for w in rest)))
    return EntryBuild(f"RUN {assignments}{line}", product.path, argv, product)


def _channel(call: Invocation) -> tuple[str, ...]:
    return (f"+{call.toolchain}",) if call.toolchain else ()


def _options(call: Invocation) -> list[str]:
    found = [f"--{name}={value}" for name in _KEPT for value in call.all(name)]
    return found + [f"--{name}" for name in _BARE if call.has(name)]


def _program(project: Project, command: Command, call: Invocation) -> Product | None:
    """The one program that is run: ``--bin``, ``default-run``, or the only one; as of right after the last step."""
    words = ["cargo", *_channel(call), "build", *_options(call)]
    site_command = replace(command, words=literal_words(tuple(words), command.span))
    site = Site(project, site_command, len(project.trace.steps), 0, site_command)
    build = read_invocation(site_command)
    if _changed(project, site_command, call):
        return None
    found = programs(site, build, project.trace.final) if build is not None else []
    if isinstance(found, Unsettled):
        return None
    if len(found) > 1:
        name = _default_run(project, command, call)
        found = [p for p in found if p.path.rpartition("/")[2] == name]
    if len(found) != 1 or any(_BY_CARGO.search(_text(project, s)) for s in found[0].sources):
        return None
    return found[0]


def _changed(project: Project, command: Command, call: Invocation) -> bool:
    """Tell whether cargo's configuration changes how the program is started, beside what is built."""
    folder = call.last("C") or "."
    if not isinstance(command.cwd, str) or not isinstance(folder, str):
        return True
    tree = FilesTree(project.files.before(len(project.trace.steps), 0))
    return settings(command, project.trace.final, tree, join(command.cwd, folder)).changes_run


def _text(project: Project, source: str) -> str:
    if not source.endswith(".rs"):
        return ""
    return (project.context.read(source) or b"").decode("utf-8", "replace")


def _default_run(project: Project, command: Command, call: Invocation) -> str:
    tree = FilesTree(project.files.before(len(project.trace.steps), 0))
    manifest = call.last("manifest-path") or ""
    if not isinstance(command.cwd, str) or not isinstance(manifest, str):
        return ""
    workspace = find_workspace(tree, command.cwd, manifest)
    names = call.all("package")
    if workspace is None:
        return ""
    package = workspace.local.get(names[0]) if names else workspace.current
    return package.manifest.default_run if package is not None else ""
