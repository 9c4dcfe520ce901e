"""The nouns of planning: what was built, what it needs, what a target offers, what is done about it."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol

from imgslim.evidence import Evidence
from imgslim.records import dataclass, field, numerous

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.context import BuildContext
    from imgslim.edits import Edit
    from imgslim.images import ImageFacts, Libc, UnknownImage
    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import BuildTrace, Command
    from imgslim.syntax.nodes import Dockerfile
    from imgslim.text import Span
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value


@dataclass(frozen=True, slots=True)
class Stages:
    """Where the planned stage stands in a file with several: it is the last one."""

    #: Index of its FROM in ``dockerfile.instructions``: what stands before it stays.
    first: int
    #: How many of ``trace.steps`` are those of stages below it (``FROM stage``).
    below: int
    #: The number of all stages.
    count: int
    #: The other stages that it is made of.
    others: tuple[BuildTrace, ...] = ()
    #: The stage as if those were its own first steps, where all that it copies from them keeps its path.
    inlined: Project | None = None


@numerous
@dataclass(frozen=True, slots=True)
class Project:
    """Everything that reading gives: the file, its meaning, the context, the base image's facts."""

    dockerfile: Dockerfile
    trace: BuildTrace
    context: BuildContext
    #: The file system as the steps are known to leave it.
    files: Files
    base: ImageFacts | UnknownImage
    #: What others ask of the image (see ``Options.uses``).
    uses: tuple[Need, ...] = ()
    #: What an engine showed of the image that this file builds.
    evidence: Evidence = Evidence()
    #: Whether programs that the build compiles are to lose their symbols.
    strip: bool = False
    #: None: the file has one stage.
    stages: Stages | None = None
    #: The last stage, where this is one before it: there the programs run that are built here.
    last: Project | None = None

    @property
    def image(self) -> Project:
        """The stage whose image the programs run in."""
        return self.last or self


# --- what was built -----------------------------------------------------------------------------------------


class Linkage(Enum):
    """How an executable finds its libraries."""

    STATIC = "static"
    DYNAMIC = "dynamic"
    #: The build system decides and reading could not follow it.
    UNKNOWN = "unknown"


class NeedKind(StrEnum):
    """What a program asks of the image that it runs in."""

    #: A shared library, by its linker name (``ssl`` for ``-lssl``) or its path.
    LIBRARY = "library"
    #: A shared library opened at run time: dlopen of a name or path.
    PLUGIN = "plugin"
    #: Another program that it starts: a name looked up on PATH, or a path.
    COMMAND = "command"
    #: The words that it starts another with, in ``argv``: they may name files; ``COMMAND`` says which program that is.
    LINE = "line"
    #: ``/bin/sh``: system(), popen(), a script's interpreter, a shell-form entry.
    SHELL = "shell"
    #: A trust store for outgoing TLS.
    CERTIFICATES = "certificates"
    #: /usr/share/zoneinfo.
    TIME_ZONES = "time-zones"
    #: A table of media types by the end of a file's name: /etc/mime.types.
    MEDIA_TYPES = "media-types"
    #: Host names: nsswitch.conf; ``services`` where ports or protocols are looked up by name or number, too.
    NAME_SERVICE = "name-service"
    #: Look-ups of users or groups by name or number; ``home`` where only the home folder is asked for, by HOME.
    USERS = "users"
    #: A locale other than C.
    LOCALE = "locale"
    #: Character set converters (iconv).
    GCONV = "gconv"
    #: Terminal descriptions.
    TERMINFO = "terminfo"
    #: A file or folder of the image, by absolute path.
    FILE = "file"
    #: A path where packages put files, which its sources name in a literal, whatever for.
    NAMED = "named"
    #: A writable /tmp.
    TMP = "tmp"


@numerous
@dataclass(frozen=True, slots=True)
class Need:
    """One thing a program needs when it runs, and how we know."""

    kind: NeedKind
    value: str
    #: For people: ``src/main.c:12 calls getaddrinfo``.
    why: str
    #: How a command is started, "" for a word that is not literal; empty where that is not known.
    argv: tuple[str, ...] = ()


@numerous
@dataclass(frozen=True, slots=True)
class Assumption:
    """Something a plan rests on that the evidence does not settle."""

    reason: str
    message: str
    span: Span | None = None
    #: False where the run of the original showed nothing of it: a run of the rewritten image shows no more.
    shown_by_run: bool = True
    #: True where it is about how others start the image: no run of the image by itself shows that.
    by_others: bool = False


@numerous
@dataclass(frozen=True, slots=True)
class Way:
    """Another way to link a product than the one that the file asks for."""

    linkage: Linkage
    libc: Libc
    #: In the file's text; they touch only the build commands of the product.
    edits: tuple[Edit, ...]
    #: Debian packages the builder lacks for it (``musl-tools``), installed in a step of their own before the build.
    packages: tuple[str, ...] = ()
    #: True where the flag travels through a build system: the build itself must then check its result.
    gate: bool = False
    assumptions: tuple[Assumption, ...] = ()
    #: For people: why it is sound.
    why: str = ""


@numerous
@dataclass(frozen=True, slots=True)
class Product:
    """What one build command leaves behind."""

    toolchain: str
    #: Absolute path right after the command; for a folder of outputs with names that reading can't settle: the folder.
    path: str
    #: True where ``path`` is such a folder.
    is_folder: bool
    command: Command
    #: The command's place: index into ``trace.steps`` and into that Run's ``commands``.
    step: int
    index: int
    #: executable, shared library, or other file.
    executable: bool
    shared: bool
    linkage: Linkage
    #: None: not settled.
    libc: Libc | None
    needs: tuple[Need, ...]
    #: False where ``needs`` of kind LIBRARY may be more than listed.
    libraries_known: bool
    #: The other ways to link it, best first.
    ways: tuple[Way, ...] = ()
    #: Why there is no static way, for people; "" where there is one.
    not_static: str = ""
    #: Context files (context paths) that were compiled in or only steer the build; never carried on a guess.
    sources: tuple[str, ...] = ()
    #: Linker names of what is linked in from archives: no library has to be there, but what it opens has.
    archives: tuple[str, ...] = ()
    #: Files or folders that the program's sources name in a literal and that exist in the image, as absolute paths.
    mentions: tuple[Need, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    #: True for a program whose sources, all of them read, never look at the words that it is started with.
    ignores_arguments: bool = False


@numerous
@dataclass(frozen=True, slots=True)
class Declined:
    """Understood and refused; the file is left alone."""

    reason: str
    message: str
    span: Span | None = None
    #: What the user can do.
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There is nothing to gain."""

    reason: str
    message: str
    span: Span | None = None
    #: What may show more; "" where nothing will.
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder or file that goes along whole: what it holds, an installer or the author put there."""

    #: Absolute, as of right after the last step; a part that no tag settles is a pattern (``/usr/lib/python3.*``).
    path: str
    #: For people: ``what pip install put there``; "" where the path speaks for itself.
    why: str
    #: False where no shared libraries lie in it.
    native: bool = True
    #: Names (patterns) of modules whose libraries are left out: the slim image of the family lacks those, too.
    without: tuple[str, ...] = ()
    #: True where it is a symbolic link that goes along as one: of a source that is a link, COPY takes what it leads to.
    link: bool = False


@dataclass(frozen=True, slots=True)
class Preparation:
    """A step at the end of the build, as root and in the last WORKDIR, before anything is copied from it."""

    #: Commands of a POSIX shell, one a line.
    shell: str
    why: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """An interpreter of the application's own, which the build stage makes for targets that have none."""

    preparation: Preparation
    #: Where the program lies then.
    program: str
    #: The program with its library.
    tree: Tree
    #: Other paths that the program is started by, as links to it.
    links: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """Files that an interpreter or run-time of the base image runs: Python, Node, Ruby, Java."""

    toolchain: str
    #: The program that the target has to have, by name or path: ``python3``, ``/usr/bin/node``.
    interpreter: str
    #: For people: what starts it.
    why: str
    #: What goes along to any target.
    trees: tuple[Tree, ...]
    #: What goes along besides where the interpreter itself has to: its standard library; empty where that is inside the
    #: program, None where it is not known: then the interpreter does not go along.
    library: tuple[Tree, ...] | None = ()
    #: What the builder does to that library first.
    prepared: tuple[Preparation, ...] = ()
    #: True where shared libraries may lie in the trees that are linked with others of the system.
    native: bool = True
    #: How such libraries are named.
    natives: tuple[str, ...] = ("*.so*",)
    needs: tuple[Need, ...] = ()
    #: Packages of the distribution that hold the interpreter and what else of it runs: installed by the author.
    packages: tuple[str, ...] = ()
    preparations: tuple[Preparation, ...] = ()
    #: How the author's commands install them, and what they take away of it afterwards, as the shell is given it; empty
    #: where no command of the original says how.
    options: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    #: Packages beside them that only the build used.
    dropped: tuple[str, ...] = ()
    #: Why it can't leave its distribution, for people; "" where it can.
    homebound: str = ""
    #: What takes the interpreter's place on a target without it; None: the interpreter itself goes along.
    runtime: Runtime | None = None
    #: Why slim members of the family don't do where the builder is none: libraries of the system; "" where they do.
    whole: str = ""
    #: Variables that what starts it reads, beside those that its interpreter does.
    variables: frozenset[str] = frozenset()
    #: True where all of it is known to take encoding and language alone from the locale: no order, no dates.
    encoding_alone: bool = False
    #: Context files (context paths) that only serve the build; never carried on a guess.
    sources: tuple[str, ...] = ()
    #: Programs, by name, that installers surely put where the trees are: for what others start in the image.
    programs: frozenset[str] = frozenset()
    assumptions: tuple[Assumption, ...] = ()
    #: The command that installed it; None where there was nothing to install.
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class EntryWords:
    """An entry that starts the same program by other words: ``npm start`` that only says ``node server.js``."""

    argv: tuple[str, ...]
    #: For people: why it is the same.
    why: str
    assumptions: tuple[Assumption, ...] = ()
    #: The instruction that the builder gets, where what is started has to be made first; else "".
    run_line: str = ""


@dataclass(frozen=True, slots=True)
class EntryBuild:
    """A build step that takes the place of an entry that compiles first (``go run``)."""

    #: The instruction that the builder gets.
    run_line: str
    #: Where the program lies then.
    path: str
    #: What starts it, arguments included.
    argv: tuple[str, ...]
    #: As of right after the last step; ``step`` is one past it.
    product: Product


@numerous
@dataclass(frozen=True, slots=True)
class Findings:
    """What one toolchain found in a project."""

    #: In build order; empty where no command is this toolchain's.
    products: tuple[Product, ...]
    #: ``(step, index)`` of every command that only serves the build (compilers, ``go mod download``, ``make clean``).
    build_commands: frozenset[tuple[int, int]]
    #: Build commands that it knows as its own but could not follow.
    not_followed: tuple[Declined, ...] = ()
    #: Where the entry itself compiles, or says by a detour what it starts: what to do instead.
    entry: EntryBuild | EntryWords | None = None


class Toolchain(Protocol):
    """One build toolchain; a module in ``imgslim/toolchains`` has one as ``TOOLCHAIN``."""

    name: str
    #: One line for ``imgslim toolchains``.
    summary: str

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:
        """Tell, from the commands alone, whether one may be this toolchain's: a cheap prefilter.

        Args:
            commands: every command of the build.
            names: :func:`imgslim.toolchains.first_names` of them.
        """
        ...

    def find(self, project: Project) -> Findings:
        """Find what the project's commands build."""
        ...

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | EntryWords | None:
        """Tell what an entry builds that compiles before it runs, or what it starts by a detour; None for any other."""
        ...

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
        """Tell which application is started by ``argv`` in the folder ``cwd``.

        Asked for each program that the entry, its scripts or HEALTHCHECK start and that no build command made.
        None where it is not this toolchain's; a refusal where it is and can't be followed.
        """
        ...


# --- where it goes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuntimeTarget:
    """An image that a program can be moved onto."""

    #: The name on the command line: ``scratch``, ``busybox:glibc``, ``debian-slim`` …
    name: str
    #: What stands after FROM.
    reference: str
    #: None for scratch.
    facts: ImageFacts | None
    #: True where the target is the small member of the builder's own family and release.
    same_family: bool = False


# --- what is done -------------------------------------------------------------------------------------------


class Applicability(IntEnum):
    """How far a rewrite may be applied without a person's look; ordered."""

    DISPLAY = 0
    UNSAFE = 1
    SAFE = 2


class Disposition(StrEnum):
    """What becomes of one command of the original."""

    BUILD = "build"
    RUNTIME = "runtime"
    BOTH = "both"
    REPLACED = "replaced"
    DROPPED = "dropped"


@numerous
@dataclass(frozen=True, slots=True)
class Line:
    """One instruction of the runtime stage, with the reason that stands above it as a comment where it is not plain."""

    text: str
    comment: str = ""
    #: True where a blank line parts it from the line above, as it did in the original.
    blank: bool = False


@dataclass(frozen=True, slots=True)
class InPlace:
    """What changes in the last stage of a file, beside the image in its FROM, where it needs no stage to copy from."""

    #: Right after FROM, and at the end.
    head: tuple[Line, ...]
    #: Instructions (index into ``dockerfile.instructions``) and what takes their place.
    replaced: tuple[tuple[int, str], ...]
    tail: tuple[Line, ...]
    removed: frozenset[int]


@numerous
@dataclass(frozen=True, slots=True)
class Plan:
    """A whole rewrite for one target, before it is text."""

    target: RuntimeTarget
    toolchain: str
    #: Edits inside the builder stage.
    builder_edits: tuple[Edit, ...]
    #: Instructions appended to the builder stage.
    builder_lines: tuple[Line, ...]
    runtime_lines: tuple[Line, ...]
    #: Instructions (index into ``dockerfile.instructions``) that leave the builder stage.
    removed: frozenset[int]
    dispositions: tuple[tuple[Span, Disposition], ...]
    assumptions: tuple[Assumption, ...]
    #: Approximate size of the runtime image in bytes, to order plans by; None where nothing is known.
    size: int | None = None
    #: For ``--explain``: one sentence per decision.
    notes: tuple[str, ...] = ()
    #: Where the last stage of a file with several stays the last; it takes the place of ``runtime_lines``.
    in_place: InPlace | None = None

    @property
    def applicability(self) -> Applicability:
        """SAFE without an open assumption, else UNSAFE."""
        return Applicability.UNSAFE if self.assumptions else Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A plan that became text."""

    plan: Plan
    before: str
    after: str
    edits: tuple[Edit, ...]
    #: Other targets: the plan or the refusal of each.
    alternatives: tuple[Alternative, ...] = field(default=())
    #: The names of all targets that have a plan, smallest first.
    order: tuple[str, ...] = ()
    #: What reading alone had to assume for this target, and what took its place.
    settled: tuple[Settled, ...] = ()

    @property
    def unseen(self) -> tuple[Assumption, ...]:
        """What it rests on although both images did the same: no run of the image shows that."""
        return tuple(one for one in self.plan.assumptions if one.by_others or not one.shown_by_run)


@dataclass(frozen=True, slots=True)
class Settled:
    """An assumption that evidence took the place of."""

    assumption: Assumption
    #: ``built``: the image was looked into; ``run``: the original was watched; ``verdict``: both images did the same.
    by: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """What another target would give."""

    target: str
    #: None where it was declined.
    applicability: Applicability | None
    size: int | None
    #: Why not, or what it rests on.
    reasons: tuple[str, ...]
    message: str = ""
    #: Whether it surely has a shell, to look around in.
    shell: bool = False


Outcome = Rewritten | Declined | Unchanged
