"""Find what a project's go commands build."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.model import Declined, Findings
from imgslim.toolchains.golang.builder import first_install
from imgslim.toolchains.golang.invocation import is_go, read_invocation
from imgslim.toolchains.golang.makefiles import go_commands
from imgslim.toolchains.golang.settings import settings
from imgslim.toolchains.golang.site import Site, Unsettled
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Product, Project
    from imgslim.toolchains.golang.invocation import Invocation
    from imgslim.toolchains.golang.settings import Settings
    from imgslim.values import Value

#: ``go get`` builds and installs nothing from Go 1.18 on (its release notes).
_GET_LAST = 17


def find(project: Project) -> Findings:
    """Find the products of every go command, in build order."""
    search = _Search(project)
    for at, index, command in project.trace.commands():
        search.command(at, index, command)
    return Findings(tuple(search.products), frozenset(search.build), tuple(search.not_followed))


class _Search:
    """What was found so far, and what earlier commands changed for later ones."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.products: list[Product] = []
        self.build: set[tuple[int, int]] = set()
        self.not_followed: list[Declined] = []
        #: ``go env -w``.
        self.written: dict[str, Value] = {}
        #: ``go mod init``: module path by folder.
        self.started: dict[str, str] = {}

    @cached_property
    def installed(self) -> int | None:
        """Where a C compiler is installed first; a build without go does not ask."""
        return first_install(self.project)

    def command(self, step: int, index: int, command: Command) -> None:
        """Look at one command of the build."""
        inner = unwrap(command)
        if is_go(inner.name):
            self.build.add((step, index))
            self._go(Site(self.project, inner, step, index, command, self.installed))
        elif inner.name == "make":
            self._make(step, index, inner, command)

    def _make(self, step: int, index: int, command: Command, shown: Command) -> None:
        """Follow the literal go lines of a Makefile's goal."""
        found = go_commands(self.project, step, index, command)
        if found is None:
            return
        self.build.add((step, index))
        if isinstance(found, Unsettled):
            self._decline(shown, found.why)
            return
        for line in found:
            self._go(Site(self.project, line, step, index, shown, self.installed))

    def _go(self, site: Site) -> None:
        command = site.command
        given, call = self._read(command, site.step)
        if call is None or call.verb not in ("build", "install", "get", "mod", "env"):
            return
        if call.unsettled:
            if call.verb != "mod":
                self._decline(site.shown, call.unsettled)
            return
        if call.verb in ("mod", "env"):
            self._note(call, command)
        elif self._makes_programs(call, given):
            # What reads sources is most of this toolchain; a make that starts no go does not need it.
            from imgslim.toolchains.golang.programs import programs  # noqa: PLC0415

            found = programs(site, call, given, self.started)
            if isinstance(found, Unsettled):
                self._decline(site.shown, found.why)
            else:
                self.products += found

    def _read(self, command: Command, step: int) -> tuple[Settings, Invocation | None]:
        trace = self.project.trace
        given = settings(command, self.written, trace.steps[step].scope, trace.base)
        return given, read_invocation(command, given.flags)

    def _makes_programs(self, call: Invocation, given: Settings) -> bool:
        if call.flag("n") == "true":
            return False
        if call.verb != "get":
            return True
        minor = given.minor
        return call.flag("d") != "true" and minor is not None and minor <= _GET_LAST

    def _note(self, call: Invocation, command: Command) -> None:
        words = [w.value for w in call.arguments]
        if call.verb == "mod" and words[:1] == ["init"] and isinstance(command.cwd, str):
            names = [w for w in words[1:] if isinstance(w, str) and not w.startswith("-")]
            if names:
                self.started[command.cwd] = names[0]
        elif call.verb == "env" and call.flag("w") is not None:
            for word in words:
                if isinstance(word, Unknown):
                    continue
                name, equals, value = word.partition("=")
                if equals:
                    self.written[name] = value

    def _decline(self, command: Command, why: str) -> None:
        text = command.span.head(self.project.dockerfile.text)
        message = f"What {text!r} builds was not followed: {why}."
        self.not_followed.append(Declined("build-not-followed", message, command.span))
