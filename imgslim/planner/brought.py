"""Brought: one program that a package brought, and whether it can leave its distribution."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import Access
from imgslim.meaning.shell_nested import SHELLS
from imgslim.model import NeedKind
from imgslim.planner.programs import ALONE
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.evidence import Contents, Observed
    from imgslim.model import Need
    from imgslim.text import Span

#: It opens the modules that /etc/pam.d names to let somebody in (pam(8)); those read what the distribution keeps.
_PAM = "libpam.so"
#: They read nothing but their libraries, and what they are told to.
_ALONE = ALONE | SHELLS | {"busybox"}


@dataclass(frozen=True, slots=True)
class Brought:
    """A program of a package that a step of the file installed."""

    built: Contents
    run: Observed | None
    #: Where it is looked for.
    path: str
    span: Span
    #: True where no word of the entry names it: scripts of the system start it.
    by_system: bool

    @property
    def real(self) -> str:
        """The program's own file."""
        return self.built.resolve(self.path) or self.path

    @property
    def name(self) -> str:
        """What it is called."""
        return posixpath.basename(self.path)

    @property
    def owner(self) -> str:
        """The package that holds it."""
        return self.built.owner(self.real)

    @property
    def source(self) -> str:
        """What that package is made from."""
        return self._sources.get(self.owner, self.owner)

    @property
    def packages(self) -> frozenset[str]:
        """All packages that are made from the same: what is split for installing is one program's."""
        own = self.source
        return frozenset(p for p, source in self._sources.items() if source == own) | {self.owner}

    @property
    def starter(self) -> str:
        """What starts it, for people."""
        return "scripts of the system start" if self.by_system else "the entry starts"

    @property
    def _sources(self) -> Mapping[str, str]:
        return self.built.packages.sources if self.built.packages is not None else {}


def is_installed(built: Contents, real: str) -> bool:
    """Tell whether a package holds a file that the base image did not have: an upgrade of the base is no install."""
    if not built.owner(real) or built.is_from_base(real):
        return False
    return not any(real in layer.changed for layer in built.layers[built.base_layers :])


def homebound(brought: Brought, needs: Iterable[Need]) -> str:
    """Why a program can't leave its distribution; "" where it can.

    What it does with the system another time no run and no text shows. ``needs`` is what its settings name.
    """
    built, path, run = brought.built, brought.path, brought.run
    elf = built.elf.get(brought.real)
    if elf is None:
        return f"{path} is a script of the package {brought.owner}"
    if any(name.startswith(_PAM) for name in elf.needed):
        return f"{path} lets users in by PAM, whose modules read what the distribution keeps"
    if built.entries[brought.real].has_capabilities:
        return f"{path} has capabilities of its own, which COPY does not keep"
    needs = tuple(needs)
    if (unread := next((n for n in needs if n.value == "*"), None)) is not None:
        return unread.why
    started = run.having(Access.EXECUTED) if run is not None else ()
    for other in (*started, *(n.value for n in needs if n.kind is NeedKind.COMMAND)):
        if (why := _too_much(brought, other)) and built.resolve(other) != brought.real:
            return why
    return f"scripts of the system start {brought.name}" if brought.by_system else ""


def _too_much(brought: Brought, path: str) -> str:
    """Why a program that is started, or may be, takes more of the system than its libraries; "" where not."""
    built = brought.built
    real = built.resolve(path) or ""
    owner, name = built.owner(real), posixpath.basename(path)
    if real in built.interpreters:
        return f"{path}, a script of the package {owner}, is started or may be" if owner else ""
    if not owner or owner in brought.packages or name in _ALONE or real not in built.elf:
        return ""
    return f"{path}, of the package {owner}, is started or may be: it may read more than its libraries"
