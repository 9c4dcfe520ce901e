"""The entry point: which ENTRYPOINT and CMD are in effect, and what they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.run_step import has_errexit, shell_problem
from imgslim.meaning.shell_fold import read_shell, run_argv
from imgslim.meaning.shell_nested import SHELLS
from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.shell_text import script_of
from imgslim.meaning.trace import Entry
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from imgslim.meaning.base import BaseState
    from imgslim.meaning.trace import Command, Scope, Step
    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Unknown


@numerous
@dataclass(frozen=True, slots=True)
class _Given:
    """One of the two as the file gives it."""

    node: Instruction
    shell: tuple[str, ...]

    @property
    def text(self) -> str | None:
        """The shell text, None for exec form."""
        return None if self.node.exec_form is not None else self.node.value

    @property
    def argv(self) -> tuple[str, ...]:
        """What the image's configuration holds: exec form unchanged, shell form behind SHELL."""
        return self.node.exec_form if self.node.exec_form is not None else (*self.shell, self.node.value)

    @property
    def is_shell(self) -> bool:
        """Tell whether a shell reads its text: shell form, or an exec form that starts one with ``-c``."""
        argv = self.argv
        named = len(argv) > 2 and argv[0].rsplit("/", 1)[-1] in SHELLS and argv[1] == "-c"  # noqa: PLR2004
        return self.text is not None or named


def entry_of(steps: tuple[Step, ...], base: BaseState, final: Scope) -> Entry:
    """Apply Docker's rules (Dockerfile reference, "Understand how CMD and ENTRYPOINT interact").

    The last of each counts, wherever it stands. An ENTRYPOINT in the file empties the base image's CMD, not the
    file's own (BuildKit, ``dispatchEntrypoint``).
    """
    entrypoint, cmd = _last(steps, "ENTRYPOINT"), _last(steps, "CMD")
    inherited_cmd: tuple[str, ...] | Unknown = base.cmd if entrypoint is None else ()
    shown = entrypoint if entrypoint is not None and entrypoint.is_shell else cmd
    return Entry(
        entrypoint.node if entrypoint else None,
        cmd.node if cmd else None,
        entrypoint.argv if entrypoint else base.entrypoint,
        cmd.argv if cmd else inherited_cmd,
        entrypoint.text if entrypoint else None,
        cmd.text if cmd else None,
        shown.shell if shown else final.shell,
        _commands(shown, final) if shown else (),
    )


def _last(steps: tuple[Step, ...], keyword: str) -> _Given | None:
    for step in reversed(steps):
        if step.node.keyword == keyword:
            return _Given(step.node, step.scope.shell)
    return None


def _commands(given: _Given, final: Scope) -> tuple[Command, ...]:
    """Read in the state of the started container: ARG does not exist there; exec form starts a shell only by name."""
    state = ShellState.start(final.workdir, final.env, final.user, complete=final.env_complete)
    if given.text is None:
        return tuple(run_argv(given.argv, given.node.span, state).commands) if given.is_shell else ()
    if shell_problem(given.shell):
        return ()
    state.errexit = has_errexit(given.shell)
    return tuple(read_shell(script_of(given.node), state).commands)
