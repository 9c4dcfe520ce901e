"""What the scripts of a package.json start, where a manager stays in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.starts import ANY, DONE_BY_SHELL, argv_starts
from imgslim.model import NeedKind
from imgslim.syntax.shell import script_commands
from imgslim.syntax.simple_command import BUILTINS
from imgslim.toolchains.node.managers import MANAGERS, read_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.gathered import Gathered
    from imgslim.toolchains.node.managers import Call
    from imgslim.toolchains.node.packages import Package, Packages

#: What comes with node, and what a shell does by itself.
_NO_PROGRAMS = frozenset({"node", "nodejs"}) | MANAGERS | BUILTINS | DONE_BY_SHELL
_BINS = "node_modules/.bin/"


def scripts_need(packages: Packages, package: Package, call: Call, found: Gathered) -> None:
    """Add the programs that ``npm start`` and its like start beside node, managers and what packages bring.

    Of a plain name in a package whose dependencies list no programs, nobody knows whether one of them has it: those
    are left to what is said of unread packages.
    """
    lock = packages.lock(packages.root(package).folder)
    listed = lock.programs if lock is not None else None
    own = package.manifest.dependencies | package.manifest.development
    for script, name in _started(package, call):
        why = f"the script {script!r} of package.json starts {name}"
        if name == ANY:
            found.need(NeedKind.COMMAND, ANY, f"the script {script!r} of package.json starts something by a variable")
        elif "/" in name:
            if _BINS not in name:
                found.need(NeedKind.COMMAND, name, why)
        elif (not own or listed is not None) and name not in {*_NO_PROGRAMS, *own, *(listed or ())}:
            found.need(NeedKind.COMMAND, name, why)


def _started(package: Package, call: Call) -> Iterator[tuple[str, str]]:
    """The name of each script that runs, with each program that it starts."""
    scripts = package.manifest.scripts
    left = list(call.operands[:1]) if call.verb == "run" else []
    seen: set[str] = set()
    while left:
        name = left.pop()
        for one in (f"pre{name}", name, f"post{name}"):
            if one in seen or one not in scripts:
                continue
            seen.add(one)
            commands, open_end = script_commands(scripts[one])
            for argv in commands:
                inner = read_call(argv)
                if inner is not None and inner.verb == "run":
                    left += inner.operands[:1]
                elif inner is None:
                    yield from ((one, started) for started in argv_starts(argv, "node"))
            if open_end:
                yield one, ANY
