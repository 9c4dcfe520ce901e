"""Find what a project's cargo and rustc commands build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.model import Declined, Findings
from imgslim.toolchains.rust.invocation import named, read_invocation
from imgslim.toolchains.rust.site import Site, Unsettled

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Product, Project

#: Verbs that leave a program where the project's own rules say.
_BUILDS = ("build", "rustc", "install")
#: Verbs that leave nothing that runs: they check, test, fetch, lock, or cook dependencies.
_QUIET = frozenset(
    """
    add bench check chef clean clippy config deny doc fetch fix fmt generate-lockfile help init locate-project login
    metadata nextest new outdated package pkgid remove report search test tree udeps uninstall update vendor
    verify-project version audit run
    """.split()
)


def find(project: Project) -> Findings:
    """Find the products of every cargo and rustc command, in build order."""
    search = _Search(project)
    for at, index, command in project.trace.commands():
        search.command(at, index, command)
    return Findings(tuple(search.products), frozenset(search.build), tuple(search.not_followed))


class _Search:
    """What was found so far."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.products: list[Product] = []
        self.build: set[tuple[int, int]] = set()
        self.not_followed: list[Declined] = []

    def command(self, step: int, index: int, command: Command) -> None:
        """Look at one command of the build."""
        inner = unwrap(command)
        if not inner.words:
            return
        first = inner.words[0].value
        site = Site(self.project, inner, step, index, command)
        if named(first, "cargo"):
            self.build.add((step, index))
            self._cargo(site)
        elif named(first, "rustc"):
            self.build.add((step, index))
            from imgslim.toolchains.rust.alone import compiled  # noqa: PLC0415 (seldom: cargo calls it)

            self._take(site, compiled(site, self.project.trace.steps[step].scope))
        elif named(first, "rustup"):
            self.build.add((step, index))
        elif named(first, "cross"):
            self.build.add((step, index))
            self._decline(command, "cross builds in containers of its own")

    def _cargo(self, site: Site) -> None:
        call = read_invocation(site.command)
        if call is None or (not call.verb and not call.unsettled) or call.verb in _QUIET:
            return
        if call.unsettled:
            self._decline(site.shown, call.unsettled)
        elif call.verb not in _BUILDS:
            self._decline(site.shown, f"cargo {call.verb} is not known")
        else:
            # What reads sources is most of this toolchain; a cargo that only fetches does not need it.
            from imgslim.toolchains.rust.programs import programs  # noqa: PLC0415

            self._take(site, programs(site, call, self.project.trace.steps[site.step].scope))

    def _take(self, site: Site, found: list[Product] | Unsettled) -> None:
        if isinstance(found, Unsettled):
            self._decline(site.shown, found.why)
        else:
            self.products += found

    def _decline(self, command: Command, why: str) -> None:
        text = command.span.head(self.project.dockerfile.text)
        message = f"What {text!r} builds was not followed: {why}."
        self.not_followed.append(Declined("build-not-followed", message, command.span))
