"""Started: follow what the entry starts, through scripts and wrappers, to the products of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.meaning.search import searched
from imgslim.meaning.starts import ANY, DONE_BY_SHELL, SHELLS, argv_starts
from imgslim.meaning.starts import inside as started_by
from imgslim.meaning.trace import Run
from imgslim.model import Application, Assumption, Need, NeedKind
from imgslim.planner.build import LOOKED_FOR, Used
from imgslim.planner.given import argument, is_around, names, of_system, whole_folder
from imgslim.planner.scripts import Script, read_script
from imgslim.planner.supervisors import supervised
from imgslim.records import dataclass, field, replace
from imgslim.syntax.simple_command import BUILTINS
from imgslim.toolchains import all_toolchains
from imgslim.toolchains.first_file import first_file
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.meaning.starts import Inside
    from imgslim.model import Declined, Findings, Product, Project
    from imgslim.syntax.shell_functions import Function
    from imgslim.text import Span
    from imgslim.values import Value


#: Builtins whose words are a text that the shell itself runs.
_OF_THE_SHELL = frozenset({"eval", "trap"})


@dataclass(slots=True)
class Found:
    """What following the entry has brought to light so far."""

    used: dict[str, Used] = field(default_factory=dict)
    #: What an interpreter runs.
    applications: dict[Application, None] = field(default_factory=dict)
    #: Why a started program, known as an application, can't be followed.
    declined: list[Declined] = field(default_factory=list)
    #: Scripts that the entry runs, and those that a program in use starts.
    scripts: dict[str, None] = field(default_factory=dict)
    helpers: dict[str, None] = field(default_factory=dict)
    #: Files and folders of the context that the entry names: the program gets them, were they compiled in or not.
    given: dict[str, None] = field(default_factory=dict)
    #: Files and folders that scripts make before they are asked for.
    written: dict[str | None, None] = field(default_factory=dict)
    #: Programs that are given the working directory as a whole, or one above it.
    wholes: list[Assumption] = field(default_factory=list)
    #: The helper that is being followed; "" for the entry.
    helper: str = ""
    needs: dict[Need, None] = field(default_factory=dict)
    open_ends: list[Assumption] = field(default_factory=list)
    missing: list[tuple[str, Span]] = field(default_factory=list)
    #: What is started and was followed no further, with its arguments.
    argvs: list[tuple[str, ...]] = field(default_factory=list)
    #: What a shell starts in the background.
    background: list[tuple[str, ...]] = field(default_factory=list)
    #: Where the next program starts: a shell's ``cd`` moves on from WORKDIR.
    cwd: Value = "/"
    #: Functions of the script that is being followed, and of files that it reads itself.
    own: Mapping[str, Function] = field(default_factory=dict)
    sourced: Mapping[str, Function] = field(default_factory=dict)
    #: True where what is being followed may not be started, or looked for in vain, and all goes well.
    in_branch: bool = False
    #: Programs that are started in any case.
    surely: set[str] = field(default_factory=set)
    #: Where each product of the build that was asked for lies at the end, by its number among all.
    places: dict[int, tuple[str, ...]] = field(default_factory=dict)


def program(project: Project, findings: Findings, argv: tuple[str, ...], span: Span, found: Found) -> None:
    """Follow one started program: a product, a script of the context, a wrapper, or another program."""
    if not argv:
        return
    word = argv[0]
    if (function := found.sourced.get(word)) is not None:
        _called(project, findings, function, argv, span, found)
        return
    if word == "cd" and len(argv) > 1 and is_around(project, absolute(argv[1], found.cwd)):
        found.cwd = absolute(argv[1], found.cwd)
        return
    for given in argv[1:]:
        argument(project, given, found)
    by = _what(project, span, found)
    of_system(project, argv, by, found)
    candidates = searched(project.trace.final, word, found.cwd)
    for path in candidates:
        if (used := _product_at(project, findings.products, path, found)) is not None:
            found.used.setdefault(used.wanted_at, used)
            found.open_ends += _elsewhere(project, used, found, span)
            _on_whole(project, argv, span, found)
            return
    if (looked_after := supervised(project, argv, span)) is not None:
        found.declined.append(looked_after)
        return
    if _application(project, argv, span, found):
        return
    _on_whole(project, argv, span, found)
    for path in candidates if first_file(project.files, candidates) is not None else ():
        script = read_script(project, path, argv[1:])
        if script is not None:
            if script.starts_arguments and len(argv) == 1 and project.trace.entry.cmd is None:
                why = f"{path} starts what docker run is given, and only what the entry itself starts comes along."
                found.open_ends.append(Assumption("run-arguments", why, span))
            _script(project, findings, script, span, found)
            if script.open_end:
                _handed(project, findings, argv[1:], span, found)
            return
    if (within := started_by(argv)) is not None:
        _within(project, findings, argv, within, span, found)
        return
    if word == "cd":
        found.cwd = absolute(argv[1], found.cwd) if len(argv) > 1 else Unknown("cd goes to HOME")
    if word in BUILTINS or word in DONE_BY_SHELL:
        return
    found.missing.append((word, span))
    found.argvs.append(argv)
    why = f"{by} starts {word}"
    found.needs[Need(NeedKind.COMMAND, word, why, argv)] = None
    if (found.scripts or found.helpers) and ANY in tuple(argv_starts(argv, ""))[1:]:
        found.needs[Need(NeedKind.COMMAND, ANY, f"{why} with files that were not read")] = None
    if not found.in_branch:
        found.surely.add(word)


def _called(  # noqa: PLR0917  (what program has, and the function)
    project: Project, findings: Findings, function: Function, argv: tuple[str, ...], span: Span, found: Found
) -> None:
    """Follow what a function is given to start; what its body starts stands where that is."""
    started, unclear = function.given(argv)
    if unclear:
        found.open_ends.append(Assumption("script-not-followed", f"{' '.join(argv)[:60]}: {unclear}.", span))
    program(project, findings, started, span, found)


def _on_whole(project: Project, argv: tuple[str, ...], span: Span, found: Found) -> None:
    """Note a program that is given the working directory as a whole: which of its files it reads nobody follows."""
    if (folder := whole_folder(project, argv, found.cwd)) is not None:
        why = f"{_what(project, span, found)} starts {argv[0]} on all of the folder {folder}."
        found.wholes.append(Assumption("computed-paths", why, span))


def _handed(project: Project, findings: Findings, words: tuple[str, ...], span: Span, found: Found) -> None:
    """Follow what a script is given to start that takes its words apart: from a program of the build on, as they stand.

    ``wait-for host:port -- ./app`` starts the words behind its own; where none of them is a program of the build, those
    from an interpreter on. It stands behind ``--`` where there is one (POSIX.1-2017, XBD 12.2): a host may be ``node``.
    """
    for rest in _rests(words):
        places = searched(project.trace.final, rest[0], found.cwd)
        if any(_product_at(project, findings.products, path, found) is not None for path in places):
            program(project, findings, rest, span, found)
            return
    behind = words[words.index("--") + 1 :] if "--" in words else words
    for rest in _rests(behind):
        if isinstance(_run_by(project, rest, found.cwd), Application):
            program(project, findings, rest, span, found)
            return


def _rests(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words from each on that is not computed."""
    return (words[at:] for at, word in enumerate(words) if word)


def _within(  # noqa: PLR0917  (what program has, and what is in it)
    project: Project, findings: Findings, argv: tuple[str, ...], within: Inside, span: Span, found: Found
) -> None:
    """Follow what a builtin or a wrapper starts; a wrapper is a program itself."""
    word = argv[0]
    if word not in BUILTINS and word not in DONE_BY_SHELL:
        kind = NeedKind.SHELL if word.rsplit("/", 1)[-1] in SHELLS else NeedKind.COMMAND
        found.needs[Need(kind, word, f"{_what(project, span, found)} starts {word}", argv)] = None
        found.surely |= set() if found.in_branch else {word}
    # Every shell has what it does itself, and what the script defined.
    for name in (n for n in within.asked if n and n not in BUILTINS | DONE_BY_SHELL and n not in found.own):
        why = f"{_what(project, span, found)} looks for {name}"
        found.needs.setdefault(Need(NeedKind.COMMAND, name, why, LOOKED_FOR))
    if within.open_end:
        found.open_ends.append(Assumption("script-not-followed", f"{' '.join(argv)[:60]}: {within.open_end}.", span))
    names(project, within.paths, _what(project, span, found), found)
    for words in within.commands:
        # An action of trap's, and what is evaluated, is the same shell's.
        if word in _OF_THE_SHELL and (function := found.own.get(words[0])) is not None:
            _called(project, findings, function, words, span, found)
        else:
            program(project, findings, words, span, found)
    for file in within.sourced:
        _sourced(project, findings, file, span, found)


def _sourced(project: Project, findings: Findings, file: str, span: Span, found: Found) -> None:
    """Follow a file that the shell reads itself: by path, or by PATH where the name holds no slash (POSIX, dot)."""
    for path in searched(project.trace.final, file, found.cwd):
        script = read_script(project, path, sourced=True)
        if script is not None:
            if path not in found.scripts and path not in found.helpers:
                found.needs[Need(NeedKind.FILE, path, f"a script reads {file}")] = None
                _followed(project, findings, script, span, found)
                found.sourced = {**found.sourced, **script.functions}
            return
    found.open_ends.append(
        Assumption("script-not-followed", f"A script runs what {file} holds, which was not read.", span)
    )


def _application(project: Project, argv: tuple[str, ...], span: Span, found: Found) -> bool:
    """Note what an interpreter runs; tell whether a toolchain knows the started words as such."""
    answer = _run_by(project, argv, found.cwd)
    if isinstance(answer, Application):
        found.applications[answer] = None
    elif answer is not None:
        # What is wrong with what is started stands where it is started, unless a toolchain knows a better place.
        place = span if answer.span == project.trace.node.span else answer.span
        found.declined.append(replace(answer, span=place))
    return answer is not None


def _run_by(project: Project, argv: tuple[str, ...], cwd: Value) -> Application | Declined | None:
    """What the first toolchain that knows the started words says of them."""
    whole = project.stages.inlined if project.stages is not None else None
    for toolchain in all_toolchains():
        answer = toolchain.runs(argv, cwd, whole or project)
        if isinstance(answer, Application) and project.stages is not None:
            from imgslim.planner.applied import in_last_stage  # noqa: PLC0415  (only for a file with several stages)

            here = toolchain.runs(argv, cwd, project) if whole is not None else None
            return in_last_stage(project, answer, here)
        if answer is not None:
            return answer
    return None


def started_by_programs(project: Project, findings: Findings, found: Found) -> None:
    """Follow what programs in use start: others of the build, and scripts of the context, with what both need."""
    seen: set[Need] = set()
    while todo := [n for n in _starting(found) if n not in seen]:
        for need in todo:
            seen.add(need)
            for path in searched(project.trace.final, need.value, found.cwd):
                if (inner := _product_at(project, findings.products, path, found)) is not None:
                    found.used.setdefault(path, inner)
                elif (script := _helper(project, path)) is not None:
                    found.helper = path
                    _script(project, findings, script, project.trace.node.span, found)
                    found.helper = ""
                    break
    if any(need.value == ANY for need in _needs(found, NeedKind.COMMAND)):
        for product in findings.products:
            places = project.files.places(product.path, product.step, product.index)
            if product.executable and not product.is_folder and places and _stays(project, product, places[-1]):
                # Any program of the build may be the one that is meant.
                found.used.setdefault(places[-1], Used(product, places[-1], places[-1]))
    for need in tuple(_needs(found, NeedKind.LINE)):
        from imgslim.planner.lines import read_line  # noqa: PLC0415  (only where a program starts others by lines)

        read_line(project, need, found)


def _starting(found: Found) -> Iterator[Need]:
    """What the programs in use are known to start."""
    return (need for need in _needs(found, NeedKind.COMMAND) if need.value != "*")


def _needs(found: Found, kind: NeedKind) -> Iterator[Need]:
    """What the programs in use need of a kind."""
    each = (*(u.product.needs for u in found.used.values()), *(a.needs for a in found.applications))
    return (need for needs in each for need in needs if need.kind is kind)


def _helper(project: Project, path: str) -> Script | None:
    """A script of the context that a program starts: the kernel knows it by its first line, a shell by its words."""
    script = read_script(project, path)
    data = project.files.read(path) if script is not None else None
    return script if data is not None and (data.startswith(b"#!") or path.endswith(".sh")) else None


def _elsewhere(project: Project, used: Used, found: Found, span: Span) -> Iterator[Assumption]:
    """What a program names relative to its folder was looked for in WORKDIR, where it does not start."""
    cwd = found.cwd
    if cwd != project.trace.final.workdir:
        where = f"in {cwd}" if isinstance(cwd, str) else "in a folder that is not known"
        starts = f"{_what(project, span, found)} starts {used.wanted_at} {where}"
        why = f"{starts}: which files its names mean was not followed."
        yield Assumption("computed-paths", why, span)


def _what(project: Project, span: Span, found: Found) -> str:
    """What starts a program, to name it: a helper, or the instruction that ``span`` lies in."""
    if found.helper:
        return found.helper
    # Mostly an entry, which stands last.
    node = next((s.node for s in reversed(project.trace.steps) if s.node.span.holds(span)), None)
    return node.keyword if node is not None else "the entry"


def _script(project: Project, findings: Findings, script: Script, span: Span, found: Found) -> None:
    if script.path in found.scripts or script.path in found.helpers:
        return
    why = f"{script.path} is a script for {script.interpreter}"
    found.needs[Need(NeedKind.SHELL, script.interpreter, why)] = None
    if script.by:
        found.needs[Need(NeedKind.COMMAND, script.by, f"{why}, which {script.by} looks up")] = None
    callers, found.own, found.sourced = (found.own, found.sourced), script.functions, {}
    _followed(project, findings, script, span, found)
    found.own, found.sourced = callers


def _followed(project: Project, findings: Findings, script: Script, span: Span, found: Found) -> None:
    """Follow what a script's text starts."""
    (found.helpers if found.helper else found.scripts)[script.path] = None
    if script.open_end:
        found.open_ends.append(Assumption("script-not-followed", f"{script.path}: {script.open_end}.", span))
    if found.helper and script.interpreter.rsplit("/", 1)[-1] not in SHELLS:
        found.needs[Need(NeedKind.COMMAND, ANY, f"{script.path} is a script for {script.interpreter}")] = None
    caller = found.cwd
    found.background += script.background
    names(project, script.paths, script.path, found)
    in_branch = found.in_branch
    for argv in script.commands:
        found.in_branch = in_branch or argv in script.perhaps
        program(project, findings, argv, span, found)
    found.cwd, found.in_branch = caller, in_branch


def _product_at(project: Project, products: Sequence[Product], path: str, found: Found) -> Used | None:
    """The product that lies at ``path`` after the last step, followed through copies, moves and links."""
    for number in range(len(products) - 1, -1, -1):
        product = products[number]
        if product.is_folder:
            if path.startswith(product.path.rstrip("/") + "/"):
                return Used(product, path, path)
            continue
        places = found.places.get(number)
        if places is None:
            places = found.places[number] = project.files.places(product.path, product.step, product.index)
        if path in places and product.executable and _stays(project, product, path):
            return Used(product, path, path)
    return None


def _stays(project: Project, product: Product, path: str) -> bool:
    """Tell whether the step that makes the program leaves it: what lies in a mount is gone (RUN --mount)."""
    step = project.trace.steps[product.step] if product.step < len(project.trace.steps) else None
    if path != product.path or not isinstance(step, Run):
        return True
    targets = (m.get("target") or m.get("dst") or m.get("destination") for m in step.mounts)
    folders = (absolute(t, step.scope.workdir) for t in targets if t)
    return not any(isinstance(f, str) and inside(path, f) for f in folders)
