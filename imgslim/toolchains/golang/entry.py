"""An entry that compiles before it runs: ``go run``."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from imgslim.meaning.trace import entry_command, literal_words
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Assumption, EntryBuild
from imgslim.records import replace
from imgslim.toolchains.golang.builder import first_install
from imgslim.toolchains.golang.invocation import read_invocation
from imgslim.toolchains.golang.programs import programs
from imgslim.toolchains.golang.settings import settings
from imgslim.toolchains.golang.site import Site, Unsettled
from imgslim.toolchains.handed_on import handed_on
from imgslim.toolchains.tree import join
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Product, Project
    from imgslim.text import Span

_FLAGS = ("mod", "tags", "ldflags", "race", "trimpath", "modfile")


def replaces_entry(argv: tuple[str, ...], project: Project) -> EntryBuild | None:
    """Tell what an entry compiles and starts; None for any other entry, or where that is not settled.

    Args:
        argv: the entry: ``go run X args``, or a shell with ``-c`` whose text is ``go run X args`` or
            ``go build … && ./x args``.
        project: what reading gave.
    """
    node = project.trace.entry.entrypoint or project.trace.entry.cmd
    if node is None or isinstance(project.trace.final.workdir, Unknown):
        return None
    if argv[1:2] != ("-c",):
        return _compiled_ahead(entry_command(argv, project.trace.final, node.span), project)
    commands = project.trace.entry.commands
    if any(c.conditional or c.piped or c.redirects or not _is_literal(c, project) for c in commands):
        return None
    if len(commands) == 1:
        return _compiled_ahead(unwrap(commands[0]), project)
    return _built_then_started(commands, project)


def _is_literal(command: Command, project: Project) -> bool:
    """Tell whether a command is without expansion: when the image runs, variables may have other values."""
    text = command.span.of(project.dockerfile.text)
    return re.search(r"[$`*?~\[]", text) is None and all(isinstance(w.value, str) for w in command.words)


def _compiled_ahead(command: Command, project: Project) -> EntryBuild | None:
    """``go run``: build what it runs, then start that with the arguments behind the package."""
    call = read_invocation(command)
    if call is None or call.verb != "run" or call.unsettled or "exec" in call.flags or not call.arguments:
        return None
    names = [str(w.value) for w in call.arguments]
    count = next((at for at, name in enumerate(names) if not name.endswith(".go")), len(names)) or 1
    if "..." in names[0] or "@" in names[0]:
        return None
    build = ("go", "build", *(f"-{name}={value}" for name, value in call.flags.items() if name in _FLAGS))
    words = literal_words((*build, *names[:count]), command.span)
    products = _products(project, replace(command, words=words))
    if len(products) != 1 or products[0].is_folder:
        return None
    place = _place(project, products[0].path)
    product, prefix = _static(replace(products[0], path=place))
    settings = "".join(f"{name}={shlex.quote(str(value))} " for name, value in command.assignments)
    line = " ".join(shlex.quote(w) for w in (*build, "-o", place, *names[:count]))
    product, argv = handed_on(command, product, (place, *names[count:]))
    return _entry(f"RUN {prefix}{settings}{line}", product, argv, command.span)


def _built_then_started(commands: tuple[Command, ...], project: Project) -> EntryBuild | None:
    """``go build … && ./x args``: the same commands as a step, then the last one alone."""
    *before, last = commands
    calls = [read_invocation(c) for c in before]
    if (
        last.assignments
        or not last.words
        or not all(c is not None and c.verb in ("build", "mod", "get") for c in calls)
    ):
        return None
    argv = tuple(str(w.value) for w in last.words)
    path = join(str(last.cwd), argv[0]) if "/" in argv[0] else ""
    made = [p for c in before for p in _products(project, c) if p.path == path]
    if not made:
        return None
    product, prefix = _static(made[-1])
    lines = [" ".join([*(f"{n}={v}" for n, v in c.assignments), *(w.raw for w in c.words)]) for c in before]
    step = " && ".join(prefix + line if read_invocation(c) is not None and "build" in line else line
                       for c, line in zip(before, lines, strict=True))  # fmt: skip
    return _entry(f"RUN {step}", product, argv, last.span)


def _entry(line: str, product: Product, argv: tuple[str, ...], span: Span) -> EntryBuild:
    why = "The entry compiles anew at each start; go run then ends with status 1 whatever status the program ends with."
    product = replace(product, assumptions=(*product.assumptions, Assumption("entry-compiled-ahead", why, span)))
    return EntryBuild(line, product.path, argv, product)


def _static(product: Product) -> tuple[Product, str]:
    """The product as the new step builds it, with the setting that goes in front of it."""
    way = next((w for w in product.ways if not w.assumptions), None)
    if way is None:
        # the new step is written as it stands: no way is left to choose
        return replace(product, ways=()), ""
    return replace(product, linkage=way.linkage, libc=way.libc, ways=()), "CGO_ENABLED=0 "


def _products(project: Project, command: Command) -> list[Product]:
    """The programs that the command builds right after the last step."""
    call = read_invocation(command)
    if call is None or call.verb != "build":
        return []
    given = settings(command, {}, project.trace.final, project.trace.base)
    site = Site(project, command, len(project.trace.steps), 0, command, first_install(project))
    found = programs(site, call, given, {})
    return [] if isinstance(found, Unsettled) else found


def _place(project: Project, built: str) -> str:
    """A free path that the user of the last step may write to."""
    name = posixpath.basename(built)
    user = project.trace.final.user
    folder = "/usr/local/bin" if user in ("", "root", "0", "root:root", "0:0") else "/tmp"  # noqa: S108 (in the image)
    while project.files.context_file(f"{folder}/{name}") is not None:
        name += "-program"
    return f"{folder}/{name}"
