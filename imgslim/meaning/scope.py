"""Fold ARG, ENV, WORKDIR, USER and SHELL into the scope that each instruction sees, by BuildKit's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.base import DEFAULT_PATH, DEFAULT_SHELL
from imgslim.meaning.paths import absolute
from imgslim.meaning.snapshots import Names
from imgslim.meaning.trace import Scope
from imgslim.syntax.instructions import arg_pairs, env_pairs
from imgslim.syntax.variables import expand
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.meaning.base import BaseState
    from imgslim.syntax.nodes import Instruction
    from imgslim.values import Value

#: The instructions that change what those after them see.
CHANGING = frozenset({"ARG", "ENV", "SHELL", "USER", "WORKDIR"})
#: ARGs that BuildKit gives a value by itself, once declared (Dockerfile reference, "Automatic platform ARGs in the
#: global scope"); all depend on the machine or on ``--platform``.
PLATFORM_ARGS = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_OF_PLATFORM = {name: Unknown(f"{name} depends on the platform that is built for") for name in sorted(PLATFORM_ARGS)}


def global_args(
    instructions: Iterable[Instruction], build_args: Mapping[str, Value], escape: str = "\\"
) -> dict[str, Value]:
    """The ARGs before the first FROM: each sees those above it; Unknown where one has no value."""
    args: dict[str, Value] = dict(_OF_PLATFORM)
    for node in instructions:
        if node.keyword == "FROM":
            break
        if node.keyword == "ARG":
            for name, default in arg_pairs(node, escape):
                if name in build_args:
                    args[name] = build_args[name]
                elif default is not None:
                    args[name] = expand(default, args.get, escape)
                else:
                    args.setdefault(name, Unknown(f"ARG {name} has no default"))
    return args


class ScopeFold:
    """The state of one stage while its instructions are read in order."""

    def __init__(
        self, base: BaseState, outer: Mapping[str, Value], build_args: Mapping[str, Value], escape: str
    ) -> None:
        """Start at FROM.

        Args:
            base: what the base image sets.
            outer: the global ARGs, from :func:`global_args`.
            build_args: ``--build-arg`` values.
            escape: the file's escape character.
        """
        self._outer = outer
        self._build_args = build_args
        self._escape = escape
        self._args = Names()
        self._env = Names(base.env.items())
        self._env_set = Names()
        self._env_complete = base.env_known
        if base.env_known and "PATH" not in self._env.live:
            self._env.set("PATH", DEFAULT_PATH)
        self._workdir: Value = base.workdir or "/"
        self._workdir_inherited = True
        self._user = base.user
        self._shell = base.shell or DEFAULT_SHELL
        self._scope: Scope | None = None

    @property
    def scope(self) -> Scope:
        """What is in effect now; the same value until an instruction changes it."""
        if self._scope is None:
            self._scope = Scope(
                self._args.now(),
                self._env.now(),
                self._env_set.now(),
                self._env_complete,
                self._workdir,
                self._workdir_inherited,
                self._user,
                self._shell,
            )
        return self._scope

    def lookup(self, name: str) -> Value | None:
        """A variable as an instruction sees it; None where it is unset.

        ARG and ENV share one set of names, and the later one counts. (The reference says that ENV always wins; since
        BuildKit an ARG below an ENV of its name replaces it for the instructions after it.)
        """
        for names in (self._args.live, self._env.live):
            if name in names:
                return names[name]
        return None if self._env_complete else Unknown(f"the base image may set {name}")

    def expand(self, text: str) -> Value:
        """``text`` with variables replaced and quotes removed, as BuildKit does for an instruction's word."""
        return expand(text, self.lookup, self._escape)

    def apply(self, node: Instruction) -> None:
        """Take one instruction's effect on what follows."""
        match node.keyword:
            case "ARG":
                for name, default in arg_pairs(node, self._escape):
                    # One name after the other: a later one on the line sees the earlier ones.
                    self._argument(name, default)
            case "ENV":
                # All pairs of one line see the values before the line ("Environment replacement").
                values = [(pair.name, self.expand(pair.value)) for pair in env_pairs(node, self._escape)]
                for name, value in values:
                    self._env.set(name, value)
                    self._args.remove(name)
                    if name not in self._env_set.live:
                        self._env_set.set(name, "")
            case "WORKDIR":
                path = self.expand(node.value)
                self._workdir = absolute(path, self._workdir) if path != "" else self._workdir
                self._workdir_inherited = False
            case "USER":
                self._user = self.expand(node.value)
            case "SHELL":
                self._shell = node.exec_form or self._shell
            case _:
                return
        self._scope = None

    def _argument(self, name: str, default: str | None) -> None:
        if name in self._build_args:
            self._args.set(name, self._build_args[name])
        elif default is not None:
            self._args.set(name, self.expand(default))
        elif name in self._outer:
            self._args.set(name, self._outer[name])
        elif name not in self._args.live and name not in self._env.live:
            self._args.set(name, Unknown(f"ARG {name} has no default"))
