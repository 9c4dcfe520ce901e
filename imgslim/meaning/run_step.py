"""RUN: shell form, exec form, heredocs and mounts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.shell_fold import read_shell, run_argv
from imgslim.meaning.shell_nested import SHELLS
from imgslim.meaning.shell_simple import Reading
from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.shell_text import script_of
from imgslim.meaning.snapshots import Layer
from imgslim.meaning.trace import Opaque, Run
from imgslim.regex import regex
from imgslim.syntax.mounts import mount_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imgslim.meaning.trace import Scope
    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Value

_SHEBANG = regex(r"#![ \t]*(\S+)(?:[ \t]+(.*))?")


def run_step(node: Instruction, scope: Scope, expand: Callable[[str], Value]) -> Run:
    """One RUN with everything it starts.

    Args:
        node: the instruction.
        scope: what is in effect at it.
        expand: BuildKit's expansion in that scope, for the flags.
    """
    state = ShellState.start(scope.workdir, Layer(scope.env, scope.args), scope.user, complete=scope.env_complete)
    if node.exec_form is not None:
        reading = run_argv(node.exec_form, node.value_span, state)
    else:
        reading = _shell_form(node, scope, state)
    mounts: tuple[Mapping[str, str], ...] = ()
    if node.flags:
        mounts = tuple([mount_options(_text(expand(f.value or ""))) for f in node.flags if f.name == "mount"])
    sequential = reading.sequential and not reading.opaque
    if sequential:
        sequential = True not in [command.conditional for command in reading.commands]
    return Run(node, scope, tuple(reading.commands), tuple(reading.opaque), mounts, sequential)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _shell_form(node: Instruction, scope: Scope, state: ShellState) -> Reading:
    text = script_of(node)
    problem = shell_problem(scope.shell)
    if match := _SHEBANG.match(text.text) if node.heredocs else None:
        words = [w.rsplit("/", 1)[-1] for w in [match[1], *(match[2] or "").split()] if not w.startswith("-")]
        words = words[1:] if words[0] == "env" else words
        problem = "" if words and words[0] in SHELLS else f"{match[0]} is not a shell that is read here"
        state.errexit = " -e" in match[0]
    if problem:
        return Reading(opaque=[Opaque(node.span, problem)], sequential=False)
    state.errexit = state.errexit or has_errexit(scope.shell)
    return read_shell(text, state)


@lru_cache(maxsize=64)  # one SHELL is in effect at many instructions
def shell_problem(shell: tuple[str, ...]) -> str:
    """Why text for ``shell`` (the SHELL in effect) can't be read, "" where it can."""
    name = shell[0].rsplit("/", 1)[-1] if shell else ""
    if name not in SHELLS:
        return f"SHELL {name} is not a shell that is read here"
    takes_text = re.fullmatch(r"-[a-zA-Z]*c", shell[-1])
    return "" if takes_text else f"SHELL {' '.join(shell)} does not end in -c"


@lru_cache(maxsize=64)
def has_errexit(shell: tuple[str, ...]) -> bool:
    """Tell whether SHELL turns on ``set -e``."""
    return "errexit" in shell or any(re.fullmatch(r"-[a-zA-Z]*e[a-zA-Z]*", word) for word in shell[1:])
