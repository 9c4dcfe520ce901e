"""An entry that compiles before it runs: ``go run``."""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgslim.meaning.trace import Command, Word
from imgslim.model import Assumption
from imgslim.toolchains.golang.invocation import is_go, read_invocation
from imgslim.toolchains.golang.outputs import Unsettled
from imgslim.toolchains.golang.programs import Site, programs
from imgslim.toolchains.golang.settings import settings
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Product, Project
    from imgslim.text import Span

_FLAGS = ("mod", "tags", "ldflags", "race", "trimpath", "modfile")


@dataclass(frozen=True, slots=True)
class EntryBuild:
    """A build that takes the place of an entry that compiles first."""

    #: The instruction that the builder gets.
    run_line: str
    #: Where the program lies then.
    path: str
    #: What starts it, arguments included.
    argv: tuple[str, ...]
    #: As of right after the last step; ``step`` is one past it.
    product: Product


def replaces_entry(argv: tuple[str, ...], project: Project) -> EntryBuild | None:
    """Tell what ``go run X args`` compiles and starts; None for any other entry, or where that is not settled."""
    trace = project.trace
    node = trace.entry.entrypoint or trace.entry.cmd
    if len(argv) < 3 or not is_go(argv[0]) or argv[1] != "run" or node is None:  # noqa: PLR2004
        return None
    if isinstance(trace.final.workdir, Unknown):
        return None
    command = _command(argv, project, node.span)
    call = read_invocation(command)
    if call is None or call.unsettled or "exec" in call.flags or not call.arguments:
        return None
    names = [w.raw for w in call.arguments]
    count = next((at for at, name in enumerate(names) if not name.endswith(".go")), len(names)) or 1
    if "..." in names[0] or "@" in names[0]:
        return None
    flags = tuple(f"-{name}={value}" for name, value in call.flags.items() if name in _FLAGS)
    build = ("go", "build", *flags)
    product = _product(project, _command((*build, *names[:count]), project, node.span))
    if product is None:
        return None
    place = _place(project, product.path)
    way = next((w for w in product.ways if not w.assumptions), None)
    prefix = "CGO_ENABLED=0 " if way is not None else ""
    line = " ".join(shlex.quote(w) for w in (*build, "-o", place, *names[:count]))
    assumption = Assumption(
        "entry-compiled-ahead",
        "go run compiles anew at each start, and ends with status 1 whatever status the program ends with.",
        node.span,
    )
    product = replace(
        product,
        path=place,
        linkage=way.linkage if way is not None else product.linkage,
        libc=way.libc if way is not None else product.libc,
        ways=() if way is not None else product.ways,
        assumptions=(*product.assumptions, assumption),
    )
    return EntryBuild(f"RUN {prefix}{line}", place, (place, *names[count:]), product)


def _command(argv: tuple[str, ...], project: Project, span: Span) -> Command:
    final = project.trace.final
    return Command(
        words=tuple(Word(word, word, span, literal=True) for word in argv),
        assignments=(),
        redirects=(),
        cwd=final.workdir,
        env=final.env,
        span=span,
        conditional=False,
        piped=False,
        subshell=False,
        user=final.user,
    )


def _product(project: Project, command: Command) -> Product | None:
    """The one program that the command builds."""
    call = read_invocation(command)
    if call is None:
        return None
    given = settings(command, {}, project.trace.base)
    step = len(project.trace.steps)
    found = programs(Site(project, command, step, 0, command), call, given, {})
    return found[0] if not isinstance(found, Unsettled) and len(found) == 1 and not found[0].is_folder else None


def _place(project: Project, built: str) -> str:
    """A free path that the user of the last step may write to."""
    name = posixpath.basename(built)
    user = project.trace.final.user
    folder = "/usr/local/bin" if user in ("", "root", "0", "root:root", "0:0") else "/tmp"  # noqa: S108 (in the image)
    while project.files.context_file(f"{folder}/{name}") is not None:
        name += "-program"
    return f"{folder}/{name}"
