"""Strip: take the symbols from compiled programs, where that was asked for (strip(1))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.search import searched
from imgslim.model import Line
from imgslim.planner.assemble import quote
from imgslim.planner.look import is_there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Product, Project
    from imgslim.planner.build import Build

#: Compilers that link with the system's own binutils, which hold strip.
_LINK_WITH_BINUTILS = ("c", "rust")

#: What it costs, for people.
PRICE = (
    "Stripped programs print traces without names of functions, and debuggers and profilers show addresses alone; what "
    "they do stays the same."
)


def stripped(project: Project, build: Build) -> tuple[str, ...]:
    """The programs in use that are stripped; none where it was not asked for, or where the builder has no strip."""
    if not project.strip:
        return ()
    there = _there(project)
    made = {a.runtime.program for a in build.applications if a.runtime is not None}
    programs = (u for u in build.used if u.product.executable and not u.product.is_folder and u.path not in made)
    return tuple(u.path for u in programs if (_expected(project, u.product) if there is None else there))


def _there(project: Project) -> bool | None:
    """Tell whether the built image has the command; None where nobody looked."""
    final = project.trace.final
    found = [is_there(project, place) for place in searched(final, "strip", final.workdir)]
    return None if None in found else any(found)


def _expected(project: Project, product: Product) -> bool:
    """Tell whether a builder that nobody looked into has it: interpreters come with slim images, which lack it."""
    if product.toolchain in _LINK_WITH_BINUTILS:
        return True
    # Go links by itself; only golang's Debian images bring a C compiler along (docker-library/golang).
    return product.toolchain == "go" and not (
        isinstance(project.base, ImageFacts) and project.base.package_manager == "apk"
    )


def strip_lines(programs: tuple[str, ...], user: str) -> Iterator[Line]:
    """The step of the build stage that does it, as root: the programs may be anybody's."""
    if not programs:
        return
    if user not in ("", "root", "0"):
        yield Line("USER root")
    yield Line(f"RUN strip {' '.join(map(quote, programs))}", "Symbols serve debuggers and traces alone")
