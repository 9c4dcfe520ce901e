"""The build trace: every command and every copy of a stage, in order, with the state it runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field, numerous
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Unknown, Value


@numerous
@dataclass(frozen=True, slots=True)
class Scope:
    """What is in effect right before an instruction (or after the last one)."""

    #: ARG names usable here with their defaults; Unknown where there is none. A name that is in ``env`` too was
    #: declared after that ENV and counts more; an ENV after it takes the name out of here.
    args: Mapping[str, Value]
    #: ENV of the base image and of the file; Unknown values where they can't be settled.
    env: Mapping[str, Value]
    #: Names that the file itself set with ENV (not inherited), in order of first setting.
    env_set: Collection[str]
    #: False when the base image is unknown, so that other variables may exist.
    env_complete: bool
    #: Absolute, normalised; the base image's own where the file has not set one yet.
    workdir: Value
    #: True when ``workdir`` is the base image's, not the file's.
    workdir_inherited: bool
    #: "" is root by default.
    user: Value
    #: The argv that shell form is handed to.
    shell: tuple[str, ...]


@numerous
@dataclass(frozen=True, slots=True)
class Word:
    """One shell word of a command."""

    #: Its text after quote removal and expansion of what is settled; Unknown where expansion, a glob or
    #: command substitution leaves it open.
    value: Value
    #: As written.
    raw: str
    #: Where it stands in the file: few words are asked for that.
    start: int
    end: int
    #: True where the word is literal: quotes at most, no expansion at all.
    literal: bool = True

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        return Span(self.start, self.end)


@numerous
@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection of a command: ``> file``, ``2>&1``, ``< file``."""

    operator: str
    target: Value
    #: What a heredoc gives to read, where the text says it.
    content: str | None = None


@numerous
@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of a RUN, as the shell would start it."""

    #: Command name and arguments, assignments excluded; empty for bare assignments.
    words: tuple[Word, ...]
    #: ``NAME=value`` in front of the command.
    assignments: tuple[tuple[str, Value], ...]
    redirects: tuple[Redirect, ...]
    #: The directory it starts in: WORKDIR, then every ``cd`` before it that applies.
    cwd: Value
    #: Environment as far as settled: ENV, ARG and exports of earlier commands of the same RUN.
    env: Mapping[str, Value]
    #: The whole command in the file.
    span: Span
    #: True when it may not run, or run several times: under ``if``, ``||``, a loop, a case arm, a function.
    conditional: bool
    #: True when it is part of a pipeline of several commands.
    piped: bool
    #: True inside ``( … )`` or ``$( … )``.
    subshell: bool
    #: The user it runs as.
    user: Value
    #: The command before it in a pipeline, where that is all that a pipe hands it the output of.
    fed: Command | None = None
    #: The command name without its folder; None where it is not settled. The words say it: it is found once, for a
    #: command is asked for its name by everything that looks at it.
    name: str | None = None

    def __post_init__(self) -> None:
        """Find the name."""
        first = self.words[0].value if self.words else None
        # A class of many instances has no guard, which to go round takes longer than all else here.
        self.name = first.rsplit("/", 1)[-1] if isinstance(first, str) else None  # type: ignore[misc]

    @property
    def argv(self) -> tuple[Value, ...]:
        """The words' values."""
        return tuple([w.value for w in self.words])


@dataclass(frozen=True, slots=True)
class Opaque:
    """Shell text that the grammar does not understand; nothing is concluded from it."""

    span: Span
    why: str


@numerous
@dataclass(frozen=True, slots=True)
class Run:
    """A RUN instruction."""

    node: Instruction
    scope: Scope
    #: In the order of the text.
    commands: tuple[Command, ...]
    #: Non-empty means that not everything this RUN does is known.
    opaque: tuple[Opaque, ...]
    #: Mount flags such as ``type=cache,target=/root/.cache``; each as its key-value pairs.
    mounts: tuple[Mapping[str, str], ...]
    #: True when joining the commands with ``&&`` (or newlines under ``set -e``) means: each runs, in order.
    sequential: bool


@numerous
@dataclass(frozen=True, slots=True)
class Copy:
    """A COPY or ADD instruction."""

    node: Instruction
    scope: Scope
    #: As written after expansion; globs stay. Heredoc sources are left out.
    sources: tuple[Value, ...]
    #: Absolute; ends in ``/`` where the text says that it is a folder.
    destination: Value
    #: The stage or image named by ``--from``, else None: the build context.
    origin: str | None
    #: Names of files made from heredocs.
    inline: tuple[str, ...]


@numerous
@dataclass(frozen=True, slots=True)
class Other:
    """Any other instruction."""

    node: Instruction
    scope: Scope


Step = Run | Copy | Other


@numerous
@dataclass(frozen=True, slots=True)
class Entry:
    """What the image runs, by Docker's rules: the last ENTRYPOINT and CMD in effect."""

    #: The instruction in the file, None where it is inherited from the base or absent.
    entrypoint: Instruction | None
    cmd: Instruction | None
    #: Argument vectors as the image's configuration holds them: shell form wrapped in SHELL.
    #: Unknown where the base image is unknown and the file does not say.
    entrypoint_argv: tuple[str, ...] | Unknown
    cmd_argv: tuple[str, ...] | Unknown
    #: The shell text where the program is started through a shell form.
    entrypoint_shell: str | None = None
    cmd_shell: str | None = None
    #: SHELL in effect at each one.
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    #: The commands of the shell text (entry point or CMD), parsed; empty for exec form.
    commands: tuple[Command, ...] = ()

    def opens_with(self, names: Collection[str]) -> bool:
        """Tell whether the entry point is a program of these names alone: CMD is one of the files that it may run."""
        argv = self.entrypoint_argv
        return isinstance(argv, tuple) and len(argv) == 1 and argv[0].rsplit("/", 1)[-1] in names

    @property
    def words(self) -> tuple[str, ...]:
        """Both argument vectors, one after the other, as far as they are known."""
        return tuple(w for part in (self.entrypoint_argv, self.cmd_argv) if isinstance(part, tuple) for w in part)


@numerous
@dataclass(frozen=True, slots=True)
class BuildTrace:
    """One stage, folded."""

    base: str | Unknown
    #: ``FROM --platform=…``.
    platform: str | None
    node: Instruction
    steps: tuple[Step, ...]
    #: After the last instruction: what the image's configuration holds.
    final: Scope
    entry: Entry
    #: LABEL, EXPOSE, VOLUME … of the base image are in its facts, not here.
    onbuild: tuple[Instruction, ...] = field(default=())
    #: What :meth:`commands` gives: the steps say it; it is put together once, for each toolchain asks for it.
    _commands: tuple[tuple[int, int, Command], ...] = ()

    def __post_init__(self) -> None:
        """Put the commands together."""
        runs = ((at, step) for at, step in enumerate(self.steps) if isinstance(step, Run))
        found = tuple([(at, index, command) for at, run in runs for index, command in enumerate(run.commands)])
        self._commands = found  # type: ignore[misc]

    def commands(self) -> tuple[tuple[int, int, Command], ...]:
        """Every command of a RUN, in build order: the index of its step, its own in that step, the command."""
        return self._commands


def literal_words(argv: tuple[str, ...], span: Span) -> tuple[Word, ...]:
    """Words that stand for themselves, as exec form has them."""
    return tuple([Word(word, word, span.start, span.end) for word in argv])


def entry_command(argv: tuple[str, ...], final: Scope, span: Span) -> Command:
    """The program that a container starts, as a command: in the folder, environment and user of the image."""
    return Command(
        words=literal_words(argv, span),
        assignments=(),
        redirects=(),
        cwd=final.workdir,
        env=final.env,
        span=span,
        conditional=False,
        piped=False,
        subshell=False,
        user=final.user,
    )
