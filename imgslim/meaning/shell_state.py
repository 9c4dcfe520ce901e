"""The state of a shell while its text is read: directory, variables, options."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass, field, replace
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.values import Value

#: Variables that a shell or the container runtime sets by itself (POSIX.1-2017, XCU 2.5.3; bash(1)).
_SHELL_SETS = frozenset(
    {
        "BASH", "BASHPID", "BASH_SOURCE", "BASH_VERSION", "EUID", "GROUPS", "HOSTNAME", "HOSTTYPE", "IFS", "LINENO",
        "MACHTYPE", "OPTARG", "OPTIND", "OSTYPE", "PPID", "RANDOM", "SECONDS", "SHELL", "SHELLOPTS", "SHLVL", "TERM",
        "UID", "_",
    }
)  # fmt: skip


@dataclass(slots=True)
class ShellState:
    """What the shell's next command starts with. Mutable: a subshell works on a :meth:`copy`."""

    cwd: Value
    #: Shell variables and environment, by name.
    variables: dict[str, Value]
    #: The names of ``variables`` that a child process inherits.
    exported: set[str]
    #: False where a variable that is not listed may still be set.
    complete: bool
    user: Value
    #: ``set -e`` is in effect.
    errexit: bool = False
    previous: Value | None = None
    pushed: list[Value] = field(default_factory=list)
    #: Functions defined so far: the names that each assigns, and whether it may change the directory.
    functions: dict[str, tuple[frozenset[str], bool]] = field(default_factory=dict)
    _environment: Mapping[str, Value] | None = None

    @classmethod
    def start(cls, cwd: Value, env: Mapping[str, Value], user: Value, *, complete: bool) -> ShellState:
        """The state of a fresh shell."""
        return cls(cwd, dict(env), set(env), complete, user)

    def copy(self) -> ShellState:
        """The same state for a subshell or a branch."""
        return replace(
            self,
            variables=dict(self.variables),
            exported=set(self.exported),
            pushed=list(self.pushed),
            functions=dict(self.functions),
        )

    @property
    def environment(self) -> Mapping[str, Value]:
        """What a program started now inherits."""
        if self._environment is None:
            self._environment = MappingProxyType({k: v for k, v in self.variables.items() if k in self.exported})
        return self._environment

    def lookup(self, name: str) -> Value | None:
        """A variable's value; None where it is unset."""
        if name in self.variables:
            return self.variables[name]
        if name == "PWD":
            return self.cwd
        if name == "HOME":
            # The runtime sets it from the user's passwd entry; root's home is /root on every Linux base.
            return "/root" if self.user in ("", "root", "0") else Unknown("HOME depends on the image's passwd file")
        if name in _SHELL_SETS or not (name[:1].isalpha() or name.startswith("_")):
            return Unknown(f"${name} is set by the shell")
        return None if self.complete else Unknown(f"${name} may be set elsewhere")

    def assign(self, name: str, value: Value, *, export: bool = False) -> None:
        """Set a variable."""
        self.variables[name] = value
        if export:
            self.exported.add(name)
        self._environment = None

    def unset(self, name: str) -> None:
        """Remove a variable."""
        self.variables.pop(name, None)
        self.exported.discard(name)
        self._environment = None

    def change_directory(self, path: Value) -> None:
        """``cd path``."""
        target = self.previous if path == "-" else absolute(path, self.cwd)
        self.previous, self.cwd = self.cwd, Unknown("cd - without a directory before") if target is None else target

    def forget(self, why: str) -> None:
        """Anything may have happened to directory and variables: ``eval``, ``.`` of a script."""
        self.cwd = Unknown(why)
        self.variables = {name: Unknown(why) for name in self.variables}
        self.complete = False
        self._environment = None

    def merge(self, other: ShellState) -> None:
        """Take the state after one of two ways through the text: what differs is Unknown."""
        if self.cwd != other.cwd:
            self.cwd = Unknown("a command that may not run changes the directory")
        for name in self.variables.keys() | other.variables.keys():
            if self.variables.get(name) != other.variables.get(name):
                self.variables[name] = Unknown(f"${name} depends on which commands run")
        self.exported |= other.exported
        self.complete = self.complete and other.complete
        self.errexit = self.errexit and other.errexit
        self.functions |= other.functions
        if self.previous != other.previous:
            self.previous = Unknown("a command that may not run changes the directory")
        if self.pushed != other.pushed:
            self.pushed = []
        self._environment = None

    def take(self, outcomes: list[ShellState]) -> None:
        """Continue with what all of several ways through have in common."""
        first, *others = outcomes
        self.cwd, self.previous, self.pushed = first.cwd, first.previous, first.pushed
        self.variables, self.exported, self.complete = first.variables, first.exported, first.complete
        self.errexit, self.functions = first.errexit, first.functions
        self._environment = None
        for other in others:
            self.merge(other)
