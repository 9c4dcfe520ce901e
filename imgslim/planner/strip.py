"""Strip: take the symbols from compiled programs, where that was asked for (strip(1))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Line
from imgslim.planner.assemble import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
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
    base = project.base
    # Go links by itself; only golang's Debian images bring a C compiler along (docker-library/golang).
    lacking = isinstance(base, ImageFacts) and base.package_manager == "apk"
    programs = (u for u in build.used if u.product.executable and not u.product.is_folder)
    return tuple(u.path for u in programs if u.product.toolchain in _LINK_WITH_BINUTILS or not lacking)


def strip_lines(programs: tuple[str, ...], user: str) -> Iterator[Line]:
    """The step of the build stage that does it, as root: the programs may be anybody's."""
    if not programs:
        return
    if user not in ("", "root", "0"):
        yield Line("USER root")
    yield Line(f"RUN strip {' '.join(map(quote, programs))}", "Symbols serve debuggers and traces alone")
