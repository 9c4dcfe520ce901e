"""What the planner knows of a build once it is recognised, and what it decides to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.planner.commands import NOTHING, effect
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.edits import Edit
    from imgslim.meaning.trace import Command
    from imgslim.model import Application, Assumption, Findings, Need, Product, Project
    from imgslim.planner.assemble import Staged
    from imgslim.planner.commands import Effect
    from imgslim.planner.entry import EntryPlan
    from imgslim.planner.installs import Installed


#: The toolchain of a program that a package brought.
PACKAGED = "package"
#: Stands for the arguments of a program that a script looks for and does not start there.
LOOKED_FOR = ("command", "-v")


@numerous
@dataclass(frozen=True, slots=True)
class Used:
    """A build product that the running image needs."""

    product: Product
    #: Where it lies in the builder after the last step.
    path: str
    #: Where the running image looks for it.
    wanted_at: str


@numerous
@dataclass(frozen=True, slots=True)
class Ran:
    """One command of the build with what it leaves behind."""

    step: int
    index: int
    command: Command
    effect: Effect
    #: True where a toolchain knows that it only serves the build.
    build: bool


def ran_in(project: Project, findings: Findings) -> Iterator[Ran]:
    """Every command of the stage with its effect."""
    for at, index, command in project.trace.commands():
        build = (at, index) in findings.build_commands
        yield Ran(at, index, command, NOTHING if build else effect(command), build)


@numerous
@dataclass(frozen=True, slots=True)
class Build:
    """The recognised build: products in use, what they need, what else the steps did."""

    toolchain: str
    entry: EntryPlan
    used: tuple[Used, ...]
    #: Entry scripts from the context, by their path in the image.
    scripts: tuple[str, ...]
    needs: tuple[Need, ...]
    ran: tuple[Ran, ...]
    #: Why the programs may need more than ``needs`` says; empty where every source was read and every name is literal.
    open_ends: tuple[Assumption, ...]
    #: Context paths that the build consumes.
    consumed: frozenset[str]
    notes: tuple[str, ...] = ()
    #: What an interpreter of the base image runs.
    applications: tuple[Application, ...] = ()
    #: Scripts from the context that programs in use start, by their path in the image.
    helpers: tuple[str, ...] = ()
    #: Files and folders of the context that the entry names, by their path in the image.
    given: tuple[str, ...] = ()
    #: Programs that scripts start or look for where all may go well without them.
    perhaps: frozenset[str] = frozenset()

    @property
    def packaged(self) -> bool:
        """True where packages brought the programs: then all that steps made besides goes along by its place."""
        return any(a.toolchain == PACKAGED for a in self.applications)

    def needing(self, *kinds: str) -> tuple[Need, ...]:
        """The needs of these kinds."""
        return tuple([n for n in self.needs if n.kind in kinds]) if self.needs else ()


@numerous
@dataclass(frozen=True, slots=True)
class Taken:
    """A file or folder that goes from the builder to the runtime stage."""

    source: str
    destination: str
    #: ``--chown`` where the folder's own entry had an owner.
    chown: str = ""
    #: Stands above the line as a comment; "" where the line speaks for itself.
    why: str = ""


@numerous
@dataclass(frozen=True, slots=True)
class Linked:
    """How the programs find their libraries on one target."""

    edits: tuple[Edit, ...] = ()
    #: Debian packages that the builder must install for it.
    packages: tuple[str, ...] = ()
    #: Programs whose libraries and loader are gathered (builder paths); empty: nothing is.
    closure: tuple[str, ...] = ()
    #: True: with loader and C library; False: only what the target lacks.
    whole: bool = False
    #: True where the builder's loader finds libraries through a cache: glibc.
    cached: bool = False
    #: True where the C library opens modules for names and users that ldd does not show.
    name_service: bool = False
    #: Folders whose shared libraries are linked with others of the system: patterns as a shell takes them.
    trees: tuple[str, ...] = ()
    #: How libraries in the trees are named.
    natives: tuple[str, ...] = ("*.so*",)
    #: Names in them that are left out.
    without: tuple[str, ...] = ()
    #: True where the builder's shell is bash, and find may not be there.
    by_shell: bool = False
    #: Names of libraries that the target is known to have.
    given: tuple[str, ...] = ()
    #: Libraries that a program opens by name (``libz.so.1``) and that the loader's own look-up finds.
    opened: tuple[str, ...] = ()
    #: Libraries of the build that are laid out like those of the system, for the loader to find them by name.
    laid: tuple[str, ...] = ()
    #: The running image's LD_LIBRARY_PATH, where the build stage's last step has another.
    search: str = ""
    #: Builder paths that must be static, proven by the build.
    gates: tuple[str, ...] = ()
    #: True where ldd may say that a program is static.
    maybe_static: bool = False
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()


@numerous
@dataclass(frozen=True, slots=True)
class Held:
    """What goes along of the builder's system."""

    taken: tuple[Taken, ...] = ()
    staged: tuple[Staged, ...] = ()
    #: Packages that a target of the same family installs instead.
    packages: tuple[Installed, ...] = ()
    #: Every path that is seen to by this.
    settled: frozenset[str] = frozenset()
