"""What builtins and functions do to the shell that runs them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.shell_state import ShellState
    from imgslim.meaning.trace import Command

#: Those that do anything to it.
BUILTINS = frozenset({".", "cd", "eval", "getopts", "mapfile", "popd", "pushd", "read", "readarray", "set", "source"})


def take_effect(command: Command, state: ShellState) -> None:
    """What a builtin or a function does to the shell that runs it."""
    name = command.name
    if name is not None and name not in BUILTINS and name not in state.functions:
        return
    operands = [word for word in command.argv[1:] if word not in ("--", "-P", "-L", "-e", "-n")]
    match name:
        case "cd":
            state.change_directory(operands[0] if operands else state.lookup("HOME") or "/")
        case "pushd" if operands:
            state.pushed.append(state.cwd)
            state.change_directory(operands[0])
        case "popd":
            state.change_directory(state.pushed.pop() if state.pushed else Unknown("popd without pushd"))
        case "set":
            for at, word in enumerate(command.argv[1:], 1):
                if word == "errexit" or (isinstance(word, str) and re.fullmatch(r"[-+][a-zA-Z]*e[a-zA-Z]*", word)):
                    sign = command.argv[at - 1] if word == "errexit" else word
                    state.errexit = not (isinstance(sign, str) and sign.startswith("+"))
        case "eval" | "." | "source":
            state.forget(f"{command.name} may change directory and variables")
        case "read" | "getopts" | "mapfile" | "readarray":
            for word in operands:
                if isinstance(word, str):
                    state.assign(word, Unknown(f"${word} is read at build time"))
        case str() if name in state.functions:
            assigned, moves = state.functions[name]
            for variable in assigned:
                state.assign(variable, Unknown(f"${variable} is set by a function"), export=state.is_exported(variable))
            if moves:
                state.cwd = Unknown(f"the function {name} may change the directory")
        case None if command.words and "/" not in command.words[0].raw:
            state.forget("a command whose name is not settled may change directory and variables")
        case _:
            return
