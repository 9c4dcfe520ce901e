"""Short forms for these tests: read a text, show a command in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context import MemoryContext
from imgslim.meaning import BaseState, Files, trace
from imgslim.meaning.trace import Run
from imgslim.syntax import parse
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.meaning.trace import BuildTrace, Command
    from imgslim.values import Value


def read(text: str, *, base: BaseState | None = None, **build_args: str) -> BuildTrace:
    """The trace of the last stage."""
    dockerfile = parse(text)
    last = len(list(dockerfile.stages())) - 1
    return trace(dockerfile, last, base or BaseState(), build_args)


def run(script: str, *, before: str = "", base: BaseState | None = None) -> Run:
    """The RUN of ``script`` on some base, after the instructions ``before``."""
    step = read(f"FROM base\n{before}\nRUN {script}\n", base=base).steps[-1]
    assert isinstance(step, Run)
    return step


def files(text: str, context: Mapping[str, bytes | str] | None = None) -> tuple[BuildTrace, Files]:
    """The trace of the last stage and its files at the end."""
    folded = read(text)
    return folded, Files.after(folded, MemoryContext(context or {}))


def text_of(value: Value) -> str:
    """A value, ``?`` for Unknown."""
    return "?" if isinstance(value, Unknown) else value


def show(command: Command) -> str:
    """``[marks] cwd$ NAME=value words >file``; marks are C conditional, P piped, S subshell."""
    marks = "C" * command.conditional + "P" * command.piped + "S" * command.subshell
    words = [f"{name}={text_of(value)}" for name, value in command.assignments]
    words += [text_of(value) for value in command.argv]
    words += [f"{r.operator}{text_of(r.target)}" for r in command.redirects]
    return f"{marks}{' ' if marks else ''}{text_of(command.cwd)}$ {' '.join(words)}"


def shown(step: Run) -> list[str]:
    """Every command of a RUN."""
    return [show(command) for command in step.commands]
