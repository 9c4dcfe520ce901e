"""The state of a shell while its text is read: directory, variables, options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.snapshots import Layer
from imgslim.records import dataclass, field
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.values import Value

#: Linux takes no path of so many bytes (limits.h).
_PATH_MAX = 4096
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
    #: The environment that the shell was started with.
    inherited: Mapping[str, Value]
    #: False where a variable that is not listed may still be set.
    complete: bool
    user: Value
    #: ``set -e`` is in effect.
    errexit: bool = False
    #: What the text changed since, by name; None: unset.
    changed: dict[str, Value | None] = field(default_factory=dict)
    #: Whether a child process inherits a name, where that is not as at the start.
    exports: dict[str, bool] = field(default_factory=dict)
    previous: Value | None = None
    pushed: list[Value] = field(default_factory=list)
    #: Functions defined so far: the names that each assigns, and whether it may change the directory.
    functions: dict[str, tuple[frozenset[str], bool]] = field(default_factory=dict)
    _environment: Mapping[str, Value] | None = None

    @classmethod
    def start(cls, cwd: Value, env: Mapping[str, Value], user: Value, *, complete: bool) -> ShellState:
        """The state of a fresh shell."""
        return cls(cwd, env, complete, user)

    def copy(self) -> ShellState:
        """The same state for a subshell or a branch."""
        return ShellState(
            self.cwd,
            self.inherited,
            self.complete,
            self.user,
            errexit=self.errexit,
            changed=dict(self.changed),
            exports=dict(self.exports),
            previous=self.previous,
            pushed=list(self.pushed),
            functions=dict(self.functions),
            _environment=self._environment,
        )

    @property
    def environment(self) -> Mapping[str, Value]:
        """What a program started now inherits."""
        if self._environment is None:
            if not self.changed and not self.exports:  # as in most texts
                return self.inherited
            names = self.changed.keys() | self.exports.keys()
            changes = {name: self._value(name) if self.is_exported(name) else None for name in names}
            self._environment = Layer(self.inherited, changes) if changes else self.inherited
        return self._environment

    def _value(self, name: str) -> Value | None:
        """A value that the shell was started with or that the text gave; None without one."""
        return self.changed[name] if name in self.changed else self.inherited.get(name)

    def is_exported(self, name: str) -> bool:
        """Tell whether a child process inherits a variable of this name."""
        return self.exports.get(name, name in self.inherited)

    def lookup(self, name: str) -> Value | None:
        """A variable's value; None where it is unset."""
        if (value := self._value(name)) is not None:
            return value
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
        self.changed[name] = value
        if export:
            self.exports[name] = True
        self._environment = None

    def unset(self, name: str) -> None:
        """Remove a variable."""
        self.changed[name] = None
        self.exports[name] = False
        self._environment = None

    def change_directory(self, path: Value) -> None:
        """``cd path``."""
        target = self.previous if path == "-" else absolute(path, self.cwd)
        if target is None:
            target = Unknown("cd - without a directory before")
        elif isinstance(target, str) and len(target) >= _PATH_MAX:
            target = Unknown("the path is longer than Linux takes")
        self.previous, self.cwd = self.cwd, target

    def forget(self, why: str) -> None:
        """Anything may have happened to directory and variables: ``eval``, ``.`` of a script."""
        self.cwd = Unknown(why)
        names = [name for name in {**self.inherited, **self.changed} if self._value(name) is not None]
        self.changed = {**self.changed, **{name: Unknown(why) for name in names}}
        self.complete = False
        self._environment = None

    def merge(self, other: ShellState) -> None:
        """Take the state after one of two ways through the text: what differs is Unknown."""
        if self.cwd != other.cwd:
            self.cwd = Unknown("a command that may not run changes the directory")
        for name in self.changed.keys() | other.changed.keys():
            if self._value(name) != other._value(name):
                self.changed[name] = Unknown(f"${name} depends on which commands run")
        for name in self.exports.keys() | other.exports.keys():
            self.exports[name] = self.is_exported(name) or other.is_exported(name)
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
        self.changed, self.exports, self.complete = first.changed, first.exports, first.complete
        self.errexit, self.functions = first.errexit, first.functions
        self._environment = None
        for other in others:
            self.merge(other)
