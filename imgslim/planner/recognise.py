"""Recognise: which build product the entry runs, through scripts and wrappers, and what that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.base import DEFAULT_PATH
from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import absolute
from imgslim.meaning.trace import Copy, Run
from imgslim.model import Assumption, Declined, Need, NeedKind, Unchanged
from imgslim.planner.build import Build, Ran, Used
from imgslim.planner.commands import Nothing, Unfollowed, effect, packages
from imgslim.planner.libraries import installed_libraries, library_needs
from imgslim.planner.programs import implied
from imgslim.planner.scripts import Script, read_script
from imgslim.planner.supposed import HINT, supposed
from imgslim.records import dataclass, field, replace
from imgslim.syntax.instructions import healthcheck
from imgslim.syntax.shell import script_commands
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Findings, Product, Project
    from imgslim.planner.entry import EntryPlan
    from imgslim.text import Span
    from imgslim.values import Value

#: Programs that start the program named after their own options, with how many words of their own come first.
_WRAPPERS = {
    "tini": 0, "dumb-init": 0, "gosu": 1, "su-exec": 1, "env": 0, "nice": 0, "nohup": 0, "stdbuf": 0, "exec": 0,
    "timeout": 1, "setpriv": 0,
}  # fmt: skip
_BUILTINS = frozenset(
    """
    . : [ alias bg break cd command continue echo eval exec exit export false fg getopts hash jobs kill let
    local printf pwd read readonly return set shift source test times trap true type typeset ulimit umask
    unalias unset wait
    """.split()
)


@dataclass(slots=True)
class _Found:
    used: dict[str, Used] = field(default_factory=dict)
    scripts: dict[str, None] = field(default_factory=dict)
    needs: dict[Need, None] = field(default_factory=dict)
    open_ends: list[Assumption] = field(default_factory=list)
    missing: list[tuple[str, Span]] = field(default_factory=list)
    #: Where the next program starts: a shell's ``cd`` moves on from WORKDIR.
    cwd: Value = "/"


def recognise(project: Project, entry: EntryPlan, findings: Findings) -> Build | Declined | Unchanged:
    """Find what the entry runs among what the build makes."""
    found = _Found(cwd=project.trace.final.workdir)
    if findings.entry is not None:
        path = findings.entry.path
        found.used[path] = Used(findings.entry.product, path, path)
        for word in findings.entry.argv[1:]:
            _argument(project, word, found)
    for started in entry.started if findings.entry is None else ():
        _program(project, findings, started.argv, started.span, found)
    for command in entry.commands:
        words = tuple(w if isinstance(w, str) else "" for w in command.argv)
        found.cwd = command.cwd
        if words and words[0]:
            _program(project, findings, words, command.span, found)
        elif words:
            found.open_ends.append(
                Assumption("entry-computed", "The entry starts a program by a variable.", command.span)
            )
    found.cwd = project.trace.final.workdir
    if entry.shell:
        shell = entry.shell if entry.shell.startswith("/") else "sh"
        found.needs[Need(NeedKind.SHELL, shell, entry.shell_why)] = None
    if not found.used:
        places = [path for word, _ in found.missing for path in _candidates(project, word, found.cwd)]
        found.used |= {used.wanted_at: used for used in supposed(project, findings, places)}
    if not found.used:
        return _nothing_used(project, findings, found)
    _health(project, findings, found)
    _plugins(project, findings, found)
    for used in found.used.values():
        found.needs |= dict.fromkeys((*used.product.needs, *used.product.mentions))
        found.open_ends += used.product.assumptions
    found.needs |= dict.fromkeys(more for need in found.needs for more in implied(need))
    ran = tuple(_ran(project, findings))
    used_products = tuple(used.product for used in found.used.values())
    found.open_ends += installed_libraries(used_products, packages(r.effect for r in ran))
    for asked in tuple(library_needs(found.needs, findings.products)):
        if isinstance(asked, Need):
            found.needs.setdefault(asked)
        else:
            found.open_ends.append(asked)
    found.open_ends += [Assumption("computed-paths", f"{n.why}.", None) for n in found.needs if _is_open(n)]
    found.open_ends += _opaque(project)
    return Build(
        toolchain=next(iter(found.used.values())).product.toolchain,
        entry=entry,
        used=tuple(found.used.values()),
        scripts=tuple(found.scripts),
        needs=tuple(found.needs),
        ran=ran,
        open_ends=tuple(dict.fromkeys(found.open_ends)),
        consumed=frozenset(s for p in findings.products for s in p.sources)
        | frozenset(s for u in found.used.values() for s in u.product.sources),
    )


def _is_open(need: Need) -> bool:
    return need.value == "*" and need.kind is NeedKind.FILE


def _opaque(project: Project) -> Iterator[Assumption]:
    for step in project.trace.steps:
        if isinstance(step, Run):
            for part in step.opaque:
                yield Assumption("opaque-run", f"A part of this RUN was not understood: {part.why}.", part.span)


def _program(project: Project, findings: Findings, argv: tuple[str, ...], span: Span, found: _Found) -> None:
    """Follow one started program: a product, a script of the context, a wrapper, or another program."""
    if not argv:
        return
    word = argv[0]
    if word == "cd" and len(argv) > 1 and _is_around(project, absolute(argv[1], found.cwd)):
        found.cwd = absolute(argv[1], found.cwd)
        return
    for argument in argv[1:]:
        _argument(project, argument, found)
    candidates = tuple(_candidates(project, word, found.cwd))
    for path in candidates:
        if (used := _product_at(project, findings.products, path)) is not None:
            found.used.setdefault(used.wanted_at, used)
            found.open_ends += _elsewhere(project, used, found.cwd, span)
            return
    for path in candidates:
        script = read_script(project, path, argv[1:])
        if script is not None:
            if script.starts_arguments and len(argv) == 1 and project.trace.entry.cmd is None:
                why = f"{path} starts what docker run is given, and only what the entry itself starts comes along."
                found.open_ends.append(Assumption("run-arguments", why, span))
            _script(project, findings, script, span, found)
            return
    name = word.rsplit("/", 1)[-1]
    if name in _WRAPPERS:
        inner = _unwrapped(argv)
        if name != "exec":
            found.needs[Need(NeedKind.COMMAND, word, f"{_what(project, span)} starts {name}")] = None
        _program(project, findings, inner, span, found)
        return
    if word == "cd":
        found.cwd = absolute(argv[1], found.cwd) if len(argv) > 1 else Unknown("cd goes to HOME")
    if word in _BUILTINS:
        return
    found.missing.append((word, span))
    found.needs[Need(NeedKind.COMMAND, word, f"{_what(project, span)} starts {word}")] = None


def _is_around(project: Project, folder: Value) -> bool:
    """Tell whether a folder is WORKDIR or above it: there in any case, and nothing that a program reads as a whole."""
    workdir = project.trace.final.workdir
    return isinstance(folder, str) and isinstance(workdir, str) and (workdir + "/").startswith(folder.rstrip("/") + "/")


def _elsewhere(project: Project, used: Used, cwd: Value, span: Span) -> Iterator[Assumption]:
    """What a program names relative to its folder was looked for in WORKDIR, where it does not start."""
    if cwd != project.trace.final.workdir:
        where = f"in {cwd}" if isinstance(cwd, str) else "in a folder that is not known"
        why = f"{_what(project, span)} starts {used.wanted_at} {where}: which files its names mean was not followed."
        yield Assumption("computed-paths", why, span)


def _what(project: Project, span: Span) -> str:
    """The instruction that ``span`` lies in, to name it."""
    node = next((s.node for s in project.trace.steps if s.node.span.holds(span)), None)
    return node.keyword if node is not None else "the entry"


def _argument(project: Project, word: str, found: _Found) -> None:
    """An argument that names a file or folder of the image is read by the program that gets it."""
    value = word.split("=", 1)[1] if word.startswith("-") and "=" in word else word
    if not value or value.startswith("-") or value in (".", "/", ".."):
        return
    path = known(absolute(value, found.cwd))
    if path is not None and _stands(project, path):
        line = f"the entry names {value}"
        found.needs[Need(NeedKind.FILE, path, line)] = None


def _stands(project: Project, path: str) -> bool:
    """Tell whether a step of the file surely put something there."""
    if project.files.exists(path) is True and isinstance(project.files.origin(path), MadeBy):
        return True
    if project.files.context_file(path) or any(True for _ in project.files.walk_context(path)):
        return True
    return any(p.path == path and _copied(project, p.point.step) for p in project.files.placed())


def _copied(project: Project, step: int) -> bool:
    """Tell whether a COPY from another image did it: what that names is there, or the original does not build."""
    found = project.trace.steps[step]
    return isinstance(found, Copy) and found.origin is not None


def _script(project: Project, findings: Findings, script: Script, span: Span, found: _Found) -> None:
    if script.path in found.scripts:
        return
    found.scripts[script.path] = None
    why = f"{script.path} is a script for {script.interpreter}"
    found.needs[Need(NeedKind.SHELL, script.interpreter, why)] = None
    if script.open_end:
        found.open_ends.append(Assumption("script-not-followed", f"{script.path}: {script.open_end}.", span))
    caller = found.cwd
    for argv in script.commands:
        _program(project, findings, argv, span, found)
    found.cwd = caller


def _unwrapped(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The words after a wrapper's own options and words (``env A=b x``, ``gosu user x``, ``tini -- x``)."""
    own = _WRAPPERS[argv[0].rsplit("/", 1)[-1]]
    rest = list(argv[1:])
    while rest and (rest[0].startswith("-") or ("=" in rest[0] and argv[0].endswith("env"))):
        rest.pop(0)
    return tuple(rest[own:])


def _candidates(project: Project, word: str, cwd: Value) -> Iterator[str]:
    """Where the kernel or the shell looks for a program: execve(2), and PATH for a bare name."""
    search = project.trace.final.env.get("PATH", DEFAULT_PATH)
    folders = (search if isinstance(search, str) else DEFAULT_PATH).split(":")
    for place in [word] if "/" in word else [f"{folder or '.'}/{word}" for folder in folders]:
        path = known(absolute(place, cwd))
        if path is not None:
            yield path


def _absolute(project: Project, path: str) -> str | None:
    """The path as the started program means it; None where the working directory is open."""
    return known(absolute(path, project.trace.final.workdir))


def _product_at(project: Project, products: Iterable[Product], path: str) -> Used | None:
    """The product that lies at ``path`` after the last step, followed through copies, moves and links."""
    for product in reversed(tuple(products)):
        if product.is_folder:
            if path.startswith(product.path.rstrip("/") + "/"):
                return Used(product, path, path)
            continue
        places = project.files.places(product.path, product.step, product.index)
        if path in places and product.executable:
            return Used(product, path, path)
    return None


def _health(project: Project, findings: Findings, found: _Found) -> None:
    """What HEALTHCHECK starts in the running container is needed as well (Dockerfile reference, HEALTHCHECK)."""
    node = next((s.node for s in reversed(project.trace.steps) if s.node.keyword == "HEALTHCHECK"), None)
    check = healthcheck(node) if node is not None else None
    if node is None or check is None or check.kind != "CMD":
        return
    if check.argv is not None:
        _program(project, findings, check.argv, node.span, found)
        return
    found.needs[Need(NeedKind.SHELL, "/bin/sh", "HEALTHCHECK is in shell form")] = None
    commands, open_end = script_commands(check.text)
    if open_end:
        found.open_ends.append(Assumption("script-not-followed", f"HEALTHCHECK: {open_end}.", node.span))
    for argv in commands:
        _program(project, findings, argv, node.span, found)


def _plugins(project: Project, findings: Findings, found: _Found) -> None:
    """Shared libraries of the build that a program in use opens by name."""
    opened = {n.value for u in found.used.values() for n in u.product.needs if n.kind is NeedKind.PLUGIN}
    names = {value for value in opened if "/" not in value}
    for product in findings.products:
        if not product.shared or product.is_folder:
            continue
        places = project.files.places(product.path, product.step, product.index)
        # By path: where the program asks for it; by name: where it was put last.
        asked = [p for p in places if "*" in opened or _asked_by_path(project, opened, p)]
        asked = asked or [p for p in places[-1:] if p.rsplit("/", 1)[-1] in names]
        for place in asked:
            found.used.setdefault(place, Used(product, place, place))


def _asked_by_path(project: Project, opened: Iterable[str], place: str) -> bool:
    return any("/" in value and _absolute(project, value) == place for value in opened)


def _ran(project: Project, findings: Findings) -> Iterator[Ran]:
    """Every command of the stage with its effect."""
    for at, step in enumerate(project.trace.steps):
        if isinstance(step, Run):
            for index, command in enumerate(step.commands):
                build = (at, index) in findings.build_commands
                yield Ran(at, index, command, Nothing() if build else effect(command), build)


def _nothing_used(project: Project, findings: Findings, found: _Found) -> Declined | Unchanged:
    """Say why there is no program to move: a refusal where something was built, else nothing to gain."""
    if findings.not_followed:
        lost = findings.not_followed[0]
        return lost if lost.hint or lost.reason != "build-not-followed" else replace(lost, hint=HINT)
    word, span = found.missing[0] if found.missing else ("", project.trace.node.span)
    if findings.products:
        made = ", ".join(p.path for p in findings.products[:4])
        return Declined(
            "entry-not-built",
            f"The entry starts {word or 'a script'}, but what the build is known to make is {made}.",
            span,
            "Name the built program in CMD or ENTRYPOINT.",
        )
    for ran in _ran(project, findings):
        if ran.build:
            text = ran.command.span.of(project.dockerfile.text).split("\n", 1)[0][:60]
            return Declined("build-not-followed", f"What {text!r} makes was not found.", ran.command.span)
        if isinstance(ran.effect, Unfollowed) and not _downloads(ran):
            text = ran.command.span.of(project.dockerfile.text).split("\n", 1)[0][:60]
            return Declined(
                "unknown-toolchain",
                f"No toolchain knows what {text!r} builds.",
                ran.command.span,
                "imgslim toolchains lists what is understood.",
            )
    copied = any(isinstance(s, Copy) for s in project.trace.steps)
    what = "The steps install packages and copy files" if copied else "The steps install packages"
    return Unchanged("nothing-built", f"{what}; none of them builds a program from source.", span)


def _downloads(ran: Ran) -> bool:
    return ran.command.name in ("curl", "wget", "git", "tar", "unzip", "gunzip", "dpkg", "rpm")
